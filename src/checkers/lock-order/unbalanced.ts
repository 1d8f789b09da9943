import { Expr, lineOf, Op } from '../../c/flow.ts';
import { calleeName } from '../../effects/flow-expressions.ts';
import type { Held, LockState } from '../../effects/locks/held.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import { ERR, NONZERO, OTHER, ZERO } from '../../effects/values.ts';
import { lockFunctions } from '../../kernel/locks.ts';
import type { Confidence, Rule } from '../checker.ts';
import type { FunctionLocks } from './function-locks.ts';
import { does, isInCallersObject, isReleasedByNoCaller, isToldByFlag } from './left-to-others.ts';

export const unbalanced: Rule = {
  id: 'lock-order/unbalanced',
  severity: 'error',
  summary: 'A lock is left held on some path out of a function, or released twice.',
  source: 'Documentation/locking/mutex-design.rst; kernel/locking/lockdep.c, print_unlock_imbalance_bug()',
};

/**
 * A lock that the function takes itself and that is held at one return, but not at another that says the same
 * to the caller. A function that leaves a lock held by design does so on every path with the same outcome.
 */
export function findLeftHeld(locks: FunctionLocks): void {
  const { body } = locks;
  const exits = body.events.filter((e) => e.kind === 'leave');
  for (const lock of takenLocks(body.events)) {
    const { held, free } = split(exits, lock);
    if (held.length === 0 || free.length === 0) continue;
    if (isTold(held, free) && !isReleasedByNoCaller(locks, lock)) continue;
    const leak = held.find((e) => isLeak(locks, e, free)) ?? unknownToCallers(locks, lock, held, free);
    if (leak === undefined) continue;
    const line = lineOf(leak.position);
    const taken = locks.lineOfTaking(lock);
    const other = free.find((e) => e.position !== leak.position) ?? (free[0] as LockEvent);
    locks.report({
      rule: unbalanced,
      confidence: confidenceOf(locks, lock, leak, free),
      position: leak.position,
      identity: `held ${lock.lockClass || locks.text(lock)} ${lock.mode}`,
      message: `${locks.text(lock)}, taken at line ${taken}, is still held when ${locks.ref.name}() returns here.`,
      explanation: `The return at line ${lineOf(other.position)} is left with the lock released; this one is not. Whoever takes ${locks.text(lock)} next waits for ever. Release it before this return, or leave by the label that does.`,
      trace: [
        locks.stepOfTaking(lock),
        locks.step(line, `the function returns with ${locks.text(lock)} held`),
        locks.step(lineOf(other.position), `here it returns with ${locks.text(lock)} released`),
      ],
    });
  }
}

/** A release of a lock that this path has taken and released already. */
export function findReleasedTwice(locks: FunctionLocks): void {
  for (const event of locks.body.events) {
    const { lock, state } = event;
    if (
      event.kind !== 'release' ||
      lock === undefined ||
      lock.kind === 'rcu' ||
      lock.through !== '' ||
      lock.place.startsWith('?')
    )
      continue;
    if (!state.dropped.includes(lock.place) || isHeld(state, lock) || wasTakenTwice(locks, lock)) continue;
    locks.report({
      rule: unbalanced,
      confidence: isInDoubt(locks, event, lock) ? 'low' : 'high',
      position: event.position,
      identity: `twice ${lock.lockClass || locks.text(lock)}`,
      message: `${locks.text(lock)} is released here, but on this path it was released already.`,
      explanation: `A second release corrupts the lock, or releases it under another holder. Release ${locks.text(lock)} once on each path.`,
      trace: [locks.step(lineOf(event.position), `${locks.text(lock)} is released again`)],
    });
  }
}

const isInDoubt = (locks: FunctionLocks, event: LockEvent, lock: Held): boolean =>
  event.isMerged ||
  lock.kind === 'page_lock' ||
  isHandedOn(locks, lock) ||
  isToldByFlag(locks, lock) ||
  isFlagged(locks, event) ||
  isTakenBack(locks, lock);

/** `x->locked = true; … if (x->locked) unlock();`: a flag that the function sets itself, and that calls make it forget. */
function isFlagged(locks: FunctionLocks, event: LockEvent): boolean {
  const { flow } = locks.body;
  const tested = new Set(
    locks
      .branchesBefore(event.call)
      .map(([, condition]) => condition)
      .filter((e) => flow.exprOp[e] === Expr.Arrow || flow.exprOp[e] === Expr.Field),
  );
  for (let at = 0; at < flow.ops.length && tested.size > 0; at += 4)
    if (flow.ops[at] === Op.Assign && tested.has(flow.ops[at + 1] as number)) return true;
  return false;
}

/** A callee that releases the lock for a while, and takes it again in a way that is not followed. */
const isTakenBack = (locks: FunctionLocks, lock: Held): boolean =>
  locks.body.events.some(
    (e) =>
      e.kind === 'release' &&
      e.lock !== undefined &&
      e.lock.through !== '' &&
      (e.lock.place === lock.place || e.lock.lockClass === lock.lockClass) &&
      locks.effects.effects.program
        .functions(e.lock.through, locks.ref.path)
        .some((ref) => does(ref, 'acquire', lock.kind)),
  );

/** Whether the function hands the lock to others, which may take it in a way that their results do not tell. */
function isHandedOn(locks: FunctionLocks, lock: Held): boolean {
  const { flow, places } = locks.body;
  return flow.calls.some(
    ({ args }, call) =>
      !lockFunctions.has(calleeName(flow, call)) &&
      args.some((arg) => arg > 0 && places.behind(arg) === lock.place),
  );
}

