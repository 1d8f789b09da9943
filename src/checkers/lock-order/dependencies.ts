/** The dependencies that one function makes: what it takes, or has taken below it, while it holds something. */
import { lineOf } from '../../c/flow.ts';
import { gfpOf } from '../../effects/locks/gfp.ts';
import type { Held } from '../../effects/locks/held.ts';
import { nameOfCall } from '../../effects/locks/lock-body.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import type { Cause } from '../../effects/locks/lock-summary.ts';
import { ALLOCATORS } from '../../kernel/allocators.ts';
import { FS_RECLAIM } from '../../kernel/reclaim.ts';
import type { Step } from '../checker.ts';
import { acquisitionSteps, causeSteps } from './causes.ts';
import type { FunctionLocks } from './function-locks.ts';
import type { Dependency } from './graph.ts';

/** A dependency with the place that makes it. */
export interface PlacedDependency extends Dependency {
  readonly locks: FunctionLocks;
  /** Of the call or the acquisition, with the first lock held. */
  readonly position: number;
  /** Whether a context test, a flag or a call through a pointer lies on the way. */
  readonly conditional: boolean;
  /** Calls from this function to the second lock. */
  readonly depth: number;
}

/** What a lock in a class of its own could be for, and what lockdep has no class for, makes no dependency. */
const isOrdered = (held: Held): boolean =>
  held.lockClass !== '' &&
  held.kind !== 'rcu' &&
  held.kind !== 'srcu' &&
  held.kind !== 'page_lock' &&
  !held.place.startsWith('?');

/** All dependencies of a function. */
export function dependenciesOf(locks: FunctionLocks): readonly PlacedDependency[] {
  const found: PlacedDependency[] = [];
  for (const event of locks.body.events) {
    const held = event.state.held.filter(isOrdered);
    if (held.length === 0) continue;
    if (event.kind === 'acquire') {
      const { lock } = event;
      if (lock === undefined || event.blocks === false || !isOrdered(lock)) continue;
      const step = locks.step(lineOf(event.position), `${locks.text(lock)} is taken`);
      for (const from of held)
        add(found, locks, event, from, { lock: lock.lockClass, mode: lock.mode }, [step], direct);
    } else if (event.kind === 'call') addCall(found, locks, event, held);
  }
  return found;
}

const direct = { depth: 0, conditional: false };

function addCall(
  found: PlacedDependency[],
  locks: FunctionLocks,
  event: LockEvent,
  held: readonly Held[],
): void {
  const { flow, places } = locks.body;
  const name = nameOfCall(flow, event.call);
  const args = flow.calls[event.call]?.args ?? [];
  const line = lineOf(event.position);
  const allocator = ALLOCATORS.get(name);
  if (allocator !== undefined) {
    const gfp = allocator.flags < 0 ? undefined : gfpOf(flow, args[allocator.flags] ?? 0);
    if (gfp === undefined || 'parameter' in gfp || !gfp.flags.sleeps || !gfp.flags.fs) return;
    const step = locks.step(line, `${name}() may enter reclaim`);
    for (const from of held) add(found, locks, event, from, reclaim, [step], direct);
    return;
  }
  const callees = locks.effects.callees(flow, event.call, locks.ref.path);
  for (const callee of callees) {
    const call = locks.step(line, `${callee.name}() is called`);
    const many = callees.length > 1;
    for (const a of callee.summary.acquires) {
      if (!a.blocks || a.lockClass === '' || a.kind === 'rcu' || a.kind === 'srcu' || a.kind === 'page_lock')
        continue;
      const here = places.substitute(a.place, args);
      if (here !== undefined && held.some((h) => h.place === here)) continue;
      const below = acquisitionSteps(locks.effects, a, callee.name, callee.path);
      const cause = { depth: a.cause.depth + 1, conditional: many };
      for (const from of held) {
        if (a.without.includes(from.lockClass)) continue;
        add(found, locks, event, from, { lock: a.lockClass, mode: a.mode }, [call, ...below], cause);
      }
    }
    const reclaims = callee.summary.reclaims;
    if (reclaims === undefined) continue;
    if (reclaims.gfp >= 0) {
      const gfp = gfpOf(flow, args[reclaims.gfp] ?? 0);
      if (gfp === undefined || 'parameter' in gfp || !gfp.flags.sleeps || !gfp.flags.fs) continue;
    }
    const below = causeSteps(
      locks.effects,
      { ...reclaims.cause, callee: callee.name, calleePath: callee.path },
      (summary) =>
        summary.reclaims && {
          cause: summary.reclaims.cause,
          text: stepText(summary.reclaims.cause, `${reclaims.what}() may enter reclaim`),
        },
    );
    const cause = { depth: reclaims.cause.depth + 1, conditional: many || reclaims.cause.conditional };
    for (const from of held) {
      if (!reclaims.without.includes(from.lockClass))
        add(found, locks, event, from, reclaim, [call, ...below], cause);
    }
  }
}

const reclaim = { lock: FS_RECLAIM, mode: 'write' } as const;

const stepText = (cause: Cause, end: string): string => (cause.depth === 0 ? end : `calls ${cause.callee}()`);

function add(
  found: PlacedDependency[],
  locks: FunctionLocks,
  event: LockEvent,
  from: Held,
  to: Dependency['to'],
  steps: readonly Step[],
  cause: { depth: number; conditional: boolean },
): void {
  if (from.lockClass === to.lock) return;
  found.push({
    from: { lock: from.lockClass, mode: from.mode },
    to,
    witness: [locks.stepOfTaking(from), ...steps],
    weight: (event.isMerged ? 0.3 : 1) * (cause.conditional ? 0.4 : 1) * 0.9 ** cause.depth,
    locks,
    position: event.position,
    conditional: cause.conditional || event.isMerged,
    depth: cause.depth,
  });
}
