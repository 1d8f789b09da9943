/** The calls from a function to what happens below it, followed through the summaries, as steps of a trace. */
import type { LockEffects } from '../../effects/locks/lock-effects.ts';
import type { Acquired, Cause, LockSummary } from '../../effects/locks/lock-summary.ts';
import type { FunctionRef } from '../../index/program.ts';
import type { Step } from '../checker.ts';

const MAX_STEPS = 12;

/**
 * Steps below the call that `cause` names, one for each function on the way. `pick` finds the same effect in
 * the summary of the next function.
 */
export function causeSteps(
  effects: LockEffects,
  cause: Cause,
  pick: (summary: LockSummary) => { cause: Cause; text: string } | undefined,
): readonly Step[] {
  const steps: Step[] = [];
  let at: Cause | undefined = cause;
  while (at !== undefined && at.calleePath !== '' && steps.length < MAX_STEPS) {
    const ref = functionAt(effects, at.callee, at.calleePath);
    if (ref === undefined) break;
    const next = pick(effects.summary(ref, 0));
    if (next === undefined) break;
    steps.push({ path: ref.path, line: next.cause.line, function: ref.name, text: next.text });
    at = next.cause;
  }
  return steps;
}

const functionAt = (effects: LockEffects, name: string, path: string): FunctionRef | undefined =>
  effects.effects.program.functions(name, path).find((ref) => ref.path === path);

/** Steps from the callee that takes a lock of this class, down to where it is taken. */
export function acquisitionSteps(
  effects: LockEffects,
  acquired: Acquired,
  callee: string,
  calleePath: string,
): readonly Step[] {
  return causeSteps(effects, { ...acquired.cause, callee, calleePath }, (summary) => {
    const same = summary.acquires.find(
      (other) => other.lockClass === acquired.lockClass && other.mode === acquired.mode && other.blocks,
    );
    return (
      same && {
        cause: same.cause,
        text: same.cause.depth === 0 ? `${acquired.lockClass} is taken` : `calls ${same.cause.callee}()`,
      }
    );
  });
}
