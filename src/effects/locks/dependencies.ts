/** The dependencies that one function makes: what it takes, or has taken below it, while it holds something. */
import type { Flow } from '../../c/flow.ts';
import { ALLOCATORS } from '../../kernel/allocators.ts';
import type { LockKind, LockMode } from '../../kernel/locks.ts';
import { FS_RECLAIM } from '../../kernel/reclaim.ts';
import { gfpOf } from './gfp.ts';
import type { Held } from './held.ts';
import { type Body, nameOfCall } from './lock-body.ts';
import type { LockEvent } from './lock-domain.ts';
import type { Callee } from './lock-effects.ts';
import type { Acquired, Happening } from './lock-summary.ts';

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

/** What could be any lock of its kind makes no dependency. */
const isOrdered = (held: Held): boolean =>
  held.lockClass !== '' && !UNORDERED.has(held.kind) && !held.place.startsWith('?');

/** All dependencies of a body. */
export function dependenciesOfBody(body: Body): readonly BodyDependency[] {
  const found: BodyDependency[] = [];
  for (const event of body.events) {
    const held = event.state.held.filter(isOrdered);
    if (held.length === 0) continue;
    if (event.kind === 'call') addCall(found, body, event, held);
    else if (event.kind === 'acquire' && event.lock !== undefined && event.blocks !== false) {
      const { lock } = event;
      if (!isOrdered(lock)) continue;
      const to = { lock: lock.lockClass, mode: lock.mode };
      for (const from of held) add(found, { from, to, event, conditional: false, depth: 0 });
    }
  }
  return found;
}

const RECLAIM: LockUse = { lock: FS_RECLAIM, mode: 'write' };

function addCall(
  found: BodyDependency[],
  { flow, places, callees: calleesOf }: Body,
  event: LockEvent,
  held: readonly Held[],
): void {
  const args = flow.calls[event.call]?.args ?? [];
  const allocator = ALLOCATORS.get(nameOfCall(flow, event.call));
  if (allocator !== undefined) {
    if (!entersReclaim(flow, args[allocator.flags] ?? 0)) return;
    for (const from of held) add(found, { from, to: RECLAIM, event, conditional: false, depth: 0 });
    return;
  }
  const callees = calleesOf(event.call);
  const isOneOfMany = callees.length > 1;
  for (const callee of callees) {
    for (const below of callee.summary.acquires) {
      if (!below.blocks || below.lockClass === '' || UNORDERED.has(below.kind)) continue;
      const here = places.substitute(below.place, args);
      if (here !== undefined && held.some((h) => h.place === here)) continue;
      const to = { lock: below.lockClass, mode: below.mode };
      const depth = below.cause.depth + 1;
      for (const from of held) {
        if (below.without.includes(from.lockClass)) continue;
        add(found, { from, to, event, callee, below, conditional: isOneOfMany, depth });
      }
    }
    const below = callee.summary.reclaims;
    if (below === undefined || (below.gfp >= 0 && !entersReclaim(flow, args[below.gfp] ?? 0))) continue;
    const conditional = isOneOfMany || below.cause.conditional;
    const depth = below.cause.depth + 1;
    for (const from of held) {
      if (below.without.includes(from.lockClass)) continue;
      add(found, { from, to: RECLAIM, event, callee, below, conditional, depth });
    }
  }
}

function entersReclaim(flow: Flow, flags: number): boolean {
  const gfp = flags === 0 ? undefined : gfpOf(flow, flags);
  return gfp !== undefined && 'flags' in gfp && gfp.flags.sleeps && gfp.flags.fs;
}

function add(found: BodyDependency[], dependency: BodyDependency): void {
  if (dependency.from.lockClass !== dependency.to.lock) found.push(dependency);
}

/** 0 to 1: how sure it is that the order happens at run time. */
export const weightOf = ({ event, conditional, depth }: BodyDependency): number =>
  (event.isMerged ? 0.3 : 1) * (conditional ? 0.4 : 1) * 0.9 ** depth;
