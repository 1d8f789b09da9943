/**
 * Macros that define what guard(), scoped_guard() and CLASS() take and release. Source: include/linux/cleanup.h.
 */
export interface GuardDefinition {
  /** Whether the second argument is appended to the name: DEFINE_GUARD_COND(mutex, _try, …) defines mutex_try. */
  readonly suffix: boolean;
  /** Argument that takes the lock, on `_T` or on `_T->lock`. */
  readonly taking: number;
}

export const guardDefinitions: ReadonlyMap<string, GuardDefinition> = new Map([
  ['DEFINE_GUARD', { suffix: false, taking: 2 }],
  ['DEFINE_GUARD_COND', { suffix: true, taking: 2 }],
  ['DEFINE_LOCK_GUARD_0', { suffix: false, taking: 1 }],
  ['DEFINE_LOCK_GUARD_1', { suffix: false, taking: 2 }],
  ['DEFINE_LOCK_GUARD_1_COND', { suffix: true, taking: 2 }],
]);

/** Name of what takes the lock of a guard, as include/linux/cleanup.h makes it. */
export const guardConstructor = (guard: string): string => `class_${guard}_constructor`;

/** Whether a function is what guardConstructor() names. */
export const isGuardConstructor = (name: string): boolean => /^class_\w+_constructor$/.test(name);
