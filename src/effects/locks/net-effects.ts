/** What a body leaves held, or has released, when it returns: what that tells its callers, by its result. */
import { ANY, ERR, NONZERO, OTHER, ZERO } from '../values.ts';
import type { Conditions } from './conditional.ts';
import { type Held, MAYBE, placeOf } from './held.ts';
import type { LockEvent } from './lock-domain.ts';
import { changesState, type LockSummary, type NetEffect, NO_LOCKS } from './lock-summary.ts';
import { isExported } from './place.ts';

/** Calls of a function that does nothing much but to take a lock for its caller. */
const WRAPPER = 8;
/** Calls of one that ends what its caller has begun, and cleans up behind it. */
const RELEASER = 32;

/**
 * What is held or released at every return that has the same sort of result, but for those where something is wrong
 * already: `if (WARN_ON(!ctx)) return;`. `events`: of a walk of the body; `calls`: how many calls it has.
 */
export function netEffects(events: readonly LockEvent[], calls: number, conditions: Conditions): LockSummary {
  const all = events.filter((e) => e.kind === 'leave');
  const right = all.filter(({ path = [] }) => !conditions.isComplaint(path.at(-1) ?? 0));
  const left = right.length > 0 ? right : all;
  const used = left.filter((e) => !isForNull(e));
  const exits = used.length > 0 ? used : left;
  if (exits.length === 0) return NO_LOCKS;
  const zero = exits.filter((e) => ((e.result ?? 0) & ZERO) !== 0 && ((e.result ?? 0) & NONZERO) === 0);
  const nonzero = exits.filter((e) => ((e.result ?? 0) & ZERO) === 0);
  const net: NetEffect[] = [];
  const add = (group: readonly LockEvent[], success: NetEffect['success']): void => {
    const first = group[0];
    if (first === undefined) return;
    for (const h of first.state.held) {
      if (!isExportable(h) || !group.every((e) => e.state.held.some((o) => o.place === h.place))) continue;
      if (net.some((n) => n.operation === 'acquire' && n.place === h.place && n.success === 'always'))
        continue;
      net.push(effect('acquire', h, success));
    }
    for (const place of first.state.released) {
      if (!group.every((e) => e.state.released.includes(place))) continue;
      const known = events.find((e) => e.kind === 'release' && e.lock?.place === place)?.lock;
      // Where callers can't name the lock, its class tells them which of theirs it is.
      if (known === undefined || !isExportable(known)) continue;
      const released = effect('release', known, success);
      const isSaid = (n: NetEffect): boolean =>
        n.operation === 'release' &&
        n.place === released.place &&
        n.lockClass === released.lockClass &&
        n.success === 'always';
      if (!net.some(isSaid)) net.push(released);
    }
  };
  add(exits, 'always');
  if (zero.length > 0 && nonzero.length > 0 && zero.length + nonzero.length === exits.length) {
    add(zero, 'zero');
    add(nonzero, 'nonzero');
  }
  for (const place of mayBeReleased([
    zero,
    nonzero,
    exits.filter((e) => !zero.includes(e) && !nonzero.includes(e)),
  ])) {
    // What it does itself, or lets a callee do for certain: what callees may do would go up through all that call each other.
    const isSure = exits.some((e) => e.state.released.includes(place));
    const known = events.find(
      (e) => e.kind === 'release' && e.lock?.place === place && (isSure || e.lock.through === ''),
    )?.lock;
    if (known === undefined || !isExportable(known)) continue;
    const released = effect('release', known, 'sometimes');
    const isSaid = (n: NetEffect): boolean =>
      n.operation === 'release' && n.place === released.place && n.lockClass === released.lockClass;
    if (!net.some((n) => isSaid(n) && n.success === 'always')) net.push(released);
  }
  net.push(...netOfMaps(exits, events, net, calls));
  const same = (field: 'preempt' | 'softirq' | 'hardirq' | 'nofs'): number => {
    const counts = exits.map(({ state }) => state[field]);
    // As far as all exits go: one that does more (a section within another) does that much as well.
    return Math.max(0, Math.min(...counts)) + Math.min(0, Math.max(...counts));
  };
  const made = {
    ...NO_LOCKS,
    net,
    preempt: same('preempt'),
    softirq: same('softirq'),
    hardirq: same('hardirq'),
    nofs: same('nofs'),
  };
  return changesState(made) ? made : NO_LOCKS;
}

/**
 * Annotations that only some returns leave held, or released: who begins a transaction within another, or freezes what is
 * frozen, takes the map once (fs/jbd2/transaction.c, block/blk-mq.c). Of a function that takes it and never lets it go,
 * those that do count; its other results tell callers where it has failed.
 */
