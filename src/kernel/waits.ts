/**
 * Functions that wait until other code has finished, and what that code is. Waiting for X while holding L,
 * where X takes L, is a deadlock that lockdep sees for work items and timers only.
 *
 * Sources: kernel/workqueue.c, kernel/time/timer.c, hrtimer.c, kernel/irq/manage.c, kernel/kthread.c,
 * kernel/softirq.c, net/core/dev.c, kernel/rcu, kernel/sched/completion.c.
 */
export type Awaited =
  | 'work'
  | 'delayed work'
  | 'workqueue'
  | 'timer'
  | 'hrtimer'
  | 'tasklet'
  | 'interrupt'
  | 'hard interrupt'
  | 'irq work'
  | 'thread'
  | 'napi'
  | 'rcu'
  | 'srcu'
  | 'completion'
  | 'wait queue'
  | 'debugfs'
  | 'sysfs'
  | 'proc'
  | 'freeze';

export interface Wait {
  readonly awaits: Awaited;
  /** Argument that names what is waited for (the object, its address, or an interrupt number); -1: everything. */
  readonly argument: number;
}

const rows: readonly (readonly [Awaited, number, string])[] = [
  [
    'work',
    0,
    'flush_work __flush_work cancel_work_sync disable_work_sync kthread_flush_work kthread_cancel_work_sync',
  ],
  [
    'delayed work',
    0,
    'flush_delayed_work cancel_delayed_work_sync disable_delayed_work_sync kthread_cancel_delayed_work_sync',
  ],
  ['work', 0, 'flush_rcu_work'],
  [
    'workqueue',
    0,
    'flush_workqueue __flush_workqueue drain_workqueue destroy_workqueue kthread_flush_worker kthread_destroy_worker',
  ],
  ['workqueue', -1, 'flush_scheduled_work'],
  ['timer', 0, 'del_timer_sync timer_delete_sync timer_shutdown_sync try_to_del_timer_sync'],
  ['hrtimer', 0, 'hrtimer_cancel'],
  ['tasklet', 0, 'tasklet_kill tasklet_unlock_wait tasklet_disable'],
  ['interrupt', 0, 'free_irq synchronize_irq disable_irq'],
  ['hard interrupt', 0, 'synchronize_hardirq disable_hardirq'],
  ['interrupt', 1, 'devm_free_irq'],
  ['irq work', 0, 'irq_work_sync'],
  ['thread', 0, 'kthread_stop kthread_stop_put kthread_park'],
  ['napi', 0, 'napi_disable napi_synchronize netif_napi_del'],
  [
    'rcu',
    -1,
    'synchronize_rcu synchronize_rcu_expedited synchronize_net rcu_barrier synchronize_sched synchronize_rcu_bh',
  ],
  ['srcu', 0, 'synchronize_srcu synchronize_srcu_expedited srcu_barrier'],
  [
    'completion',
    0,
    'wait_for_completion wait_for_completion_io wait_for_completion_interruptible wait_for_completion_killable wait_for_completion_state',
  ],
  [
    'completion',
    0,
    'wait_for_completion_timeout wait_for_completion_io_timeout wait_for_completion_interruptible_timeout wait_for_completion_killable_timeout',
  ],
  [
    'wait queue',
    0,
    'wait_event wait_event_interruptible wait_event_killable wait_event_timeout wait_event_interruptible_timeout',
  ],
  [
    'wait queue',
    0,
    'wait_event_freezable wait_event_idle wait_event_interruptible_exclusive wait_event_hrtimeout io_wait_event',
  ],
  ['debugfs', 0, 'debugfs_remove debugfs_remove_recursive'],
  ['sysfs', 1, 'device_remove_file driver_remove_file'],
  ['sysfs', 0, 'kobject_del'],
  ['proc', 0, 'proc_remove remove_proc_subtree'],
  ['freeze', 0, 'blk_mq_freeze_queue blk_mq_freeze_queue_wait freeze_super'],
];

/** Waiting functions by name. */
export const waits: ReadonlyMap<string, Wait> = new Map(
  rows.flatMap(([awaits, argument, names]) =>
    names.split(' ').map((name) => [name, { awaits, argument }] as const),
  ),
);

