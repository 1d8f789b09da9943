/** An allocation that asks for more than the GFP flags allow that the function was called with. */
import { Expr, type Flow, lineOf } from '../../c/flow.ts';
import { calleeName } from '../../effects/flow-expressions.ts';
import { gfpOfAllocation } from '../../effects/locks/gfp.ts';
import type { FunctionRef } from '../../index/program.ts';
import { ALLOCATORS } from '../../kernel/allocators.ts';
import { contextTests } from '../../kernel/waits.ts';
import type { Confidence, Step } from '../checker.ts';
import type { FunctionLocks } from './function-locks.ts';
import { sleepInAtomic } from './sleep-in-atomic.ts';

/** Calls between the function that has the flags and the allocation. */
const MAX_CALLS = 2;
const MAX_CALLERS = 4;

/** Flags that somebody passed, and the steps from there to the function. */
interface Passed {
  readonly holder: FunctionRef;
  readonly parameter: number;
  readonly steps: readonly Step[];
}

/**
 * Reports allocations with flags of their own, which may sleep, where the function or a caller in its file has flags that
 * it was given, which may forbid that.
 */
export function findIgnoredFlags(locks: FunctionLocks): void {
  const { flow } = locks.body;
  // One that asks where it runs knows what it does.
  if (flow.calls.some((_, call) => contextTests.has(calleeName(flow, call)))) return;
  for (const [call, { args, position }] of flow.calls.entries()) {
    const name = calleeName(flow, call);
    const allocator = ALLOCATORS.get(name);
    if (allocator === undefined || allocator.flags < 0 || name.startsWith('devm_')) continue;
    const gfp = gfpOfAllocation(flow, allocator, args);
    if (gfp === undefined || 'parameter' in gfp || !gfp.flags.sleeps || !gfp.flags.fs) continue;
    const passed = flagsPassedTo(locks, locks.ref, 0);
    if (passed === undefined) continue;
    const { holder, parameter, steps } = passed;
    const flags = holder.fact.parameters[parameter]?.name ?? 'its flags';
    locks.report({
      rule: sleepInAtomic,
      confidence: confidenceOf(passed),
      position,
      identity: `flags ${name} ${holder.name}`,
      message: `${name}() allocates here with GFP_KERNEL, but ${holder.name}() was called with ${flags}, which may forbid to sleep or to enter reclaim.`,
      explanation: `A caller of ${holder.name}() that passes GFP_ATOMIC, GFP_NOWAIT, GFP_NOIO or GFP_NOFS does so because it holds a spinlock, or a lock that reclaim takes. Allocate with ${flags}.`,
      trace: [...steps, locks.step(lineOf(position), `${name}() may sleep`)],
    });
  }
}

function flagsPassedTo(locks: FunctionLocks, ref: FunctionRef, calls: number): Passed | undefined {
  const parameter = ref.fact.parameters.findIndex(({ type }) => type === 'gfp_t');
  if (parameter >= 0) return isUsed(ref, parameter) ? { holder: ref, parameter, steps: [] } : undefined;
  if (calls >= MAX_CALLS || !ref.fact.isStatic) return undefined;
  const callers = locks.effects.effects.program.callers(ref, MAX_CALLERS);
  if (callers.length === 0 || callers.length >= MAX_CALLERS) return undefined;
  const found = callers.map((caller) => {
    const passed = caller.path === ref.path ? flagsPassedTo(locks, caller, calls + 1) : undefined;
    const call =
      caller.fact.flow?.calls.findIndex((_, n) => calleeName(caller.fact.flow as Flow, n) === ref.name) ?? -1;
    if (passed === undefined || call < 0) return undefined;
    const line = lineOf(caller.fact.flow?.calls[call]?.position ?? 0);
    const step = { path: caller.path, line, function: caller.name, text: `${ref.name}() is called` };
    return { ...passed, steps: [...passed.steps, step] };
  });
  // Every caller has flags: who has none asks for what it likes.
  return found.every((f) => f !== undefined) ? found[0] : undefined;
}

/** Whether the function makes use of its flags elsewhere: ones that it never looks at mean nothing. */
function isUsed({ fact }: FunctionRef, parameter: number): boolean {
  const { flow } = fact;
  if (flow === undefined) return false;
  return flow.calls.some(({ args }) =>
    args.some((e) => flow.exprOp[e] === Expr.Local && flow.exprA[e] === parameter),
  );
}

const confidenceOf = ({ steps }: Passed): Confidence => (steps.length === 0 ? 'high' : 'medium');
