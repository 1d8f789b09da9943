/** What a call makes or finds, of which its caller, or the callers of that, know that it is there already. */
import { Expr, type Flow, Op } from '../../c/flow.ts';
import { expressionText } from '../../effects/expression-text.ts';
import { calleeName, callsOf, isParameter, stripCasts } from '../../effects/flow-expressions.ts';
import { blocksOfCalls } from '../../effects/locks/lock-body.ts';
import type { FunctionRef } from '../../index/program.ts';
import { everyCaller, habitsIn } from './callers.ts';
import { decidingFor } from './deciding.ts';
import type { FunctionContext } from './function-context.ts';

/** Calls of a caller that are looked at: of the function, and before that of the same. */
const MAX_LOOKUPS = 4;

/** `while (q->free) use(take(q));`, where take() gives what its argument's `free` points to, and makes one only where that is NULL. */
export function isTakenFromTested({ flow }: FunctionContext, call: number, callee: FunctionRef): boolean {
  const members = membersGiven(callee.fact.flow);
  const block = members.length === 0 ? undefined : blocksOfCalls(flow)[call];
  if (block === undefined) return false;
  const args = flow.calls[call]?.args ?? [];
  const asked = decidingFor(flow, block).map(([, e]) => expressionText(flow, e));
  return members.some(({ parameter, name }) => {
    const object = expressionText(flow, args[parameter] ?? 0);
    const member = object.startsWith('&') ? `${object.slice(1)}.${name}` : `${object}->${name}`;
    return asked.includes(member);
  });
}

/** The members of its parameters that a function tests and gives. */
function membersGiven(flow: Flow | undefined): readonly { parameter: number; name: string }[] {
  if (flow === undefined) return [];
  const tested = new Set(flow.branches.filter((_, i) => i % 3 === 0).map((e) => stripCasts(flow, e)));
  const given = new Set<number>();
  for (let at = 0; at < flow.ops.length; at += 4)
    if (flow.ops[at] === Op.Return) given.add(stripCasts(flow, flow.ops[at + 1] as number));
  const members: { parameter: number; name: string }[] = [];
  for (let at = 0; at < flow.ops.length; at += 4) {
    const target = flow.ops[at + 1] as number;
    const value = stripCasts(flow, flow.ops[at + 2] as number);
    if (flow.ops[at] !== Op.Assign || !given.has(target) || !(tested.has(target) || tested.has(value)))
      continue;
    const object = flow.exprA[value] as number;
    if (flow.exprOp[value] !== Expr.Arrow || !isParameter(flow, object)) continue;
    members.push({
      parameter: flow.exprA[object] as number,
      name: flow.names[flow.exprB[value] as number] ?? '',
    });
  }
  return members;
}

/**
 * All who call the function have called the same before, by what they hand over, and tested what that gave: for NULL, or
 * for an error pointer.
 */
export function isLookedUpByCallers(
  { effects, flow, ref }: FunctionContext,
  call: number,
  failure: 'forNull' | 'forError' = 'forNull',
): boolean {
  if (!ref.fact.isStatic) return false;
  const callee = calleeName(flow, call);
  return everyCaller(effects, ref, ({ fact: { flow: body } }) => {
    if (body === undefined) return false;
    const lookups = callsOf(body, callee);
    const handed = callsOf(body, ref.name).slice(0, MAX_LOOKUPS + 1);
    const isMade = (made: number): boolean =>
      lookups
        .filter((n) => n < made && isAlike(flow, call, body, made, n))
        .slice(-MAX_LOOKUPS)
        .some((n) => habitsIn(body, [n])[failure] > 0);
    return handed.length > 0 && handed.length <= MAX_LOOKUPS && handed.every(isMade);
  });
}

/** All who call the function have called the same before, for whatever, and found no error pointer. */
export function isCalledByCallers({ effects, flow, ref }: FunctionContext, call: number): boolean {
  const callee = calleeName(flow, call);
  return (
    ref.fact.isStatic &&
    everyCaller(effects, ref, ({ fact: { flow: body } }) => {
      const [handed] = body === undefined ? [] : callsOf(body, ref.name);
      if (body === undefined || handed === undefined) return false;
      return callsOf(body, callee).some((n) => n < handed && habitsIn(body, [n]).forError > 0);
    })
  );
}

/** Whether a caller hands over, by the call `made`, what it has looked up by the call `before`. */
function isAlike(flow: Flow, call: number, body: Flow, made: number, before: number): boolean {
  const pairs = (flow.calls[call]?.args ?? []).flatMap((arg, i) => {
    const own = bare(flow, arg);
    if (!isParameter(flow, own)) return [];
    const given = body.calls[made]?.args[flow.exprA[own] as number] ?? 0;
    return [[bare(body, given), bare(body, body.calls[before]?.args[i] ?? 0)] as const];
  });
  return pairs.length > 1 && pairs.every(([given, asked]) => given === asked);
}

/** Without casts, and without the address that is taken. */
function bare(flow: Flow, arg: number): number {
  const e = stripCasts(flow, arg);
  return flow.exprOp[e] === Expr.Address ? (flow.exprA[e] as number) : e;
}
