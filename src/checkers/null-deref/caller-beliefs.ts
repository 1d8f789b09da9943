/**
 * A result of which the callee's body does not say that it can be NULL (an element of an array, a search that is
 * too deep to follow), but which almost everybody tests.
 */
import { lineOf } from '../../c/flow.ts';
import type { Observer, View } from '../../effects/domain.ts';
import { calleeName, stripCasts } from '../../effects/flow-expressions.ts';
import { mayBeNull, ZERO } from '../../effects/values.ts';
import { callerHabits, habitsIn, isForEverybody } from './callers.ts';
import { useSteps, useText, watchDereferences } from './dereference.ts';
import type { FunctionContext } from './function-context.ts';
import { isAskedThrough } from './known-to-succeed.ts';
import { uncheckedLookup } from './unchecked-lookup.ts';

/** Callers that must test the result before their habit is believed, and their share. */
const MIN_TESTS = 5;
const MIN_SHARE = 0.75;

/** Watches dereferences of results that may be NULL for all that is known, and asks the other callers. */
export function watchBeliefs(context: FunctionContext): Observer {
  const { flow } = context;
  const done = new Set<number>();
  const check = (pointer: number, view: View, through: number, argument: number): void => {
    const e = stripCasts(flow, pointer);
    const call = e <= 0 ? -1 : view.originCall(e);
    if (call < 0 || done.has(call)) return;
    const bits = view.bits(e);
    if ((bits & ZERO) === 0 || mayBeNull(bits) || view.isWeak(e) || view.isMerged) return;
    done.add(call);
    report(context, call, { pointer: e, view, through, argument });
  };
  return watchDereferences(flow, check);
}

function report(
  context: FunctionContext,
  call: number,
  use: { pointer: number; view: View; through: number; argument: number },
): void {
  const name = calleeName(context.flow, call);
  const { summary } = context.effects.callee(name, context.ref.path);
  const { functions, macro } = context.effects.meaning(name, context.ref.path);
  const ref = functions[0] ?? macro;
  // What gives back what it was handed is tested by those who do not know that.
  if (name === '' || ref === undefined || summary.same >= 0 || summary.nullOnlyIf !== 0) return;
  if (use.view.knowledge(call).same >= 0 || habitsIn(context.flow, [call]).forError > 0) return;
  // What takes something out of where it lies (xchg) gives what its user has put there.
  if (macro !== undefined && functions.length === 0 && summary.modifies) return;
  const usedAt = context.positionOf(use.view.at);
  if (isAskedThrough(context.effects, context.flow, call, context.ref.path, name, usedAt)) return;
  const { calls, forNull, passedOn } = callerHabits(context.effects, ref, context.ref.id);
  if (forNull < MIN_TESTS || forNull < MIN_SHARE * calls || forNull * 3 < passedOn) return;
  const pointer = context.text(use.pointer);
  const line = lineOf(context.flow.calls[call]?.position ?? 0);
  context.report({
    rule: uncheckedLookup,
    // What the whole tree reads from an object is known to be there by those who do not test it; and so is what only
    // most test, where nothing shows that it can be NULL.
    confidence:
      forNull < calls ||
      ref.path.startsWith('include/') ||
      ('number' in ref && isForEverybody(context.effects, ref))
        ? 'low'
        : 'medium',
    confidenceInUse: 'low',
    position: usedAt,
    identity: `${name} ${pointer}`,
    message: `${pointer} ${useText(context, use)} without a test: ${forNull} of ${calls} other callers of ${name}() test its result for NULL.`,
    explanation: `Between line ${line} and line ${lineOf(usedAt)} nothing tests ${pointer}. ${name}() is defined at ${ref.path}:${ref.fact.line}; those who call it expect NULL.`,
    trace: [context.step(line, `${pointer} is the result of ${name}()`), ...useSteps(context, use)],
  });
}
