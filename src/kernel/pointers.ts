/**
 * What the kernel's basic macros and functions say about pointers: tests, conversions, accessors that give
 * back what they are handed, and functions that do not return. Their bodies are made of compiler
 * builtins, or differ between configurations; everything else is learned from the tree.
 *
 * Sources: include/linux/{err,bug,compiler,rcupdate,srcu,container_of,list,rbtree,cleanup,panic,mmdebug}.h,
 * include/asm-generic/{bug,rwonce}.h.
 */
const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** True for an error pointer. */
export const ERROR_TESTS = words('IS_ERR IS_ERR_VALUE IS_ERR_PCPU');
/** True for NULL, and for what an allocation of no bytes gives (include/linux/slab.h). */
export const NULL_TESTS = words('ZERO_OR_NULL_PTR');
/** True for NULL and for an error pointer. */
export const ERROR_OR_NULL_TESTS = words('IS_ERR_OR_NULL');
/** 0 for a valid pointer or NULL, the error otherwise. */
export const ERROR_OR_ZERO = words('PTR_ERR_OR_ZERO');

/** Converts an error code to a pointer and back; the value stays what it is. */
export const ERROR_CONVERSIONS = words('ERR_PTR PTR_ERR ERR_CAST ERR_PTR_PCPU PTR_ERR_PCPU IOMEM_ERR_PTR');

/** The result is (of the first argument) the value, or points into the object that it points to. */
export const SAME_VALUE = words(
  `READ_ONCE smp_load_acquire rcu_dereference rcu_dereference_check rcu_dereference_protected
  rcu_dereference_raw rcu_dereference_bh rcu_dereference_bh_check rcu_dereference_sched
  rcu_dereference_rtnl rtnl_dereference rcu_access_pointer rcu_pointer_handoff srcu_dereference
  srcu_dereference_check rcu_dereference_all rcu_dereference_raw_check
  per_cpu_ptr this_cpu_ptr raw_cpu_ptr lockless_dereference unrcu_pointer data_race PTR_ALIGN
  container_of container_of_const container_of_safe list_entry list_entry_rcu hlist_entry
  hlist_entry_safe hlist_nulls_entry rb_entry rb_entry_safe llist_entry
  WARN WARN_ON WARN_ON_ONCE WARN_ONCE WARN_TAINT WARN_TAINT_ONCE WARN_RATELIMIT WARN_ON_SMP
  VM_WARN_ON VM_WARN_ON_ONCE DEBUG_LOCKS_WARN_ON no_free_ptr return_ptr
  array_index_nospec`,
);

/** The same of the second argument. */
export const SAME_AS_SECOND = words('drm_WARN_ON drm_WARN_ON_ONCE drm_WARN drm_WARN_ONCE');
/** Print, and give back the error that is their second argument (include/linux/dev_printk.h). */
export const ERROR_PROBES = words('dev_err_probe dev_err_ptr_probe dev_warn_probe');

/** Zero where the memory that is their second argument could be read (include/linux/uaccess.h). */
export const NOFAULT_READS = words('copy_from_kernel_nofault get_kernel_nofault probe_kernel_read');

/** Nothing where locks are not proved, and no access of the object elsewhere (include/linux/lockdep.h). */
export const LOCKDEP = /^lockdep_(?:assert|is_held|set_class|set_subclass|register|init_map|pin|unpin)/;

/** The program goes on only where the first argument is false. */
export const ASSERTS_FALSE = words('BUG_ON VM_BUG_ON SNIC_BUG_ON');
/** The program goes on only where the first argument is true. */
export const ASSERTS_TRUE = words('ASSERT assert JBD2_ASSERT J_ASSERT PP_ASSERT_WITH_CODE');

/** The program goes on only where the second argument is a valid pointer (include/kunit/test.h). */
export const ASSERTS_VALID = /^KUNIT_(?:ASSERT|EXPECT)_NOT_(?:ERR_OR_NULL|NULL)(?:_MSG)?$/;
/** Those of tests that take the test first. */
export const TEST_ASSERTS = /^KUNIT_ASSERT_TRUE(?:_MSG)?$/;