/** lock-order/recursive says that already. */
export const wasTakenTwice = (locks: FunctionLocks, lock: Held): boolean =>
  locks.body.events.some(
    (e) =>
      e.kind === 'acquire' &&
      e.lock?.place === lock.place &&
      e.state.held.some((h) => h.place === lock.place),
  );

const isHeld = (state: LockState, lock: Held): boolean =>
  state.held.some(
    (h) =>
      h.place === lock.place ||
      (h.lockClass !== '' && h.lockClass === lock.lockClass) ||
      h.lockClass === '' ||
      lock.lockClass === '',
  );

function takenLocks(events: readonly LockEvent[]): readonly Held[] {
  const found = new Map<string, Held>();
  for (const event of events) {
    if (event.kind !== 'leave') continue;
    for (const lock of event.state.held)
      if (!lock.place.startsWith('?')) found.set(`${lock.place}~${lock.mode}`, lock);
  }
  return [...found.values()];
}

/** The returns behind the taking of a lock: with it held, and with it released again. */
function split(exits: readonly LockEvent[], lock: Held): { held: LockEvent[]; free: LockEvent[] } {
  const holds = (e: LockEvent): boolean =>
    e.state.held.some((h) => h.place === lock.place && h.mode === lock.mode);
  const held = exits.filter(holds);
  // A way out with another lock in its place (an iterator that has gone on to the next list) tells nothing.
  const isKnown = ({ place }: Held): boolean =>
    held.some(({ state }) => state.held.some((h) => h.place === place));
  return {
    held,
    free: exits.filter(
      (e) => !holds(e) && e.state.dropped.includes(lock.place) && e.state.held.every(isKnown),
    ),
  };
}

/** Every return with the lock held says something else than every return without: the caller can tell. */
export const isTold = (held: readonly LockEvent[], free: readonly LockEvent[]): boolean =>
  (held.every((e) => e.result === ZERO) && free.every((e) => e.result === OTHER)) ||
  (held.every((e) => e.result === OTHER) && free.every((e) => e.result === ZERO));

/** An error return that keeps the lock where success releases it, or the same outcome in both ways. */
function isLeak(locks: FunctionLocks, exit: LockEvent, free: readonly LockEvent[]): boolean {
  const outcome = outcomeOf(exit);
  if (free.some((e) => outcomeOf(e) === outcome)) return true;
  // `return err;` of what a callee answered may be an error, too: nobody can tell the two apart.
  if (outcome === 'failure')
    return free.some((e) => outcomeOf(e) === 'success' || ((e.result ?? 0) & ERR) !== 0);
  // Not zero, of a function that says by 0 that all is well: an error, where others return errors without the lock.
  return (
    (exit.result ?? 0) === NONZERO &&
    locks.ref.fact.returns === 'int' &&
    free.some((e) => outcomeOf(e) === 'failure')
  );
}

/** Not zero, as errors are, with the lock; zero without: a caller that does not release it takes it for an error. */
function unknownToCallers(
  locks: FunctionLocks,
  lock: Held,
  held: readonly LockEvent[],
  free: readonly LockEvent[],
): LockEvent | undefined {
  if (!free.some((e) => e.result === ZERO) || !isReleasedByNoCaller(locks, lock, 'is an error'))
    return undefined;
  return held.find((e) => ((e.result ?? ZERO) & ZERO) === 0);
}

/** What a header wraps for everybody (`filemap_invalidate_lock()`) takes the lock as surely as the primitive. */
const isOfHeader = ({ effects, ref }: FunctionLocks, name: string): boolean => {
  const { functions, macro } = effects.effects.meaning(name, ref.path);
  return (functions[0] ?? macro)?.path.endsWith('.h') === true;
};

export function outcomeOf(exit: LockEvent): 'success' | 'failure' | 'unknown' {
  const bits = exit.result ?? NONZERO | ZERO;
  if (bits === ERR) return 'failure';
  return bits === ZERO || bits === OTHER ? 'success' : 'unknown';
}

function confidenceOf(
  locks: FunctionLocks,
  lock: Held,
  leak: LockEvent,
  free: readonly LockEvent[],
): Confidence {
  if (leak.isMerged || !locks.body.complete || free.every((e) => e.isMerged)) return 'low';
  // I/O completion releases these, and whoever has to say that there is one more those.
  if (lock.kind === 'page_lock' || lock.kind === 'semaphore') return 'low';
  // What decides that it is taken may decide that it is released.
  if (locks.correlatedReleases(lock).length > 0 || isToldByFlag(locks, lock)) return 'low';
  if (isInCallersObject(locks, lock) || asksWhetherHeld(locks)) return 'low';
  if (lock.through !== '' && !isOfHeader(locks, lock.through)) return 'medium';
  return free.some((e) => outcomeOf(e) === outcomeOf(leak)) && outcomeOf(leak) !== 'failure'
    ? 'medium'
    : 'high';
}

/** `if (mutex_is_locked(&x->lock)) mutex_unlock(&x->lock);`: it keeps no account of its own. */
const asksWhetherHeld = ({ body: { flow } }: FunctionLocks): boolean =>
  flow.calls.some((_, call) => /^(?:mutex|spin|rwsem|down)_is_locked$/.test(calleeName(flow, call)));
