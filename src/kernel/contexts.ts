/**
 * Where code runs: which argument of which registration becomes a handler, and in which context the
 * kernel calls it. Handlers in operations tables are found through the tree; only what the call sites
 * cannot show is listed here.
 *
 * Sources: include/linux/{interrupt,timer,hrtimer,workqueue,kthread,irq_work,netdevice,rcupdate,smp,usb}.h,
 * Documentation/kernel-hacking/hacking.rst (contexts), Documentation/driver-api/usb/URB.rst.
 */
export type Context = 'hardirq' | 'softirq' | 'atomic' | 'threaded irq' | 'work' | 'thread' | 'process';

export interface Registration {
  /** Argument that is the handler. */
  readonly handler: number;
  readonly context: Context;
  /** Argument that names what a wait waits for (the work, the timer, the irq); -1: none. */
  readonly object: number;
}

const one = (handler: number, context: Context, object = -1): Registration => ({ handler, context, object });

/** Registrations by function or macro name. */
export const registrations: ReadonlyMap<string, readonly Registration[]> = new Map([
  ['request_irq', [one(1, 'hardirq', 0)]],
  ['request_threaded_irq', [one(1, 'hardirq', 0), one(2, 'threaded irq', 0)]],
  ['request_any_context_irq', [one(1, 'hardirq', 0)]],
  ['request_percpu_irq', [one(1, 'hardirq', 0)]],
  ['request_nmi', [one(1, 'hardirq', 0)]],
  ['devm_request_irq', [one(2, 'hardirq', 1)]],
  ['devm_request_threaded_irq', [one(2, 'hardirq', 1), one(3, 'threaded irq', 1)]],
  ['devm_request_any_context_irq', [one(2, 'hardirq', 1)]],
  ['pci_request_irq', [one(2, 'hardirq', 1), one(3, 'threaded irq', 1)]],
  ['irq_set_chained_handler', [one(1, 'hardirq', 0)]],
  ['irq_set_chained_handler_and_data', [one(1, 'hardirq', 0)]],
  ['timer_setup', [one(1, 'softirq', 0)]],
  ['timer_setup_on_stack', [one(1, 'softirq', 0)]],
  ['__timer_setup', [one(1, 'softirq', 0)]],
  ['DEFINE_TIMER', [one(1, 'softirq', 0)]],
  ['hrtimer_setup', [one(1, 'hardirq', 0)]],
  ['tasklet_init', [one(1, 'softirq', 0)]],
  ['tasklet_setup', [one(1, 'softirq', 0)]],
  ['DECLARE_TASKLET', [one(1, 'softirq', 0)]],
  ['open_softirq', [one(1, 'softirq')]],
  ['init_irq_work', [one(1, 'hardirq', 0)]],
  ['DEFINE_IRQ_WORK', [one(1, 'hardirq', 0)]],
  ['netif_napi_add', [one(2, 'softirq', 1)]],
  ['netif_napi_add_tx', [one(2, 'softirq', 1)]],
  ['netif_napi_add_weight', [one(2, 'softirq', 1)]],
  ['netif_napi_add_config', [one(2, 'softirq', 1)]],
  ['call_rcu', [one(1, 'softirq')]],
  ['call_rcu_hurry', [one(1, 'softirq')]],
  ['call_srcu', [one(2, 'softirq')]],
  ['smp_call_function', [one(0, 'hardirq')]],
  ['smp_call_function_single', [one(1, 'hardirq')]],
  ['smp_call_function_many', [one(1, 'hardirq')]],
  ['on_each_cpu', [one(0, 'hardirq')]],
  ['on_each_cpu_mask', [one(1, 'hardirq')]],
  ['usb_fill_int_urb', [one(5, 'softirq', 0)]],
  ['usb_fill_bulk_urb', [one(5, 'softirq', 0)]],
  ['usb_fill_control_urb', [one(6, 'softirq', 0)]],
  ['INIT_WORK', [one(1, 'work', 0)]],
  ['INIT_WORK_ONSTACK', [one(1, 'work', 0)]],
  ['DECLARE_WORK', [one(1, 'work', 0)]],
  ['INIT_DELAYED_WORK', [one(1, 'work', 0)]],
  ['INIT_DELAYED_WORK_ONSTACK', [one(1, 'work', 0)]],
  ['INIT_DEFERRABLE_WORK', [one(1, 'work', 0)]],
  ['DECLARE_DELAYED_WORK', [one(1, 'work', 0)]],
  ['INIT_RCU_WORK', [one(1, 'work', 0)]],
  ['kthread_init_work', [one(1, 'thread', 0)]],
  ['kthread_init_delayed_work', [one(1, 'thread', 0)]],
  ['kthread_run', [one(0, 'thread')]],
  ['kthread_create', [one(0, 'thread')]],
  ['kthread_create_on_node', [one(0, 'thread')]],
  ['kthread_run_on_cpu', [one(0, 'thread')]],
  ['module_init', [one(0, 'process')]],
  ['late_initcall', [one(0, 'process')]],
  ['module_exit', [one(0, 'process')]],
]);

/** Fields whose function the kernel calls in a context that no caller in C shows. Key: 'struct type.field'. */
export const fieldContexts: ReadonlyMap<string, Context> = new Map([
  ['struct hrtimer.function', 'hardirq'],
  ['struct timer_list.function', 'softirq'],
  ['struct tasklet_struct.func', 'softirq'],
  ['struct urb.complete', 'softirq'],
  ['struct work_struct.func', 'work'],
  ['struct irq_chip.irq_mask', 'hardirq'],
  ['struct irq_chip.irq_unmask', 'hardirq'],
  ['struct irq_chip.irq_ack', 'hardirq'],
  ['struct irq_chip.irq_eoi', 'hardirq'],
  ['struct net_device_ops.ndo_start_xmit', 'softirq'],
  ['struct wait_queue_entry.func', 'atomic'],
  ['struct notifier_block.notifier_call', 'process'],
]);
