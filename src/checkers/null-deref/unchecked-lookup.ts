import { type Flow, lineOf } from '../../c/flow.ts';
import { calleeName } from '../../effects/effects.ts';
import type { FunctionRef } from '../../index/program.ts';
import type { Confidence, Rule } from '../checker.ts';
import { type CallerHabits, callerHabits } from './callers.ts';
import { type Use, useSteps, useText } from './dereference.ts';
import type { FunctionContext } from './function-context.ts';
import { sourceSteps, sourceText } from './source.ts';

export const uncheckedLookup: Rule = {
  id: 'null-deref/unchecked-lookup',
  severity: 'warning',
  summary: 'The result of a function that can return NULL is used without a test.',
  source: 'https://cwe.mitre.org/data/definitions/476.html; error27/smatch, check_unchecked_allocation',
};

/** The value comes from a function of the tree that returns NULL on some way, and no test lies between. */
export function findUncheckedLookup(context: FunctionContext, use: Use): boolean {
  const { pointer, view } = use;
  const call = view.originCall(pointer);
  const callee = call < 0 ? '' : calleeName(context.flow, call);
  if (callee === '') return false;
  const { function: ref, summary } = context.effects.callee(callee, context.ref.path);
  const name = context.text(pointer);
  const position = context.positionOf(view.at);
  const habits = ref && habitsOf(context, ref, summary.nullFrom);
  context.report({
    rule: uncheckedLookup,
    confidence: isAskedBefore(context.flow, call)
      ? 'low'
      : confidenceOf(habits, summary.nullFrom === '', use),
    position,
    identity: `${callee} ${name}`,
    message: `${name} ${useText(context, use)} without a test: ${sourceText(context, use)}${habitText(habits)}.`,
    explanation: `${callee}() can return NULL, and between line ${lineOf(context.flow.calls[call]?.position ?? 0)} and line ${lineOf(position)} nothing tests ${name}.`,
    trace: [...sourceSteps(context, use), ...useSteps(context, use)],
  });
  return true;
}

/** Where nobody else calls it: how the callers of the function that its NULL comes from treat that. */
function habitsOf(context: FunctionContext, ref: FunctionRef, nullFrom: string): CallerHabits {
  const habits = callerHabits(context.effects, ref, context.ref.id);
  if (habits.calls > 0 || nullFrom === '') return habits;
  const source = context.effects.callee(nullFrom, ref.path).function;
  return source === undefined ? habits : callerHabits(context.effects, source, ref.id);
}

function habitText(habits: CallerHabits | undefined): string {
  if (habits === undefined || habits.forNull === 0) return '';
  return `; ${habits.forNull} of ${habits.calls} other callers test it`;
}

const ASKS_FOR_CONTENT = /empty|_len$|_count$|_has_|pending/i;

/** `while (!queue_empty(q)) take(q)`: a test of what the callee looks into. */
function isAskedBefore(flow: Flow, call: number): boolean {
  const args = new Set(flow.calls[call]?.args);
  return flow.calls.some(
    (other, n) =>
      n !== call && ASKS_FOR_CONTENT.test(calleeName(flow, n)) && other.args.some((arg) => args.has(arg)),
  );
}

/** The tree's own habit decides: where the others test, a test is needed. */
function confidenceOf(habits: CallerHabits | undefined, isWritten: boolean, use: Use): Confidence {
  const isClear = !use.view.isWeak(use.pointer) && !use.view.isMerged && !use.isAddress;
  if (habits === undefined || habits.calls === 0) return isWritten && isClear ? 'medium' : 'low';
  const share = habits.forNull / habits.calls;
  if (habits.forNull * 3 < habits.passedOn) return 'low';
  if (habits.forNull >= 3 && share >= 0.9) return isClear ? 'high' : 'medium';
  if (share >= 0.75) return isClear ? 'medium' : 'low';
  return 'low';
}
