/** The locks that are held and the context that the code is in, at one point of one path. Immutable; interned as numbers. */
import type { LockKind, LockMode } from '../../kernel/locks.ts';
import { withoutReclaim } from '../../kernel/reclaim.ts';

export interface Held {
  readonly place: string;
  /** '' where it is not known. */
  readonly lockClass: string;
  readonly kind: LockKind;
  readonly mode: LockMode;
  readonly subclass: number;
  /** Call of the flow that took it. */
  readonly call: number;
  /** A caller's word for it: taken by a wrapper with this name; '' where the call is the primitive. */
  readonly through: string;
}

export interface LockState {
  readonly held: readonly Held[];
  /** Nesting of preempt_disable(), local_bh_disable(), local_irq_disable() and locks that imply them. */
  readonly preempt: number;
  readonly softirq: number;
  readonly hardirq: number;
  /** Nesting of memalloc_nofs_save() and its kind: allocations do not enter fs_reclaim. */
  readonly nofs: number;
  /** Places released here that were not taken here: they belong to the caller. Those that may be come after `MAYBE`. */
  readonly released: readonly string[];
  /** Places taken here and released again on this path. */
  readonly dropped: readonly string[];
}

/** Before the place of a lock that a callee may have released. */
export const MAYBE = '?~';

/** The place itself of a lock that may have been released. */
export const placeOf = (place: string): string =>
  place.startsWith(MAYBE) ? place.slice(MAYBE.length) : place;

export const NOTHING_HELD: LockState = {
  held: [],
  preempt: 0,
  softirq: 0,
  hardirq: 0,
  nofs: 0,
  released: [],
  dropped: [],
};

/** Whether allocations do not enter reclaim, because of a scope or of a lock that brings one with it. */
export const isWithoutReclaim = ({ nofs, held }: LockState): boolean =>
  nofs > 0 || held.some(({ lockClass }) => withoutReclaim.has(lockClass));

/** Kinds whose holder must not sleep. */
const SPINNING: ReadonlySet<LockKind> = new Set([
  'spinlock',
  'raw_spinlock',
  'rwlock',
  'seqlock',
  'bit_spinlock',
  'local_lock',
]);

export const isSpinning = (kind: LockKind): boolean => SPINNING.has(kind);

/** Kinds that forbid sleeping while they are held. */
export const isAtomicKind = (kind: LockKind): boolean => isSpinning(kind) || kind === 'rcu';

/** Kinds that a task may have to sleep for. */
const SLEEPING: ReadonlySet<LockKind> = new Set([
  'mutex',
  'rt_mutex',
  'ww_mutex',
  'rwsem',
  'percpu_rwsem',
  'semaphore',
  'page_lock',
  'socket',
]);

export const isSleepingLock = (kind: LockKind): boolean => SLEEPING.has(kind);

/** What forbids sleeping in this state: the innermost lock, or the section; undefined where sleeping is fine. */
export function atomicBecause(
  state: LockState,
): Held | 'preempt_disable' | 'local_bh_disable' | 'local_irq_disable' | undefined {
  const lock = state.held.findLast((h) => isAtomicKind(h.kind));
  if (lock !== undefined) return lock;
  if (state.hardirq > 0) return 'local_irq_disable';
  if (state.softirq > 0) return 'local_bh_disable';
  return state.preempt > 0 ? 'preempt_disable' : undefined;
}

/** Numbers for states: equal states have equal numbers. */
export class LockStates {
  readonly #states: LockState[] = [];
  readonly #numbers = new Map<string, number>();
  /** The states that were handed out, so that their keys need not be made again. */
  readonly #known = new Map<LockState, number>();

  number(state: LockState): number {
    const same = this.#known.get(state);
    if (same !== undefined) return same;
    const key = keyOf(state);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#states.push(state) - 1;
      this.#numbers.set(key, number);
      this.#known.set(state, number);
    }
    return number;
  }

  state(number: number): LockState {
    return this.#states[number] ?? NOTHING_HELD;
  }
}

const keyOf = (s: LockState): string =>
  `${s.held.map((h) => `${h.place}~${h.mode}~${h.call}`).join(';')}|${s.preempt}|${s.softirq}|${s.hardirq}|${s.nofs}|${s.released.join(';')}|${s.dropped.join(';')}`;
