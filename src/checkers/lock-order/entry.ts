/** One way in which a function is entered: what its callers hold, and the context that they run in. */
import { type Held, isAtomicKind, type LockState, MAYBE } from '../../effects/locks/held.ts';
import type { NetEffect } from '../../effects/locks/lock-summary.ts';
import type { FunctionRef } from '../../index/program.ts';
import type { Callback } from '../../kernel/callbacks.ts';
import { ATOMIC_CONTEXTS, beginsTask, type Context } from '../../kernel/contexts.ts';
import { FENCE_SIGNALLING } from '../../kernel/fences.ts';
import type { LockMode } from '../../kernel/locks.ts';
import type { Step } from '../checker.ts';

/** How calls come to a function. */
export interface Way {
  /** Calls that were followed upwards. */
  readonly calls: number;
  /**
   * A branch on a parameter or the context, a merged path, a flag that asks not to wait, or more than one call through
   * a field lies on the way: of two tables nobody says that they belong together.
   */
  readonly doubtful: boolean;
  /** Calls through fields on the way: what is stored there. */
  readonly fields: readonly Stored[];
}

/**
 * A lock that a caller holds; its place is in the words of the function that is entered, '' where that has none. The
 * way is the one from the function that takes it: how that is entered itself does not matter to it.
 */
export interface EntryLock extends Held, Way {
  readonly taken: Step;
}

/** One way in which a function is entered. */
export interface Entry extends Way {
  readonly held: readonly EntryLock[];
  readonly preempt: number;
  readonly softirq: number;
  readonly hardirq: number;
  /** A function on the way enters a section by name, with preempt_disable() and the like. */
  readonly entersSection: boolean;
  /** That of the handler in which the chain begins; undefined where the callers end before one. */
  readonly context: Context | undefined;
  /** Name of the function in which the chain begins. */
  readonly root: string;
  /** From there to the call of the function, one step a call. */
  readonly steps: readonly Step[];
  /** The chain begins in the handler of a task of its own: nothing in the tree calls it with locks of its own held. */
  readonly isStart: boolean;
}

/** A function that is called through a field of an operations table. */
export interface Stored {
  readonly type: string;
  readonly field: string;
  readonly target: FunctionRef;
}

/** What is known of how a function is entered. */
export interface Entries {
  readonly all: readonly Entry[];
  /** True where these are all ways: every user is known, up to the bounds. */
  readonly complete: boolean;
}

/** The locks of a caller that are still held in a state of the function that is entered. */
export const heldByCallers = (entry: Entry, state: LockState): readonly EntryLock[] =>
  entry.held.filter((held) => !isReleased(state, held));

/** Why an entry forbids sleeping: a lock, a section that a caller is in, or the context of a handler. */
export type AtomicEntry = EntryLock | { readonly section: string; readonly context: Context | undefined };

/**
 * What forbids sleeping for a function that is entered so and is in `state`; undefined where nothing does, or where
 * it may have ended: the function has released a lock that it did not take, or `without` names what is released.
 */
export function forbidsSleep(
  entry: Entry,
  state: LockState,
  without: readonly string[],
): AtomicEntry | undefined {
  const lock = entry.held.findLast(
    (held) => isAtomicKind(held.kind) && !isReleased(state, held) && !without.includes(held.lockClass),
  );
  if (lock !== undefined) return without.length > 0 && lock.lockClass === '' ? undefined : lock;
  if (state.released.length > 0 || without.length > 0 || entry.context === 'irqs off') return undefined;
  const context =
    entry.context !== undefined && ATOMIC_CONTEXTS.has(entry.context) ? entry.context : undefined;
  if (entry.hardirq + state.hardirq > 0)
    return { section: context === undefined ? 'local_irq_disable' : '', context };
  if (entry.softirq + state.softirq > 0)
    return { section: context === undefined ? 'local_bh_disable' : '', context };
  if (entry.preempt + state.preempt > 0)
    return { section: context === undefined ? 'preempt_disable' : '', context };
  return undefined;
}

/** The way that goes on by one call. */
export const onward = (above: Way, call: Way): Way => ({
  calls: above.calls + 1,
  doubtful: above.doubtful || call.doubtful || above.fields.length + call.fields.length > 1,
  fields: [...above.fields, ...call.fields],
});

/** A way that begins in a context. */
export const inContext = (
  ref: FunctionRef,
  context: Context,
  steps: readonly Step[],
  isStart: boolean,
): Entry => ({
  held: [],
  preempt: context === 'atomic' ? 1 : 0,
  softirq: context === 'softirq' ? 1 : 0,
  hardirq: context === 'hardirq' || context === 'irq work' || context === 'irqs off' ? 1 : 0,
  entersSection: false,
  context,
  root: ref.name,
  steps,
  calls: 0,
  doubtful: false,
  fields: [],
  isStart,
});

/** A way that begins in a context with a lock held, which the step that leads there says. */
const holding = (
  entry: Entry,
  lock: Pick<EntryLock, 'place' | 'lockClass' | 'kind' | 'mode' | 'subclass'>,
  taken: Step,
): Entry => ({
  ...entry,
  held: [{ ...lock, calls: 0, doubtful: false, fields: [], call: -1, through: '', taken }],
  steps: [],
});

/** An annotation that everybody knows by its class. */
const lockMap = (lockClass: string, mode: LockMode) =>
  ({ place: `@${lockClass}`, lockClass, kind: 'lock_map', mode, subclass: 0 }) as const;

/** What the scheduler of a GPU calls for a job: a fence is signalled only once it has returned. */
export const onWayToFence = (ref: FunctionRef, step: Step): Entry => {
  const taken = { ...step, text: `${step.text}: the fences of its job wait for it` };
  return holding(inContext(ref, 'work', [step], false), lockMap(FENCE_SIGNALLING, 'read'), taken);
};

/** What is called with something held that others wait for. */
export const ofCallback = (ref: FunctionRef, callback: Callback, step: Step): Entry => {
  const { lock, mode, caller, type } = callback;
  const taken = { ...step, text: `${step.text}, which ${caller} calls with ${lock} held` };
  return holding(inContext(ref, 'process', [step], beginsTask(type)), lockMap(lock, mode), taken);
};

/** What a subsystem calls with a lock of its own held. */
export const underLock = (ref: FunctionRef, context: Context, lock: NetEffect, step: Step): Entry => {
  const { lockClass, kind, mode, subclass } = lock;
  const place = lock.place.startsWith('@') ? lock.place : '';
  const taken = { ...step, text: `${step.text}, which is called with ${lockClass} held` };
  return holding(inContext(ref, context, [step], true), { place, lockClass, kind, mode, subclass }, taken);
};

/** Whether the user has released a lock of its caller's before, or one that can't be told from it. */
export const isReleased = (state: LockState, held: EntryLock): boolean =>
  state.released.length > 0 &&
  (held.place === '' || state.released.includes(held.place) || state.released.includes(MAYBE + held.place));

/** Equal for ways of which one says as much as both. */
export const keyOf = (e: Entry): string =>
  `${e.held.map((h) => `${h.place} ${h.lockClass} ${h.mode}`).join()}|${e.preempt}|${e.softirq}|${e.hardirq}|${e.context}|${e.context === undefined ? '' : e.root}`;
