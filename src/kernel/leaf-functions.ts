/**
 * Infrastructure whose own locks are leaves: they are taken and released inside, nothing of a caller's is
 * taken under them, and everybody calls them. Their bodies say nothing about a caller that lockdep would.
 */
export const leafFunctions: ReadonlySet<string> = new Set(
  // printing and warning
  (
    'printk _printk vprintk pr_emerg pr_alert pr_crit pr_err pr_warn pr_notice pr_info pr_cont pr_debug pr_devel ' +
    'dev_err dev_warn dev_info dev_dbg dev_notice dev_crit dev_err_ratelimited dev_warn_ratelimited ' +
    'dev_err_once dev_warn_once dev_info_once dev_dbg_ratelimited dev_err_probe dev_printk netdev_err netdev_warn ' +
    'netdev_info netdev_dbg netif_err netif_warn netif_info netif_dbg WARN WARN_ON WARN_ONCE WARN_ON_ONCE BUG BUG_ON ' +
    'dump_stack panic trace_printk snprintf scnprintf sprintf seq_printf seq_puts ' +
    // freeing memory, and scheduling of other code
    'kfree kvfree kfree_sensitive kmem_cache_free kfree_rcu kvfree_rcu call_rcu queue_work queue_delayed_work ' +
    'queue_work_on queue_delayed_work_on schedule_work schedule_delayed_work mod_delayed_work mod_timer add_timer ' +
    'del_timer timer_delete tasklet_schedule hrtimer_start napi_schedule irq_work_queue cancel_work ' +
    'cancel_delayed_work wake_up wake_up_all wake_up_interruptible wake_up_process complete complete_all ' +
    // clocks, random numbers, bit operations, strings
    'ktime_get ktime_get_ns jiffies_to_msecs msecs_to_jiffies get_random_bytes get_random_u32 memcpy memset memmove ' +
    'memcmp strcmp strlen strscpy udelay mdelay ndelay cpu_relax'
  ).split(' '),
);