function netOfMaps(
  exits: readonly LockEvent[],
  events: readonly LockEvent[],
  known: readonly NetEffect[],
  calls: number,
): readonly NetEffect[] {
  const net: NetEffect[] = [];
  const isNew = ({ kind, lockClass }: Held): boolean =>
    isMapAlone(kind, lockClass) && ![...known, ...net].some((n) => n.lockClass === lockClass);
  const isReleased = (lockClass: string): boolean =>
    events.some((e) => e.kind === 'release' && e.lock?.lockClass === lockClass);
  const isTaken = (lockClass: string): boolean =>
    events.some((e) => e.state.held.some((h) => h.lockClass === lockClass));
  for (const held of exits.flatMap(({ state }) => state.held)) {
    if (!isNew(held) || isReleased(held.lockClass)) continue;
    const holding = exits.filter(({ state }) => state.held.some((h) => h.lockClass === held.lockClass));
    const results = holding.reduce((bits, e) => bits | (e.result ?? ANY), 0);
    // What a callee leaves held on some ways is not left to callers where others with that result have it not.
    const isDisputed = exits.some((e) => !holding.includes(e) && ((e.result ?? ANY) & results) !== 0);
    if (held.through !== '' && calls > WRAPPER && isDisputed) continue;
    const isToldByError = exits.some((e) => !holding.includes(e) && e.result === ERR);
    if (results === ZERO) net.push(effect('acquire', held, 'zero'));
    else if ((results & ZERO) !== 0) {
      // What a callee leaves held, without a word to callers, goes no further up than wrappers.
      if (held.through === '' || calls <= WRAPPER) net.push(effect('acquire', held, 'always'));
    } else net.push(effect('acquire', held, results === OTHER || isToldByError ? 'valid' : 'nonzero'));
  }
  for (const { kind, lock } of events) {
    if (kind !== 'release' || lock === undefined || !isNew(lock) || isTaken(lock.lockClass)) continue;
    // What a callee may do, or not, is no more than that here.
    if (lock.through !== '' && calls > RELEASER) continue;
    if (!exits.some(({ state }) => state.released.includes(lock.place))) continue;
    net.push(effect('release', lock, 'always'));
  }
  return net;
}

/** An annotation that stands for itself: `dep_map` is the habitual name of one that belongs to a lock or context beside it. */
const isMapAlone = (kind: Held['kind'], lockClass: string): boolean =>
  kind === 'lock_map' && lockClass !== '' && !lockClass.endsWith('.dep_map');

/** Places that some returns leave released, and others with the same sort of result do not. */
function mayBeReleased(groups: readonly (readonly LockEvent[])[]): ReadonlySet<string> {
  const all = groups.flat();
  const places = new Set(all.flatMap((e) => e.state.released));
  const found = new Set<string>();
  for (const place of places) {
    const isIn = (e: LockEvent): boolean => e.state.released.includes(place);
    const isMixed = groups.some((group) => group.some(isIn) && !group.every(isIn));
    const isTold = (groups[2]?.length ?? 0) === 0 || all.every(isIn);
    if (place.startsWith(MAYBE) || isMixed || !isTold) found.add(placeOf(place));
  }
  return found;
}

/** `foo_put(NULL)` does nothing: what it does with anything else counts. */
const isForNull = ({ nullParameters = 0, state }: LockEvent): boolean =>
  nullParameters !== 0 &&
  state.held.length + state.released.length + state.preempt + state.softirq + state.hardirq + state.nofs ===
    0;

/** A place that callers know, or at least a class. */
const isExportable = (h: Held): boolean => isExported(h.place) || h.lockClass !== '';

const effect = (operation: NetEffect['operation'], h: Held, success: NetEffect['success']): NetEffect => ({
  operation,
  lockClass: h.lockClass,
  // Of an annotation one is as good as another: callers have a name for it.
  place: exported(h.place) || (isMapAlone(h.kind, h.lockClass) ? `@${h.lockClass}` : ''),
  kind: h.kind,
  mode: h.mode,
  subclass: h.subclass,
  success,
});

/** The places that a caller can name. */
export const exported = (place: string): string =>
  place.startsWith('$') || place.startsWith('@') || isBehindAccessor(place) ? place : '';

/** `#EXT4_SB($0)>.lock`: what a macro makes of a parameter. By habit those that only look have names in capitals. */
const isBehindAccessor = (place: string): boolean =>
  /^#[A-Z][A-Z0-9_]*\([$@]/.test(place) && isExported(place);
