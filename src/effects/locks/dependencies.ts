/** The dependencies that one function makes: what it takes, or has taken below it, while it holds something. */
import { ALLOCATORS } from '../../kernel/allocators.ts';
import { MMAP_LOCK, mayFault } from '../../kernel/callbacks.ts';
import { FENCE_SIGNALLING } from '../../kernel/fences.ts';
import type { LockKind, LockMode } from '../../kernel/locks.ts';
import { FS_RECLAIM } from '../../kernel/reclaim.ts';
import { calleeName } from '../flow-expressions.ts';
import { type Gfp, gfpOf, gfpOfAllocation } from './gfp.ts';
import { type Held, isWithoutReclaim } from './held.ts';
import type { Body } from './lock-body.ts';
import type { LockEvent } from './lock-domain.ts';
import type { Callee } from './lock-effects.ts';
import { type Acquired, farFrom, type Happening, takenBelow } from './lock-summary.ts';

/** One end of a dependency. */
export interface LockUse {
  /** Lock class as lockdep names it: 'struct foo.lock', 'mm/slab.c:slab_mutex', 'fs_reclaim'. */
  readonly lock: string;
  readonly mode: LockMode;
}

/** `to` is taken, or may be waited for, at an event of a body while `from` is held. */
export interface BodyDependency {
  readonly from: Held;
  readonly to: LockUse;
  /** False where which instance is taken, or whether the order counts at all, is not known. */
  readonly isPlain: boolean;
  readonly event: LockEvent;
  /** What is called, where the lock is not taken by the function itself; with how it comes to the lock. */
  readonly callee?: Callee;
  readonly below?: Acquired | Happening;
  /** Whether a flag, a context test or a call through a pointer lies on the way. */
  readonly conditional: boolean;
  /** Calls from the function to the second lock. */
  readonly depth: number;
}

/** Kinds that lockdep has no class for, or that many may hold at once. */
const UNORDERED: ReadonlySet<LockKind> = new Set(['rcu', 'srcu', 'page_lock']);

/**
 * The class of an acquisition: a nesting subclass is a class of its own, as in lockdep. Of a subclass that is not
 * known (-1) that of the lock.
 */
export const orderedClass = ({ lockClass, subclass }: { lockClass: string; subclass: number }): string =>
  subclass > 0 ? `${lockClass}/${subclass}` : lockClass;

/** Lockdep knows nothing of semaphores: whoever waits for one may have it released by another. */
export const isPlain = ({ kind, subclass }: { kind: LockKind; subclass: number }): boolean =>
  kind !== 'semaphore' && subclass >= 0;

/** What could be any lock of its kind makes no dependency. */
export const isOrdered = (held: Held): boolean =>
  held.lockClass !== '' && !UNORDERED.has(held.kind) && !held.place.startsWith('?');

/** A lock, or reclaim, that an event of a body leads to. */
export interface Reached extends Omit<BodyDependency, 'from'> {
  /** Where it lies, in the places of the body; '' where it has no name there. */
  readonly place: string;
  /** Classes of the caller's locks that are released before. */
  readonly without: readonly string[];
}

/** All dependencies of a body. */
export function dependenciesOfBody(body: Body): readonly BodyDependency[] {
  const found: BodyDependency[] = [];
  for (const event of body.events) {
    const held = event.state.held.filter(isOrdered);
    if (held.length === 0) continue;
    for (const { place, without, ...reached } of reachedBy(body, event)) {
      // The caller's own lock, taken again below: that is no order.
      if (place !== '' && reached.depth > 0 && held.some((h) => h.place === place)) continue;
      for (const from of held) {
        if (orderedClass(from) === reached.to.lock || without.includes(from.lockClass)) continue;
        if (isNotEntered(from, reached.to)) continue;
        found.push({ from, ...reached, isPlain: reached.isPlain && isPlain(from) });
      }
    }
  }
  return found;
}

/**
 * Who begins the way to a signal under a lock waits for nobody: that is for who waits for the fence, which takes the map
 * as a writer. Under another map it is an annotation, which means what it says.
 */
export const isNotEntered = (from: Held, to: LockUse): boolean =>
  to.lock === FENCE_SIGNALLING && to.mode === 'read' && from.kind !== 'lock_map';

const RECLAIM: LockUse = { lock: FS_RECLAIM, mode: 'write' };
const FAULT: LockUse = { lock: MMAP_LOCK, mode: 'read' };

/** What a call or an acquisition may have to wait for, whatever is held. */
export function reachedBy({ flow, places, callees: calleesOf }: Body, event: LockEvent): readonly Reached[] {
  const here = { event, place: '', without: [], isPlain: true, conditional: false, depth: 0 };
  if (event.kind === 'acquire') {
    const { lock } = event;
    if (lock === undefined || event.blocks === false || !isOrdered(lock)) return [];
    const to = { lock: orderedClass(lock), mode: lock.mode };
    return [{ ...here, to, place: lock.place, isPlain: isPlain(lock) }];
  }
  if (event.kind !== 'call') return [];
  const args = flow.calls[event.call]?.args ?? [];
  const isInScope = isWithoutReclaim(event.state);
  const name = calleeName(flow, event.call);
  const allocator = ALLOCATORS.get(name);
  if (allocator !== undefined)
    return !isInScope && entersReclaim(gfpOfAllocation(flow, allocator, args))
      ? [{ ...here, to: RECLAIM }]
      : [];
  const faults = mayFault.has(name) ? [{ ...here, to: FAULT }] : [];
  const callees = calleesOf(event.call);
  const isOneOfMany = callees.length > 1;
  return [
    ...faults,
    ...callees.flatMap((callee) => {
      const reached: Reached[] = [];
      for (const acquired of callee.summary.acquires) {
        if (!acquired.blocks || acquired.lockClass === '' || UNORDERED.has(acquired.kind)) continue;
        const below = takenBelow(callee.summary, acquired);
        reached.push({
          event,
          to: { lock: orderedClass(below), mode: below.mode },
          isPlain: isPlain(below),
          place: places.substitute(below.place, args) ?? '',
          without: below.without,
          callee,
          below,
          conditional: isOneOfMany,
          depth: farFrom(callee.summary, below),
        });
      }
      const below = callee.summary.reclaims;
      if (below === undefined || isInScope) return reached;
      if (below.gfp >= 0 && !entersReclaim(gfpOf(flow, args[below.gfp] ?? 0))) return reached;
      const conditional = isOneOfMany || below.cause.conditional !== false;
      const { without } = below;
      reached.push({
        ...here,
        to: RECLAIM,
        without,
        callee,
        below,
        conditional,
        depth: below.cause.depth + 1,
      });
      return reached;
    }),
  ];
}

const entersReclaim = (gfp: Gfp): boolean =>
  gfp !== undefined && 'flags' in gfp && gfp.flags.sleeps && gfp.flags.fs;

/** 0 to 1: how sure it is that the order happens at run time. */
export const weightOf = (d: Omit<BodyDependency, 'from'>): number =>
  (d.event.isMerged ? 0.3 : 1) * (d.conditional ? 0.4 : 1) * (d.isPlain ? 1 : 0.3) * 0.9 ** d.depth;
