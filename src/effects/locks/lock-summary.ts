/** What calling a function does to locks, as its callers must know it. */
import type { LockKind, LockMode, Success } from '../../kernel/locks.ts';
import type { Awaited } from '../../kernel/waits.ts';
import type { Condition } from './condition.ts';

/** How an effect comes about: the line in the function, and the callee that does it ('' for the function itself). */
export interface Cause {
  readonly line: number;
  readonly callee: string;
  /** Path of the callee's file, '' where the callee is not a function of the tree. */
  readonly calleePath: string;
  /** Calls between this function and the effect. */
  readonly depth: number;
  /** Whether a branch on a flag, a parameter or the context decides that it happens. */
  readonly conditional: Condition;
  /** Place of the callee's lock, for following a chain. */
  readonly key: string;
}

/** A lock that may be taken in here, waited for unless `blocks` is false. */
export interface Acquired {
  readonly lockClass: string;
  /** Relative to parameters and globals ('$0>.lock'); '' where a caller can't name it. */
  readonly place: string;
  readonly kind: LockKind;
  readonly mode: LockMode;
  readonly subclass: number;
  readonly blocks: boolean;
  /** Classes of the caller's locks that are released before. */
  readonly without: readonly string[];
  /** Calls between this function and the one that takes the lock; what only takes it for its caller is no function of its own. */
  readonly far: number;
  readonly cause: Cause;
}

/** A lock that is held, or no longer held, after the call. */
export interface NetEffect {
  readonly operation: 'acquire' | 'release';
  readonly lockClass: string;
  readonly place: string;
  readonly kind: LockKind;
  readonly mode: LockMode;
  readonly subclass: number;
  /** By the result of the call; `valid`: where it is a pointer to something; `sometimes`: a release that it does not tell. */
  readonly success: Success | 'valid' | 'sometimes';
}

/** Something that happens in here: it sleeps, it may enter reclaim. */
export interface Happening {
  /** What does it, by name: 'msleep', 'mutex_lock', 'kmalloc'. */
  readonly what: string;
  /** Parameter with the GFP flags that decide it; -1: it happens whatever is passed. */
  readonly gfp: number;
  /** Classes of the caller's locks that are released before it happens. */
  readonly without: readonly string[];
  readonly cause: Cause;
}

/** A wait for other code. */
export interface Waited {
  readonly awaits: Awaited;
  /** Place of what is waited for, relative to parameters; its type and member as `target`. */
  readonly place: string;
  readonly target: string;
  /** Classes of the caller's locks that are released before. */
  readonly without: readonly string[];
  readonly cause: Cause;
}

/** A lock that the function says its caller holds, whatever it is called with. */
export interface Asserted {
  readonly lockClass: string;
  readonly place: string;
  readonly mode: LockMode | 'any';
  readonly line: number;
}

export interface LockSummary {
  readonly acquires: readonly Acquired[];
  readonly net: readonly NetEffect[];
  readonly sleeps: Happening | undefined;
  /** An allocation that may enter fs_reclaim. */
  readonly reclaims: Happening | undefined;
  readonly waits: readonly Waited[];
  readonly asserts: readonly Asserted[];
  /** Mask of parameters that are functions and called in here. */
  readonly calls: number;
  /** Change of preempt, softirq, hardirq and memalloc nesting at return. */
  readonly preempt: number;
  readonly softirq: number;
  readonly hardirq: number;
  readonly nofs: number;
}

export const NO_LOCKS: LockSummary = {
  acquires: [],
  net: [],
  sleeps: undefined,
  reclaims: undefined,
  waits: [],
  asserts: [],
  calls: 0,
  preempt: 0,
  softirq: 0,
  hardirq: 0,
  nofs: 0,
};

/** Whether calling it changes what is held or the context. */
export const changesState = (s: LockSummary): boolean =>
  s.net.length > 0 || s.preempt !== 0 || s.softirq !== 0 || s.hardirq !== 0 || s.nofs !== 0;

/** Whether a caller that holds something must look at it. */
export const mattersUnderLock = (s: LockSummary): boolean =>
  s.acquires.length > 0 ||
  s.sleeps !== undefined ||
  s.reclaims !== undefined ||
  s.waits.length > 0 ||
  s.asserts.length > 0 ||
  s.calls !== 0;

/** Calls from a function to the taking of a lock below its callee: none where the callee takes it for its caller. */
export const farFrom = (callee: LockSummary, { lockClass, far }: Acquired): number =>
  leavesHeld(callee, lockClass) ? 0 : far + 1;

/** What a callee takes, as its caller sees it: how it comes to take what it takes for its caller is no matter. */
export const takenBelow = (callee: LockSummary, acquired: Acquired): Acquired =>
  leavesHeld(callee, acquired.lockClass)
    ? { ...acquired, cause: { ...acquired.cause, conditional: false } }
    : acquired;

/** Whether a callee takes a lock for its caller. */
const leavesHeld = ({ net }: LockSummary, lockClass: string): boolean =>
  net.some((n) => n.operation === 'acquire' && n.lockClass === lockClass);

/** Whether a function that is called with a lock held may wait under it for what it takes. */
export const isTakenUnder = (lock: string, { blocks, lockClass, kind }: Acquired): boolean =>
  blocks && lockClass !== '' && lockClass !== lock && kind !== 'rcu' && kind !== 'srcu';
