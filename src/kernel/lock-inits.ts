/**
 * What initialises a lock. Sources: include/linux/{mutex,spinlock,rwlock,rwsem,rtmutex,semaphore,seqlock,ww_mutex}.h;
 * kernel/locking/lockdep.c, register_lock_class(): "INIT: trying to register non-static key".
 */

/** Functions by name, with the argument that is the lock. */
export const lockInits: ReadonlyMap<string, number> = new Map([
  ['mutex_init', 0],
  ['mutex_init_with_key', 0],
  ['__mutex_init', 0],
  ['devm_mutex_init', 1],
  ['spin_lock_init', 0],
  ['raw_spin_lock_init', 0],
  ['rwlock_init', 0],
  ['init_rwsem', 0],
  ['rt_mutex_init', 0],
  ['sema_init', 0],
  ['seqlock_init', 0],
  ['ww_mutex_init', 0],
]);

/** Initialisers of locks in objects that are defined with their contents. */
export const lockInitializers: readonly string[] = [
  '__MUTEX_INITIALIZER',
  '__SPIN_LOCK_UNLOCKED',
  '__SPIN_LOCK_INITIALIZER',
  '__RAW_SPIN_LOCK_UNLOCKED',
  '__RAW_SPIN_LOCK_INITIALIZER',
  '__RW_LOCK_UNLOCKED',
  '__RWSEM_INITIALIZER',
  '__SEMAPHORE_INITIALIZER',
  '__RT_MUTEX_INITIALIZER',
  '__SEQLOCK_UNLOCKED',
];

/** Types of members that are locks. */
export const LOCK_TYPES =
  /^(?:struct (?:mutex|rw_semaphore|semaphore|rt_mutex|ww_mutex|spinlock)|spinlock_t|raw_spinlock_t|rwlock_t|seqlock_t)$/;

/** Macros that define an object of a type for each processor: its locks are initialised there. */
export const DEFINES_PER_CPU = /PER_CPU/;

/** Names by which a function says that an interrupt stays off when its handler is registered. */
export const KEEPS_IRQ_OFF = /^(?:IRQF?_NO_?AUTOEN|disable_irq(?:_nosync)?|irq_set_status_flags)$/;
