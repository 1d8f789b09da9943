/** Bits by which functions agree on who goes on: `set_bit(RESETTING, …)` here, `if (test_bit(RESETTING, …)) return;` there. */
import { Operator } from '../../c/ast.ts';
import { Expr, type Flow, lineOf } from '../../c/flow.ts';
import { calleeName, globalName } from '../../effects/flow-expressions.ts';
import { Conditions } from '../../effects/locks/conditional.ts';
import { blocksOfCalls } from '../../effects/locks/lock-body.ts';
import type { Step } from '../checker.ts';
import type { FunctionLocks } from './function-locks.ts';
import type { Handler } from './handlers.ts';
import type { Wait } from './held-waits.ts';

/**
 * Whether a bit decides that the wait is made which the handler, this function or one on the way to it tests or sets
 * too: then it may be that only one of the two goes on.
 */
export function shareBit(locks: FunctionLocks, wait: Wait, handler: Handler, way: readonly Step[]): boolean {
  const last = wait.steps.at(-1);
  const waiting = last && flowOf(locks, last);
  const deciding = waiting === undefined ? new Set<string>() : decidingBits(waiting, last?.line ?? 0);
  if (deciding.size === 0) return false;
  const others = way.filter((step) => step.function !== last?.function).map((step) => flowOf(locks, step));
  const own = locks.ref.name === last?.function ? [] : [locks.ref.fact.flow];
  return [handler.ref.fact.flow, ...own, ...others].some(
    (flow) => flow !== undefined && [...bitsOf(flow)].some((bit) => deciding.has(bit)),
  );
}

const flowOf = (locks: FunctionLocks, { function: name, path }: Step): Flow | undefined =>
  locks.effects.effects.program.functions(name, path).find((ref) => ref.path === path)?.fact.flow;

const BIT = /^(?:test_|set_|clear_)(?:and_\w+_)?bit$/;

/** The bit that an expression is about, by name: of `test_bit(BIT, …)`, or of `flags & BIT`; '' for none. */
function bitOf(flow: Flow, e: number): string {
  const op = flow.exprOp[e];
  if (op === Expr.Unary || op === Expr.Cast) return bitOf(flow, flow.exprA[e] as number);
  if (op === Expr.Binary && flow.exprC[e] === Operator.And) return globalName(flow, flow.exprB[e] as number);
  return op === Expr.Result ? bitOfCall(flow, flow.exprA[e] as number) : '';
}

const bitOfCall = (flow: Flow, call: number): string =>
  BIT.test(calleeName(flow, call)) ? globalName(flow, flow.calls[call]?.args[0] ?? 0) : '';

/** The bits that decide whether what stands on a line is called. */
function decidingBits(flow: Flow, line: number): ReadonlySet<string> {
  const call = flow.calls.findIndex(({ position }) => lineOf(position) === line);
  const block = call < 0 ? undefined : blocksOfCalls(flow)[call];
  const deciding = block === undefined ? [] : new Conditions(flow).decidingFor(block);
  return new Set(deciding.map(([, condition]) => bitOf(flow, condition)).filter((bit) => bit !== ''));
}

/** All bits that a function tests, sets or clears. */
function bitsOf(flow: Flow): ReadonlySet<string> {
  const bits = new Set<string>();
  for (const call of flow.calls.keys()) bits.add(bitOfCall(flow, call));
  for (const [e, op] of flow.exprOp.entries()) if (op === Expr.Binary) bits.add(bitOf(flow, e));
  bits.delete('');
  return bits;
}
