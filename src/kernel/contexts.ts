/**
 * Where code runs: which argument of which registration becomes a handler, which field of which struct the
 * kernel calls in a context that no caller in C shows, and what the handler hangs on, for those that wait for it.
 *
 * Sources: include/linux/{interrupt,timer,hrtimer,workqueue,kthread,irq_work,netdevice,rcupdate,smp,usb,
 * clk-provider,irq,hid,tty_driver,serial_core,dmaengine,debugfs}.h, Documentation/kernel-hacking/hacking.rst,
 * Documentation/driver-api/usb/URB.rst, driver-api/serial/driver.rst, driver-api/dmaengine/provider.rst,
 * Documentation/networking/netdevices.rst, include/net/mac80211.h.
 */

/**
 * hardirq: with interrupts off. softirq: with softirqs off. atomic: sleeping is forbidden, of interrupts nothing is
 * known. irqs off: with interrupts off, unless what registers it says that it sleeps. irq work: hard interrupt, or a
 * thread on PREEMPT_RT. The others may sleep.
 */
export type Context =
  | 'hardirq'
  | 'irqs off'
  | 'irq work'
  | 'softirq'
  | 'atomic'
  | 'threaded irq'
  | 'work'
  | 'thread'
  | 'process'
  | 'init';

/** Contexts that must not sleep. */
export const ATOMIC_CONTEXTS: ReadonlySet<Context> = new Set(['hardirq', 'irq work', 'softirq', 'atomic']);

export interface Registration {
  /** Argument that is the handler. */
  readonly handler: number;
  readonly context: Context;
  /** Argument that names what a wait waits for (the work, the timer, the irq); -1: none. */
  readonly object: number;
}

const table = new Map<string, readonly Registration[]>();

const add = (names: string, ...rows: readonly (readonly [number, Context, number?])[]): void => {
  for (const name of names.split(' '))
    table.set(
      name,
      rows.map(([handler, context, object = -1]) => ({ handler, context, object })),
    );
};

add('request_irq request_percpu_irq request_nmi', [1, 'hardirq', 0]);
add('request_threaded_irq', [1, 'hardirq', 0], [2, 'threaded irq', 0]);
add('request_any_context_irq', [1, 'threaded irq', 0]);
add('devm_request_irq', [2, 'hardirq', 1]);
add('devm_request_threaded_irq pci_request_irq', [2, 'hardirq', 1], [3, 'threaded irq', 1]);
add('devm_request_any_context_irq', [2, 'threaded irq', 1]);
add('irq_set_chained_handler irq_set_chained_handler_and_data', [1, 'hardirq', 0]);
add('timer_setup timer_setup_on_stack __timer_setup', [1, 'softirq', 0]);
add('DEFINE_TIMER', [1, 'softirq', 0]);
add('hrtimer_setup', [1, 'hardirq', 0]);
add('tasklet_init tasklet_setup DECLARE_TASKLET DECLARE_TASKLET_DISABLED', [1, 'softirq', 0]);
add('open_softirq', [1, 'softirq']);
add('init_irq_work DEFINE_IRQ_WORK', [1, 'irq work', 0]);
add('netif_napi_add netif_napi_add_tx netif_napi_add_weight netif_napi_add_tx_weight', [2, 'softirq', 1]);
add('call_rcu call_rcu_hurry', [1, 'softirq']);
add('call_srcu', [2, 'softirq']);
add('smp_call_function', [0, 'hardirq']);
add('smp_call_function_single smp_call_function_many on_each_cpu_mask', [1, 'hardirq']);
add('on_each_cpu', [0, 'hardirq']);
add('on_each_cpu_cond', [1, 'hardirq']);
add('usb_fill_int_urb usb_fill_bulk_urb', [5, 'hardirq', 0]);
add('usb_fill_control_urb', [6, 'hardirq', 0]);
add('INIT_WORK INIT_WORK_ONSTACK DECLARE_WORK INIT_RCU_WORK', [1, 'work', 0]);
add('INIT_DELAYED_WORK INIT_DELAYED_WORK_ONSTACK INIT_DEFERRABLE_WORK DECLARE_DELAYED_WORK', [1, 'work', 0]);
add('kthread_init_work kthread_init_delayed_work', [1, 'thread', 0]);
add('devm_delayed_work_autocancel devm_work_autocancel', [2, 'work', 1]);
add('kthread_run kthread_create kthread_create_on_node kthread_run_on_cpu kthread_create_on_cpu', [
  0,
  'thread',
]);
add('stop_machine', [0, 'hardirq']);
add('module_init late_initcall module_exit device_initcall subsys_initcall', [0, 'init']);