/** Store the second argument, or what is made of it, in the place that is the first. */
export const STORES = words(
  'WRITE_ONCE rcu_assign_pointer RCU_INIT_POINTER smp_store_release smp_store_mb rcu_replace_pointer',
);

/** Do not come back. */
export const NO_RETURN = words(
  `panic BUG do_exit make_task_dead kthread_exit kthread_complete_and_exit do_group_exit
  module_put_and_kthread_exit unreachable __builtin_unreachable __builtin_trap
  fortify_panic __fortify_panic usercopy_abort __stack_chk_fail rewind_stack_and_make_dead
  exit`,
);

/** Macros that return their argument, if any, from the function that uses them (include/acpi/acoutput.h). */
export const RETURN_MACROS = words(
  'return_ACPI_STATUS return_PTR return_STR return_VALUE return_UINT8 return_UINT32',
);
export const RETURN_VOID_MACROS = words('return_VOID');

/**
 * Names of macros that complain where their condition holds (or does not): as a statement, what they test is
 * taken for impossible, whichever configuration compiles them.
 */
export const COMPLAINS = /(?:^|_)E?(?:WARN|BUG)_ON(?:_|$)/i;
/** Those of drivers and file systems, which take their object before the condition: `GLOCK_BUG_ON(gl, condition)`. */
export const COMPLAINS_OF_SECOND = /(?:^|_)E?(?:WARN|BUG)_ON(?:_ONCE)?$/i;
export const ASSERTS = /(?:^|_)(?:ASSERT|assert)$/;

/** Names of macros whose value is whether they warned. */
export const WARNINGS = /(?:^|_)WARN(?:_ON)?(?:_ONCE)?$/;
/** Names of functions that give up an object: they know of NULL by more than a plain test. */
export const GIVES_UP = /free|put|destroy|release/;

/** Macros that open a block and run it once, under a guard. */
export const GUARD_BLOCKS = words('scoped_guard scoped_user_guard');
/** The same, or not at all. */
export const CONDITIONAL_BLOCKS = words('scoped_cond_guard');

/** Functions that print: nothing that an argument points to changes. By prefix. */
export const PRINTING =
  /^(?:v?printk|pr_[a-z]+|dev_(?:err|warn|info|dbg|notice|crit|alert|emerg|vdbg|printk|err_probe|[a-z]+_once|[a-z]+_ratelimited)|netdev_(?:err|warn|info|dbg|notice)|v?s?c?n?printf|_printk|trace_\w+)$/;

/** Arguments that the C library's functions dereference, as a mask. */
export const DEREFERENCED_ARGUMENTS: ReadonlyMap<string, number> = new Map([
  ['strlen', 1],
  ['strcmp', 3],
  ['strncmp', 3],
  ['strcasecmp', 3],
  ['strcpy', 3],
  ['strncpy', 3],
  ['strscpy', 3],
  ['strcat', 3],
  ['strchr', 1],
  ['strrchr', 1],
  ['strstr', 3],
  ['memcpy', 1],
  ['memset', 1],
  ['memmove', 1],
  ['mutex_lock', 1],
  ['mutex_unlock', 1],
  ['spin_lock', 1],
  ['spin_unlock', 1],
  ['spin_lock_irqsave', 1],
  ['spin_lock_irq', 1],
  ['spin_lock_bh', 1],
  ['raw_spin_lock', 1],
  ['raw_spin_lock_irqsave', 1],
  ['init_completion', 1],
  ['complete', 1],
  ['sprintf', 1],
  ['vsprintf', 1],
  ['copy_from_user', 1],
  ['copy_to_user', 2],
  ['be16_to_cpup', 1],
  ['be32_to_cpup', 1],
  ['le16_to_cpup', 1],
  ['le32_to_cpup', 1],
  ['readb', 1],
  ['readw', 1],
  ['readl', 1],
  ['readq', 1],
  ['readl_relaxed', 1],
  ['ioread8', 1],
  ['ioread16', 1],
  ['ioread32', 1],
  ['writeb', 2],
  ['writew', 2],
  ['writel', 2],
  ['writeq', 2],
  ['writel_relaxed', 2],
  ['iowrite8', 2],
  ['iowrite16', 2],
  ['iowrite32', 2],
  ['memcpy_fromio', 3],
  ['memcpy_toio', 3],
  ['memset_io', 1],
]);