/** Functions that may sleep whatever their arguments say, where no body shows it (assembly, architecture, scheduler). */
export const sleeping: ReadonlySet<string> = new Set(
  (
    'might_sleep schedule schedule_timeout schedule_timeout_interruptible schedule_timeout_uninterruptible ' +
    'schedule_timeout_killable schedule_timeout_idle schedule_hrtimeout schedule_hrtimeout_range io_schedule ' +
    'io_schedule_timeout cond_resched msleep msleep_interruptible ssleep usleep_range usleep_range_state ' +
    'usleep_range_idle fsleep yield wait_on_bit wait_on_bit_io wait_on_bit_timeout wait_on_bit_lock ' +
    'copy_from_user copy_to_user get_user put_user clear_user strncpy_from_user strnlen_user ' +
    'vmalloc vzalloc vmap vunmap might_fault alloc_percpu __alloc_percpu ioremap alloc_workqueue kmem_cache_create'
  ).split(' '),
);

/**
 * Whether a macro is given the caller's lock, and releases it while it sleeps: it pastes that into the wait as a statement
 * (include/linux/wait.h, wait_event_lock_irq() and its kind, wait_event_cmd()).
 */
export const sleepsWithoutLock = (name: string): boolean =>
  /^wait_event\w*(?:_lock_irq\w*|_cmd|_locked\w*)$/.test(name);

/** Functions that sleep in a task, and leave that to a work where interrupts call them (mm/vmalloc.c). */
export const sleepingInTasks: ReadonlySet<string> = new Set(['vfree']);

/**
 * Whether a function calls others that may sleep, and says so by its name (include/linux/notifier.h: "Blocking notifier
 * chains: chain callbacks run in process context. Callouts are allowed to block.").
 */
export const callsMaySleep = (name: string): boolean =>
  /(?:^|_)blocking_notifiers?(?:_call_chain)?$/.test(name);

/** Functions that may sleep unless the file says of its devices that they don't: name -> the call that says so. */
export const sleepingUnless: ReadonlyMap<string, string> = new Map(
  (
    'pm_runtime_get_sync pm_runtime_put_sync pm_runtime_resume_and_get pm_runtime_resume pm_runtime_suspend ' +
    'pm_runtime_put_sync_suspend pm_runtime_put_sync_autosuspend'
  )
    .split(' ')
    .map((name) => [name, 'pm_runtime_irq_safe']),
);

/** Macros that poll a register, and the argument with the pause in microseconds, 0 for none (include/linux/iopoll.h, regmap.h). */
export const pollDelay: ReadonlyMap<string, number> = new Map(
  [
    ['read_poll_timeout', 3],
    ['readx_poll_timeout', 4],
    ['regmap_read_poll_timeout', 4],
    ['regmap_field_read_poll_timeout', 3],
    ...['readb', 'readw', 'readl', 'readq'].flatMap((read) => [
      [`${read}_poll_timeout`, 3] as const,
      [`${read}_relaxed_poll_timeout`, 3] as const,
    ]),
  ].map(([name, argument]) => [name as string, argument as number]),
);

/** Waits that spin rather than sleep, but on PREEMPT_RT. */
export const spinningWaits: ReadonlySet<Awaited> = new Set([
  'timer',
  'hrtimer',
  'irq work',
  'hard interrupt',
]);

/** Tests of the context: what is done on one side of them is not done on the other. */
export const contextTests: ReadonlySet<string> = new Set(
  (
    'in_interrupt in_atomic in_irq in_hardirq in_softirq in_serving_softirq in_nmi in_task irqs_disabled ' +
    'preemptible rcu_read_lock_held gfpflags_allow_blocking gfpflags_normal_context oops_in_progress ' +
    'rcu_preempt_depth preempt_count drm_can_sleep in_dbg_master'
  ).split(' '),
);

/** Members by which an object says whether what is done with it may sleep: who made it knows what it says. */
export const SLEEPING_KIND = /^(?:non_?)?atomic$|^(?:can|cant|may|might|no)_sleep$|^sleepable$/;
