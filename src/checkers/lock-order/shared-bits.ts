/** Bits by which functions agree on who goes on: `set_bit(RESETTING, …)` here, `if (test_bit(RESETTING, …)) return;` there. */
import { Expr, type Flow } from '../../c/flow.ts';
import { nameOfCall } from '../../effects/locks/lock-body.ts';
import type { Step } from '../checker.ts';
import type { FunctionLocks } from './function-locks.ts';
import type { Handler } from './handlers.ts';
import type { Wait } from './held-waits.ts';

/**
 * Whether the function that waits tests a bit that the handler, this function or one on the way to it tests or sets too: it may
 * then be one that decides that the wait, or what the handler takes, is left out.
 */
export function shareBit(locks: FunctionLocks, wait: Wait, handler: Handler, way: readonly Step[]): boolean {
  const last = wait.steps.at(-1);
  const tested = bitsOf(last && flowOf(locks, last), TEST);
  if (tested.size === 0) return false;
  const others = way.filter((step) => step.function !== last?.function).map((step) => flowOf(locks, step));
  const own = locks.ref.name === last?.function ? [] : [locks.ref.fact.flow];
  return [handler.ref.fact.flow, ...own, ...others].some((flow) =>
    [...bitsOf(flow, ANY)].some((bit) => tested.has(bit)),
  );
}

const TEST = /^test_(?:and_\w+_)?bit$/;
const ANY = /^(?:test_|set_|clear_)(?:and_\w+_)?bit$/;

const flowOf = (locks: FunctionLocks, { function: name, path }: Step): Flow | undefined =>
  locks.effects.effects.program.functions(name, path).find((ref) => ref.path === path)?.fact.flow;

/** The bits, by name, that a function passes to functions of these names. */
function bitsOf(flow: Flow | undefined, names: RegExp): ReadonlySet<string> {
  const bits = new Set<string>();
  if (flow === undefined) return bits;
  for (const [call, { args }] of flow.calls.entries()) {
    const bit = args[0] ?? 0;
    if (flow.exprOp[bit] === Expr.Global && names.test(nameOfCall(flow, call)))
      bits.add(flow.names[flow.exprA[bit] as number] ?? '');
  }
  return bits;
}