/** Registrations by function or macro name. */
export const registrations: ReadonlyMap<string, readonly Registration[]> = table;

/** Which works a work queue has: the argument with the queue and that with the work. */
export const queueing: ReadonlyMap<string, { readonly queue: number; readonly work: number }> = new Map([
  ['queue_work', { queue: 0, work: 1 }],
  ['queue_delayed_work', { queue: 0, work: 1 }],
  ['mod_delayed_work', { queue: 0, work: 1 }],
  ['queue_work_on', { queue: 1, work: 2 }],
  ['queue_delayed_work_on', { queue: 1, work: 2 }],
  ['queue_rcu_work', { queue: 0, work: 1 }],
  ['kthread_queue_work', { queue: 0, work: 1 }],
  ['kthread_queue_delayed_work', { queue: 0, work: 1 }],
]);

/** Functions that make a work queue. Source: include/linux/workqueue.h. */
export const MAKES_QUEUE = /^(?:devm_)?(?:alloc|create)_\w*workqueue$/;

/** Functions that make a work queue which runs one work at a time. Source: include/linux/workqueue.h. */
export const orderedQueues: ReadonlySet<string> = new Set([
  'alloc_ordered_workqueue',
  'create_singlethread_workqueue',
  'create_freezable_workqueue',
]);

/** Functions that make a file or folder in debugfs: arguments with the folder that it lies in and with its operations. */
export const debugfsEntries: ReadonlyMap<string, { readonly parent: number; readonly operations: number }> =
  new Map([
    ['debugfs_create_file', { parent: 2, operations: 4 }],
    ['debugfs_create_file_size', { parent: 2, operations: 4 }],
    ['debugfs_create_dir', { parent: 1, operations: -1 }],
  ]);

/**
 * Functions that are given a lock which others will take with interrupts off, or in interrupts: the argument.
 * Source: drivers/dma-buf/dma-fence.c, dma_fence_init(), "@lock: the irqsafe spinlock".
 */
export const irqSafeLocks: ReadonlyMap<string, number> = new Map([['dma_fence_init', 2]]);

const fields = new Map<string, Context>();
const field = (type: string, context: Context, names: string): void => {
  for (const name of names.split(' ')) fields.set(`struct ${type}.${name}`, context);
};

field('timer_list', 'softirq', 'function');
field('hrtimer', 'atomic', 'function');
field('tasklet_struct', 'softirq', 'func callback');
field('urb', 'hardirq', 'complete');
field('work_struct', 'work', 'func');
field('irq_work', 'irq work', 'func');
field('irqaction', 'hardirq', 'handler');
field('irqaction', 'threaded irq', 'thread_fn');
field('napi_struct', 'softirq', 'poll');
field(
  'irq_chip',
  'hardirq',
  'irq_startup irq_shutdown irq_enable irq_disable irq_ack irq_mask irq_mask_ack irq_unmask irq_eoi irq_set_type irq_set_affinity irq_retrigger',
);
field('clk_ops', 'atomic', 'enable disable is_enabled disable_unused');
field('net_device_ops', 'softirq', 'ndo_start_xmit ndo_tx_timeout ndo_features_check ndo_select_queue');
// Documentation/networking/netdevices.rst, ndo_set_rx_mode: "BHs disabled", which is not in a softirq.
field('net_device_ops', 'atomic', 'ndo_get_stats64 ndo_set_rx_mode');
// netpoll_send_skb() has interrupts off.
field('net_device_ops', 'hardirq', 'ndo_poll_controller');
field('ieee80211_ops', 'atomic', 'tx wake_tx_queue sta_notify');
field('uart_ops', 'hardirq', 'set_mctrl get_mctrl stop_tx start_tx stop_rx enable_ms');
field('dma_device', 'atomic', 'device_issue_pending');
field('drm_crtc_funcs', 'hardirq', 'enable_vblank disable_vblank get_vblank_counter');
field('wait_queue_entry', 'atomic', 'func');
// Documentation/sound/kernel-api/writing-an-alsa-driver.rst, "Atomicity": under the stream lock, unless nonatomic is set.
for (const type of ['snd_pcm_ops', 'snd_soc_dai_ops', 'snd_soc_component_driver'])
  field(type, 'irqs off', 'trigger pointer ack');
