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
/** What a function is called by that looks for an error. */
export const ASKS_FOR_ERROR = words('IS_ERR IS_ERR_OR_NULL PTR_ERR_OR_ZERO');

/** Converts an error code to a pointer and back; the value stays what it is. */
export const ERROR_CONVERSIONS = words('ERR_PTR PTR_ERR ERR_CAST ERR_PTR_PCPU PTR_ERR_PCPU IOMEM_ERR_PTR');
/** Of these, those that make an error pointer of a code. */
export const ERROR_MAKERS = words('ERR_PTR IOMEM_ERR_PTR');

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

/** The object that a member lies in: pointer, type, member (include/linux/container_of.h). */
export const CONTAINERS = words('container_of container_of_const');

/** The same of the second argument. */
export const SAME_AS_SECOND = words('drm_WARN_ON drm_WARN_ON_ONCE drm_WARN drm_WARN_ONCE');
/** Print, and are true, where their second argument is (drivers/gpu/drm/xe/xe_macros.h). */
export const TRUE_AS_SECOND = words('XE_IOCTL_DBG');
/** Print, and give back the error that is their second argument (include/linux/dev_printk.h). */
export const ERROR_PROBES = words('dev_err_probe dev_err_ptr_probe dev_warn_probe');

/** Zero where the memory that is their second argument could be read (include/linux/uaccess.h). */
export const NOFAULT_READS = words('copy_from_kernel_nofault get_kernel_nofault probe_kernel_read');

/** Nothing where locks are not proved, and no access of the object elsewhere (include/linux/lockdep.h). */
export const LOCKDEP = /^lockdep_(?:assert|is_held|set_class|set_subclass|register|init_map|pin|unpin)/;

/** The program goes on only where the first argument is false. */
export const ASSERTS_FALSE = words('BUG_ON VM_BUG_ON SNIC_BUG_ON RFALSE');
/** The program goes on only where the first argument is true. */
export const ASSERTS_TRUE = words('ASSERT assert JBD2_ASSERT J_ASSERT PP_ASSERT_WITH_CODE RASSERT');

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
/** Of their names, but the condition comes first (include/linux/kvm_host.h, arch/x86/kvm/kvm_emulate.h, kernel/locking/rwsem.c). */
export const COMPLAINS_OF_FIRST = words('KVM_BUG_ON KVM_EMULATOR_BUG_ON DEBUG_RWSEMS_WARN_ON');
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

/** Functions whose bodies are made of instructions, or differ between architectures, by the arguments that they access. */
const ACCESSES: readonly (readonly [number, ReadonlySet<string>])[] = [
  // A hint: of an address where nothing is, it does nothing.
  [0, words('prefetch prefetchw net_prefetch net_prefetchw')],
  [
    1,
    words(
      `strlen strnlen strchr strrchr memcpy memset memmove memchr sprintf vsprintf copy_from_user
      mutex_lock mutex_unlock spin_lock spin_unlock spin_lock_irqsave spin_lock_irq spin_lock_bh
      spin_unlock_irqrestore spin_unlock_irq spin_unlock_bh raw_spin_lock raw_spin_lock_irqsave
      raw_spin_unlock raw_spin_unlock_irqrestore down_read up_read down_write up_write init_completion
      complete wake_up wake_up_all wake_up_interruptible atomic_inc atomic_dec atomic_inc_return
      atomic_dec_return atomic_dec_and_test atomic_inc_not_zero atomic64_inc atomic64_dec atomic64_read
      atomic_long_inc atomic_long_read refcount_inc refcount_read refcount_dec_and_test
      refcount_inc_not_zero kref_get kref_get_unless_zero be16_to_cpup be32_to_cpup le16_to_cpup
      le32_to_cpup readb readw readl readq readl_relaxed ioread8 ioread16 ioread32 memset_io`,
    ),
  ],
  [
    2,
    words(
      `copy_to_user set_bit clear_bit change_bit test_bit test_and_set_bit test_and_clear_bit __set_bit
      __clear_bit atomic_add atomic_sub atomic_add_return atomic64_add writeb writew writel writeq
      writel_relaxed iowrite8 iowrite16 iowrite32`,
    ),
  ],
  [
    3,
    words(
      `strcmp strncmp strcasecmp strncasecmp strcpy strncpy strscpy strcat strstr memcmp memcpy_fromio
      memcpy_toio`,
    ),
  ],
];

/** Access as many bytes as their third argument says. */
export const SIZED_ACCESSES = words(
  'memcpy memset memmove memcmp memchr copy_to_user copy_from_user memcpy_fromio memcpy_toio strncmp strncpy',
);

/** Arguments that the C library's functions, and others without a readable body, dereference, as a mask. */
export const DEREFERENCED_ARGUMENTS: ReadonlyMap<string, number> = new Map(
  ACCESSES.flatMap(([mask, names]) => [...names].map((name): [string, number] => [name, mask])),
);

/** Of the functions that dereference an argument, those that only read what it points to. */
export const READS = words(
  `prefetch net_prefetch strlen strnlen strchr strrchr memchr strcmp strncmp strcasecmp strncasecmp strstr memcmp
  copy_to_user test_bit atomic64_read atomic_long_read refcount_read be16_to_cpup be32_to_cpup le16_to_cpup
  le32_to_cpup readb readw readl readq readl_relaxed ioread8 ioread16 ioread32`,
);
