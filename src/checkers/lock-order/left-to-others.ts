/** Whether a lock that a function returns with is left to somebody who will release it. */
import { Expr, type Flow, Op } from '../../c/flow.ts';
import { calleeName, stripCasts } from '../../effects/flow-expressions.ts';
import type { Held } from '../../effects/locks/held.ts';
import type { FunctionRef } from '../../index/program.ts';
import { type LockKind, lockFunctions } from '../../kernel/locks.ts';
import type { FunctionLocks } from './function-locks.ts';

/** Callers that are asked. */
const MAX_CALLERS = 8;
/** Callers of callers, where each returns what the other has answered. */
const MAX_HANDED = 2;
/** Files beside the function's own. */
const MAX_SIBLINGS = 40;

/** `foo(x, &dropped); if (!dropped) unlock();`: the callee says by a flag that it has released the lock. */
export function isToldByFlag(locks: FunctionLocks, lock: Held): boolean {
  const { flow } = locks.body;
  return locks.body.events.some(
    (event) =>
      event.kind === 'release' &&
      event.lock?.place === lock.place &&
      locks.branchesBefore(event.call).some(([, condition]) => isWrittenByCallee(flow, condition)),
  );
}

/** Whether an expression is a local whose address a call is given, or lies behind one that a call is given. */
function isWrittenByCallee(flow: Flow, e: number): boolean {
  if (flow.exprOp[e] === Expr.Deref) {
    const pointer = flow.exprA[e] as number;
    return (
      flow.exprOp[pointer] === Expr.Local &&
      flow.calls.some(({ args }) => args.some((arg) => isSameLocal(flow, arg, pointer)))
    );
  }
  if (flow.exprOp[e] !== Expr.Local) return false;
  return flow.calls.some(({ args }) =>
    args.some((arg) => flow.exprOp[arg] === Expr.Address && isSameLocal(flow, flow.exprA[arg] as number, e)),
  );
}

const isSameLocal = (flow: Flow, a: number, b: number): boolean =>
  flow.exprOp[a] === Expr.Local && flow.exprA[a] === flow.exprA[b];

/** `ac->inode = inode; return -ENOSPC;`: the object with the lock lies in what the caller passed, also when it fails. */
export function isInCallersObject({ body: { flow } }: FunctionLocks, lock: Held): boolean {
  const local = Number(/^%(\d+)/.exec(lock.place)?.[1] ?? -1);
  if (local < 0) return false;
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] !== Op.Assign) continue;
    const value = stripCasts(flow, flow.ops[at + 2] as number);
    if (flow.exprOp[value] !== Expr.Local || flow.exprA[value] !== local) continue;
    if (isBehindParameter(flow, flow.ops[at + 1] as number)) return true;
  }
  return false;
}

function isBehindParameter(flow: Flow, target: number): boolean {
  let e = target;
  let isBehind = false;
  for (;;) {
    const op = flow.exprOp[e];
    if (op === Expr.Local) return isBehind && flow.locals[flow.exprA[e] as number]?.isParameter === true;
    if (op === Expr.Arrow || op === Expr.Deref) isBehind = true;
    else if (op !== Expr.Field && op !== Expr.Index) return false;
    e = flow.exprA[e] as number;
  }
}

/** Whether the function has callers, and none of them releases such a lock: they do not know that it is held. */
export function isReleasedByNoCaller(
  { effects, ref }: FunctionLocks,
  lock: Held,
  result: 'tells of the lock' | 'is an error' = 'tells of the lock',
): boolean {
  const { returns, attributes } = ref.fact;
  if (attributes.some(({ name }) => /^__(?:cond_)?(?:acquires|releases)/.test(name))) return false;
  if (returns.endsWith('*') && isReleasedIn(effects, [ref.path], lock)) return false;
  return noneReleases(effects, ref, lock, result, 0);
}

function noneReleases(
  effects: FunctionLocks['effects'],
  ref: FunctionRef,
  lock: Held,
  result: 'tells of the lock' | 'is an error',
  handedOn: number,
): boolean {
  const { program } = effects.effects;
  const callers = program.callers(ref, MAX_CALLERS + 1);
  if (callers.length > MAX_CALLERS) return false;
  if (callers.length === 0) {
    // It is called through a field: whoever releases for it takes no such lock itself.
    const near = [ref.path, ...program.siblings(ref.path).slice(0, MAX_SIBLINGS)];
    return lock.lockClass !== '' && program.storedIn(ref).length > 0 && !isReleasedIn(effects, near, lock);
  }
  return callers.every((caller) => {
    const { flow } = caller.fact;
    const events = flow === undefined ? undefined : effects.events(caller)?.events;
    if (mayRelease(effects, caller, ref.name, lock.kind)) return false;
    const isOwn = (call: number): boolean => flow !== undefined && calleeName(flow, call) === ref.name;
    const isKept = events?.every(
      ({ kind, call, lock: released }) =>
        kind !== 'release' || released === undefined || !isAlike(released, lock) || isOwn(call),
    );
    if (isKept !== true) return false;
    if (flow === undefined || result === 'is an error' || !handsResultOn(flow, ref.name)) return true;
    return handedOn < MAX_HANDED && noneReleases(effects, caller, lock, result, handedOn + 1);
  });
}

/** An iterator's position, and with it the lock, goes on to another function: one that only releases it. */
const isReleasedIn = (effects: FunctionLocks['effects'], paths: readonly string[], lock: Held): boolean =>
  paths.some((path) =>
    effects.effects.program
      .definitions(path)
      .some((other) =>
        effects.summary(other).net.some((left) => left.operation === 'release' && isAlike(left, lock)),
      ),
  );

/** Whether two locks may be one: of a kind, and of one class as far as that is known. */
const isAlike = (a: Pick<Held, 'kind' | 'lockClass'>, b: Held): boolean =>
  a.kind === b.kind && (a.lockClass === b.lockClass || a.lockClass === '' || b.lockClass === '');

/** Whether a function that a caller calls besides `name` releases a lock of the kind, whichever that is. */
function mayRelease(
  { effects }: FunctionLocks['effects'],
  caller: FunctionRef,
  name: string,
  kind: LockKind,
): boolean {
  const { flow } = caller.fact;
  const called = new Set(flow?.calls.map((_, call) => calleeName(flow, call)));
  called.delete(name);
  return [...called].some((other) =>
    effects.program.functions(other, caller.path).some((ref) => does(ref, 'release', kind)),
  );
}

/** Whether a function takes, or releases, some lock of a kind by a primitive. */
export const does = (
  { fact: { flow } }: FunctionRef,
  operation: 'acquire' | 'release',
  kind: LockKind,
): boolean =>
  flow?.calls.some((_, call) => {
    const primitive = lockFunctions.get(calleeName(flow, call));
    return primitive?.operation === operation && primitive.kind === kind;
  }) === true;

/** `return foo(x);`: who asks the caller is told. */
function handsResultOn(flow: Flow, name: string): boolean {
  for (let at = 0; at < flow.ops.length; at += 4) {
    const value = flow.ops[at + 1] as number;
    if (flow.ops[at] !== Op.Return || value === 0 || flow.exprOp[value] !== Expr.Result) continue;
    if (calleeName(flow, flow.exprA[value] as number) === name) return true;
  }
  return false;
}
