/**
 * Macros that define a variable of the name that is their first argument, and its type. Sources: include/linux/mutex.h,
 * spinlock_types.h, rwlock_types.h, rwsem.h, semaphore.h, seqlock.h, percpu-rwsem.h, rtmutex.h, ww_mutex.h, srcutree.h,
 * wait.h, swait.h, completion.h, workqueue.h, timer.h, interrupt.h, idr.h, xarray.h, list.h, llist.h, notifier.h,
 * ratelimit_types.h.
 */
export const variableDefinitions: ReadonlyMap<string, string> = new Map([
  ['DEFINE_MUTEX', 'struct mutex'],
  ['DEFINE_SPINLOCK', 'spinlock_t'],
  ['DEFINE_RAW_SPINLOCK', 'raw_spinlock_t'],
  ['DEFINE_RWLOCK', 'rwlock_t'],
  ['DECLARE_RWSEM', 'struct rw_semaphore'],
  ['DEFINE_SEMAPHORE', 'struct semaphore'],
  ['DEFINE_SEQLOCK', 'seqlock_t'],
  ['DEFINE_PERCPU_RWSEM', 'struct percpu_rw_semaphore'],
  ['DEFINE_STATIC_PERCPU_RWSEM', 'struct percpu_rw_semaphore'],
  ['DEFINE_RT_MUTEX', 'struct rt_mutex'],
  ['DEFINE_WW_CLASS', 'struct ww_class'],
  ['DEFINE_WD_CLASS', 'struct ww_class'],
  ['DEFINE_SRCU', 'struct srcu_struct'],
  ['DEFINE_STATIC_SRCU', 'struct srcu_struct'],
  ['DECLARE_WAIT_QUEUE_HEAD', 'struct wait_queue_head'],
  ['DECLARE_SWAIT_QUEUE_HEAD', 'struct swait_queue_head'],
  ['DECLARE_COMPLETION', 'struct completion'],
  ['DECLARE_WORK', 'struct work_struct'],
  ['DECLARE_DELAYED_WORK', 'struct delayed_work'],
  ['DECLARE_DEFERRABLE_WORK', 'struct delayed_work'],
  ['DEFINE_TIMER', 'struct timer_list'],
  ['DECLARE_TASKLET', 'struct tasklet_struct'],
  ['DEFINE_IDA', 'struct ida'],
  ['DEFINE_IDR', 'struct idr'],
  ['DEFINE_XARRAY', 'struct xarray'],
  ['DEFINE_XARRAY_ALLOC', 'struct xarray'],
  ['LIST_HEAD', 'struct list_head'],
  ['HLIST_HEAD', 'struct hlist_head'],
  ['LLIST_HEAD', 'struct llist_head'],
  ['BLOCKING_NOTIFIER_HEAD', 'struct blocking_notifier_head'],
  ['ATOMIC_NOTIFIER_HEAD', 'struct atomic_notifier_head'],
  ['RAW_NOTIFIER_HEAD', 'struct raw_notifier_head'],
  ['DEFINE_RATELIMIT_STATE', 'struct ratelimit_state'],
]);

/** Those of them that define a static variable without saying so. */
export const staticDefinitions: ReadonlySet<string> = new Set([
  'DEFINE_STATIC_PERCPU_RWSEM',
  'DEFINE_STATIC_SRCU',
]);