field('usb_request', 'hardirq', 'complete');
field('clock_event_device', 'hardirq', 'set_next_event event_handler');
field('cpuidle_state', 'atomic', 'enter');
field('hid_driver', 'hardirq', 'raw_event event report');

/** Fields that run in a process that may sleep, with interrupts on: by type, all of them or those that are named. */
const processFields: readonly (readonly [RegExp, RegExp])[] = [
  [
    /^struct \w*_driver$/,
    /^(?:probe|remove|remove_new|disconnect|shutdown|suspend|resume|reset_resume|bind|unbind)$/,
  ],
  [/^struct (?:file_operations|proc_ops|block_device_operations|v4l2_file_operations)$/, /./],
  [/^struct v4l2_ioctl_ops$/, /./],
  [/^struct (?:dev_pm_ops)$/, /^(?:suspend|resume|freeze|thaw|poweroff|restore|prepare|complete)$/],
  [
    /^struct (?:device_attribute|driver_attribute|kobj_attribute|bus_attribute|class_attribute)$/,
    /^(?:show|store)$/,
  ],
  [/^struct (?:bin_attribute)$/, /^(?:read|write|mmap)$/],
  [/^struct (?:ethtool_ops|rtnl_link_ops|genl_ops|genl_small_ops|genl_split_ops)$/, /^(?!.*rcu)/],
  [
    /^struct net_device_ops$/,
    /^ndo_(?:init|uninit|open|stop|do_ioctl|eth_ioctl|change_mtu|set_mac_address|bpf)$/,
  ],
  [
    /^struct (?:inode_operations|super_operations)$/,
    /^(?:create|lookup|link|unlink|symlink|mkdir|rmdir|rename|setattr|put_super|sync_fs|statfs|remount_fs)$/,
  ],
  [/^struct kernel_param_ops$/, /^(?:set|get)$/],
  [/^struct hwmon_ops$/, /^(?:read|write)$/],
  [/^struct snd_kcontrol_new$/, /^(?:get|put|info)$/],
  [
    /^struct proto_ops$/,
    /^(?:release|bind|connect|accept|ioctl|listen|shutdown|setsockopt|getsockopt|sendmsg|recvmsg)$/,
  ],
];

const TASKS: ReadonlySet<string> = new Set(
  'timer_list hrtimer tasklet_struct urb work_struct irq_work irqaction napi_struct file_operations proc_ops device_attribute driver_attribute kobj_attribute'
    .split(' ')
    .map((type) => `struct ${type}`),
);

/** Whether what calls the functions in this type holds no lock: others are operations that a subsystem calls under its own. */
export const beginsTask = (type: string): boolean => TASKS.has(type);

/** Operations that run with interrupts off, and are not called by an interrupt for that. */
const OFF_BUT_NOT_IN: ReadonlySet<string> = new Set(
  'uart_ops irq_chip drm_crtc_funcs clk_ops clock_event_device dma_device'
    .split(' ')
    .map((type) => `struct ${type}`),
);

/**
 * Operations that run in softirqs, but that one caller calls with interrupts off: that caller. Source: Documentation/
 * networking/netdevices.rst, "ndo_start_xmit": "will be called with interrupts disabled by netconsole".
 */
export const callerWithIrqsOff: ReadonlyMap<string, string> = new Map([
  ['struct net_device_ops.ndo_start_xmit', 'netconsole'],
]);

/** Whether a function that is stored in `field` of `type`, and must not sleep, is called by interrupts. */
export const isCalledByInterrupts = (type: string, field: string): boolean =>
  !OFF_BUT_NOT_IN.has(type) && field !== 'ndo_poll_controller';

/** Context of a function that is stored in `field` of `type`; undefined where no table says it. */
export function contextOfField(type: string, field: string): Context | undefined {
  const known = fields.get(`${type}.${field}`);
  if (known !== undefined) return known;
  return processFields.some(([t, f]) => t.test(type) && f.test(field)) ? 'process' : undefined;
}

/** Whether a function makes a thread that its caller waits for by what it returns. */
export const isThread = (name: string): boolean => /^kthread_(?:run|create)/.test(name);

/**
 * Run with interrupts off before there is anything to schedule: might_sleep() says nothing until system_state is
 * SYSTEM_SCHEDULING (init/main.c, kernel/sched/core.c).
 */
export const BEFORE_SCHEDULING: ReadonlySet<string> = new Set(['start_kernel']);
