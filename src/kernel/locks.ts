/**
 * The lock API of the kernel, as data. Only primitives are here: wrappers (`inode_lock`, `rtnl_lock`,
 * `device_lock`, `mmap_read_lock`, `dma_resv_lock`) are learned from their bodies in the tree.
 *
 * Sources: include/linux/{mutex,rtmutex,ww_mutex,spinlock,rwlock,rwsem,percpu-rwsem,semaphore,seqlock,
 * rcupdate,srcu,local_lock,bit_spinlock,lockdep,preempt,irqflags,bottom_half}.h and
 * Documentation/locking/lockdep-design.rst, locktypes.rst.
 */

import { FENCE_SIGNALLING } from './fences.ts';
import { FS_RECLAIM, JOURNAL_HANDLE } from './reclaim.ts';

/** What sort of lock: it decides the wait context and what a second acquisition means. */
export type LockKind =
  | 'mutex'
  | 'rt_mutex'
  | 'ww_mutex'
  | 'spinlock'
  | 'raw_spinlock'
  | 'rwlock'
  | 'rwsem'
  | 'percpu_rwsem'
  | 'semaphore'
  | 'seqlock'
  | 'seqcount'
  | 'local_lock'
  | 'bit_spinlock'
  | 'page_lock'
  | 'socket'
  | 'lock_map'
  | 'rcu'
  | 'srcu';

/** write: exclusive; read: shared, a second one may block behind a writer; recursive: shared and may nest. */
export type LockMode = 'write' | 'read' | 'recursive';

/** What an acquisition or release does to interrupts and softirqs besides the lock. */
type IrqEffect = 'none' | 'bh' | 'irq' | 'irqsave';

/** When an acquisition has succeeded, by its return value. */
export type Success = 'always' | 'nonzero' | 'zero';

export interface LockFunction {
  readonly operation: 'acquire' | 'release' | 'downgrade' | 'mention';
  readonly kind: LockKind;
  readonly mode: LockMode;
  /** Argument that is (a pointer to) the lock; -1: a lock of the whole system, named by `name`. */
  readonly lock: number;
  /** Member of what that argument points to which is the lock; '' where it is the lock itself. */
  readonly member: string;
  readonly success: Success;
  readonly irq: IrqEffect;
  /** Argument with the nesting subclass; -1: none. */
  readonly subclass: number;
  /** Argument with the lock that serialises this class (`_nest_lock`, ww contexts); -1: none. */
  readonly nestLock: number;
  /** Whether the caller may have to wait: false for trylocks, which add no dependency to what they take. */
  readonly blocks: boolean;
  /** Argument that says, where it is not 0, that the caller does not wait; -1: none. */
  readonly trylock: number;
  /** Name of the lock where `lock` is -1. */
  readonly name: string;
}

type Row = Partial<LockFunction> & { readonly kind: LockKind };

const table = new Map<string, LockFunction>();

const add = (names: string, row: Row): void => {
  for (const name of names.split(' ')) {
    const success = row.success ?? 'always';
    table.set(name, {
      operation: 'acquire',
      mode: 'write',
      lock: 0,
      member: '',
      success,
      irq: 'none',
      subclass: -1,
      nestLock: -1,
      trylock: -1,
      blocks: !name.includes('trylock'),
      name: '',
      ...row,
    });
  }
};

// mutex.h, rtmutex.h, ww_mutex.h
add('mutex_lock mutex_lock_io', { kind: 'mutex' });
add('mutex_lock_nested mutex_lock_io_nested', { kind: 'mutex', subclass: 1 });
add('mutex_lock_nest_lock', { kind: 'mutex', nestLock: 1 });
add('mutex_lock_interruptible mutex_lock_killable', { kind: 'mutex', success: 'zero' });
add('mutex_lock_interruptible_nested mutex_lock_killable_nested', {
  kind: 'mutex',
  success: 'zero',
  subclass: 1,
});
add('mutex_trylock', { kind: 'mutex', success: 'nonzero' });
add('atomic_dec_and_mutex_lock refcount_dec_and_mutex_lock', { kind: 'mutex', success: 'nonzero', lock: 1 });
add('mutex_unlock', { kind: 'mutex', operation: 'release' });
add('rt_mutex_lock rt_mutex_futex_lock', { kind: 'rt_mutex' });
add('rt_mutex_lock_nested', { kind: 'rt_mutex', subclass: 1 });
add('rt_mutex_lock_nest_lock', { kind: 'rt_mutex', nestLock: 1 });
add('rt_mutex_lock_interruptible rt_mutex_lock_killable', { kind: 'rt_mutex', success: 'zero' });
add('rt_mutex_trylock', { kind: 'rt_mutex', success: 'nonzero' });
add('rt_mutex_unlock', { kind: 'rt_mutex', operation: 'release' });
add('ww_mutex_lock ww_mutex_lock_interruptible', { kind: 'ww_mutex', success: 'zero', nestLock: 1 });
add('ww_mutex_lock_slow', { kind: 'ww_mutex', nestLock: 1 });
add('ww_mutex_lock_slow_interruptible', { kind: 'ww_mutex', success: 'zero', nestLock: 1 });
add('ww_mutex_trylock', { kind: 'ww_mutex', success: 'nonzero', nestLock: 1 });
add('ww_mutex_unlock', { kind: 'ww_mutex', operation: 'release' });

// spinlock.h: the same forms for spinlock_t and raw_spinlock_t
for (const [prefix, kind] of [
  ['', 'spinlock'],
  ['raw_', 'raw_spinlock'],
] as const) {
  add(`${prefix}spin_lock`, { kind });
  add(`${prefix}spin_lock_nested`, { kind, subclass: 1 });
  add(`${prefix}spin_lock_nest_lock`, { kind, nestLock: 1 });
  add(`${prefix}spin_lock_bh`, { kind, irq: 'bh' });
  add(`${prefix}spin_lock_bh_nested`, { kind, irq: 'bh', subclass: 1 });
  add(`${prefix}spin_lock_irq`, { kind, irq: 'irq' });
  add(`${prefix}spin_lock_irqsave`, { kind, irq: 'irqsave' });
  add(`${prefix}spin_lock_irqsave_nested`, { kind, irq: 'irqsave', subclass: 2 });
  add(`${prefix}spin_trylock`, { kind, success: 'nonzero' });
  add(`${prefix}spin_trylock_bh`, { kind, success: 'nonzero', irq: 'bh' });
  add(`${prefix}spin_trylock_irq`, { kind, success: 'nonzero', irq: 'irq' });
  add(`${prefix}spin_trylock_irqsave`, { kind, success: 'nonzero', irq: 'irqsave' });
  add(`${prefix}spin_unlock`, { kind, operation: 'release' });
  add(`${prefix}spin_unlock_bh`, { kind, operation: 'release', irq: 'bh' });
  add(`${prefix}spin_unlock_irq`, { kind, operation: 'release', irq: 'irq' });
  add(`${prefix}spin_unlock_irqrestore`, { kind, operation: 'release', irq: 'irqsave' });
}
add('atomic_dec_and_lock refcount_dec_and_lock', { kind: 'spinlock', success: 'nonzero', lock: 1 });
add('atomic_dec_and_lock_irqsave refcount_dec_and_lock_irqsave', {
  kind: 'spinlock',
  success: 'nonzero',
  lock: 1,
  irq: 'irqsave',
});
add('atomic_dec_and_raw_lock', { kind: 'raw_spinlock', success: 'nonzero', lock: 1 });
add('atomic_dec_and_raw_lock_irqsave', { kind: 'raw_spinlock', success: 'nonzero', lock: 1, irq: 'irqsave' });

// rwlock.h; a reader may nest inside a reader (lockdep: recursive read, qrwlock in interrupts)
for (const [side, mode] of [
  ['read', 'recursive'],
  ['write', 'write'],
] as const) {
  add(`${side}_lock`, { kind: 'rwlock', mode });
  add(`${side}_lock_bh`, { kind: 'rwlock', mode, irq: 'bh' });
  add(`${side}_lock_irq`, { kind: 'rwlock', mode, irq: 'irq' });
  add(`${side}_lock_irqsave`, { kind: 'rwlock', mode, irq: 'irqsave' });
  add(`${side}_trylock`, { kind: 'rwlock', mode, success: 'nonzero' });
  add(`${side}_trylock_irqsave`, { kind: 'rwlock', mode, success: 'nonzero', irq: 'irqsave' });
  add(`${side}_unlock`, { kind: 'rwlock', mode, operation: 'release' });
  add(`${side}_unlock_bh`, { kind: 'rwlock', mode, operation: 'release', irq: 'bh' });
  add(`${side}_unlock_irq`, { kind: 'rwlock', mode, operation: 'release', irq: 'irq' });
  add(`${side}_unlock_irqrestore`, { kind: 'rwlock', mode, operation: 'release', irq: 'irqsave' });
}
add('write_lock_nested', { kind: 'rwlock', subclass: 1 });

// rwsem.h, percpu-rwsem.h, semaphore.h
for (const [side, mode] of [
  ['read', 'read'],
  ['write', 'write'],
] as const) {
  add(`down_${side}`, { kind: 'rwsem', mode });
  add(`down_${side}_nested`, { kind: 'rwsem', mode, subclass: 1 });
  add(`down_${side}_killable down_${side}_interruptible`, { kind: 'rwsem', mode, success: 'zero' });
  add(`down_${side}_killable_nested`, { kind: 'rwsem', mode, success: 'zero', subclass: 1 });
  add(`down_${side}_trylock`, { kind: 'rwsem', mode, success: 'nonzero' });
  add(`up_${side}`, { kind: 'rwsem', mode, operation: 'release' });
  add(`percpu_down_${side}`, { kind: 'percpu_rwsem', mode });
  add(`percpu_down_${side}_trylock`, { kind: 'percpu_rwsem', mode, success: 'nonzero' });
  add(`percpu_up_${side}`, { kind: 'percpu_rwsem', mode, operation: 'release' });
}
add('down_read_non_owner', { kind: 'rwsem', mode: 'read' });
add('up_read_non_owner', { kind: 'rwsem', mode: 'read', operation: 'release' });
add('down_write_nest_lock', { kind: 'rwsem', nestLock: 1 });
add('downgrade_write', { kind: 'rwsem', mode: 'read', operation: 'downgrade' });
add('down', { kind: 'semaphore' });
add('down_interruptible down_killable down_timeout', { kind: 'semaphore', success: 'zero' });
add('down_trylock', { kind: 'semaphore', success: 'zero', blocks: false });
add('up', { kind: 'semaphore', operation: 'release' });

// seqlock.h
for (const [suffix, restore, irq] of [
  ['', '', 'none'],
  ['_bh', '_bh', 'bh'],
  ['_irq', '_irq', 'irq'],
  ['_irqsave', '_irqrestore', 'irqsave'],
] as const) {
  add(`write_seqlock${suffix}`, { kind: 'seqlock', irq });
  add(`write_sequnlock${restore}`, { kind: 'seqlock', irq, operation: 'release' });
  add(`read_seqlock_excl${suffix}`, { kind: 'seqlock', irq });
  add(`read_sequnlock_excl${restore}`, { kind: 'seqlock', irq, operation: 'release' });
}
add('write_seqcount_begin raw_write_seqcount_begin', { kind: 'seqcount', blocks: false });
add('write_seqcount_begin_nested', { kind: 'seqcount', subclass: 1, blocks: false });
add('write_seqcount_end raw_write_seqcount_end', { kind: 'seqcount', operation: 'release' });

// local_lock.h
for (const [suffix, restore, irq] of [
  ['', '', 'none'],
  ['_irq', '_irq', 'irq'],
  ['_irqsave', '_irqrestore', 'irqsave'],
] as const) {
  add(`local_lock${suffix}`, { kind: 'local_lock', irq });
  add(`local_unlock${restore}`, { kind: 'local_lock', irq, operation: 'release' });
}
add('local_lock_nested_bh', { kind: 'local_lock' });
add('local_unlock_nested_bh', { kind: 'local_lock', operation: 'release' });

// bit_spinlock.h, list_bl.h
add('bit_spin_lock', { kind: 'bit_spinlock', lock: 1 });
add('bit_spin_trylock', { kind: 'bit_spinlock', lock: 1, success: 'nonzero' });
add('bit_spin_unlock __bit_spin_unlock', { kind: 'bit_spinlock', lock: 1, operation: 'release' });

// pagemap.h, buffer_head.h: locks that lockdep does not know
add('lock_page folio_lock __folio_lock', { kind: 'page_lock' });
add('lock_page_killable folio_lock_killable', { kind: 'page_lock', success: 'zero' });
add('trylock_page folio_trylock', { kind: 'page_lock', success: 'nonzero' });
add('unlock_page folio_unlock', { kind: 'page_lock', operation: 'release' });
add('lock_buffer', { kind: 'page_lock' });
add('trylock_buffer', { kind: 'page_lock', success: 'nonzero' });
add('unlock_buffer', { kind: 'page_lock', operation: 'release' });

// net/sock.h: the socket lock is owned by a process; the spinlock inside it is learned from bodies
add('lock_sock', { kind: 'socket', member: 'sk_lock' });
add('lock_sock_nested', { kind: 'socket', member: 'sk_lock', subclass: 1 });
add('release_sock', { kind: 'socket', member: 'sk_lock', operation: 'release' });

// rcupdate.h, srcu.h
add('rcu_read_lock rcu_read_lock_sched rcu_read_lock_sched_notrace', {
  kind: 'rcu',
  mode: 'recursive',
  lock: -1,
  name: 'rcu_read_lock',
});
add('rcu_read_unlock rcu_read_unlock_sched rcu_read_unlock_sched_notrace', {
  kind: 'rcu',
  mode: 'recursive',
  lock: -1,
  name: 'rcu_read_lock',
  operation: 'release',
});
add('rcu_read_lock_bh', { kind: 'rcu', mode: 'recursive', lock: -1, name: 'rcu_read_lock', irq: 'bh' });
add('rcu_read_unlock_bh', {
  kind: 'rcu',
  mode: 'recursive',
  lock: -1,
  name: 'rcu_read_lock',
  irq: 'bh',
  operation: 'release',
});
add('srcu_read_lock srcu_read_lock_notrace srcu_read_lock_nmisafe srcu_down_read', {
  kind: 'srcu',
  mode: 'recursive',
});
add('srcu_read_unlock srcu_read_unlock_notrace srcu_read_unlock_nmisafe srcu_up_read', {
  kind: 'srcu',
  mode: 'recursive',
  operation: 'release',
});

// lockdep.h: annotations that are locks of their own
add('lock_map_acquire lock_map_acquire_try', { kind: 'lock_map' });
add('lock_map_acquire_read', { kind: 'lock_map', mode: 'recursive' });
add('mutex_acquire spin_acquire rwlock_acquire rwsem_acquire seqcount_acquire', {
  kind: 'lock_map',
  subclass: 1,
  trylock: 2,
});
add('mutex_acquire_nest spin_acquire_nest rwsem_acquire_nest', {
  kind: 'lock_map',
  subclass: 1,
  nestLock: 3,
  trylock: 2,
});
add('rwsem_acquire_read seqcount_acquire_read', {
  kind: 'lock_map',
  mode: 'read',
  subclass: 1,
  trylock: 2,
});
add('rwlock_acquire_read', { kind: 'lock_map', mode: 'recursive', subclass: 1, trylock: 2 });
add('lock_map_release mutex_release spin_release rwlock_release rwsem_release seqcount_release', {
  kind: 'lock_map',
  operation: 'release',
});
add('might_lock might_lock_nested', { kind: 'lock_map', operation: 'mention' });
add('might_lock_read', { kind: 'lock_map', mode: 'read', operation: 'mention' });

// sched/mm.h: reclaim is a lock that allocations take for a moment, and that annotations hold
add('fs_reclaim_acquire', { kind: 'lock_map', lock: -1, name: FS_RECLAIM });
add('fs_reclaim_release', { kind: 'lock_map', lock: -1, name: FS_RECLAIM, operation: 'release' });

// dma-fence.h: the way to a signal is a lock that who waits for a fence takes for a moment
add('dma_fence_begin_signalling', { kind: 'lock_map', mode: 'read', lock: -1, name: FENCE_SIGNALLING });
add('dma_fence_end_signalling', {
  kind: 'lock_map',
  mode: 'read',
  lock: -1,
  name: FENCE_SIGNALLING,
  operation: 'release',
});

/** Primitives of the lock API by name. */
export const lockFunctions: ReadonlyMap<string, LockFunction> = table;

/** A section without a lock: what it stops (`fs reclaim`: allocations in it do not enter that), and whether `name` begins (+1) or ends (-1) it. */
export interface AtomicSection {
  readonly stops: 'preemption' | 'softirq' | 'hardirq' | 'fs reclaim';
  readonly step: 1 | -1;
}

const section = (stops: AtomicSection['stops'], step: 1 | -1): AtomicSection => ({ stops, step });

/** preempt.h, irqflags.h, bottom_half.h, smp.h, percpu-defs.h, highmem-internal.h, sched/mm.h (memalloc scopes). */
export const atomicSections: ReadonlyMap<string, AtomicSection> = new Map([
  ['preempt_disable', section('preemption', 1)],
  ['preempt_disable_notrace', section('preemption', 1)],
  ['preempt_enable', section('preemption', -1)],
  ['preempt_enable_notrace', section('preemption', -1)],
  ['preempt_enable_no_resched', section('preemption', -1)],
  ['sched_preempt_enable_no_resched', section('preemption', -1)],
  ['get_cpu', section('preemption', 1)],
  ['put_cpu', section('preemption', -1)],
  ['get_cpu_var', section('preemption', 1)],
  ['put_cpu_var', section('preemption', -1)],
  ['get_cpu_ptr', section('preemption', 1)],
  ['put_cpu_ptr', section('preemption', -1)],
  // asm/fpu/api.h of x86, asm/neon.h of arm and arm64: the registers are the CPU's until the end
  ['kernel_fpu_begin', section('preemption', 1)],
  ['kernel_fpu_begin_mask', section('preemption', 1)],
  ['kernel_fpu_end', section('preemption', -1)],
  ['kernel_neon_begin', section('preemption', 1)],
  ['kernel_neon_end', section('preemption', -1)],
  ['kmap_atomic', section('preemption', 1)],
  ['kunmap_atomic', section('preemption', -1)],
  ['local_bh_disable', section('softirq', 1)],
  ['local_bh_enable', section('softirq', -1)],
  ['_local_bh_enable', section('softirq', -1)],
  ['local_irq_disable', section('hardirq', 1)],
  ['local_irq_enable', section('hardirq', -1)],
  ['raw_local_irq_disable', section('hardirq', 1)],
  ['raw_local_irq_enable', section('hardirq', -1)],
  ['local_irq_save', section('hardirq', 1)],
  ['local_irq_restore', section('hardirq', -1)],
  ['raw_local_irq_save', section('hardirq', 1)],
  ['raw_local_irq_restore', section('hardirq', -1)],
  ['memalloc_nofs_save', section('fs reclaim', 1)],
  ['memalloc_nofs_restore', section('fs reclaim', -1)],
  ['memalloc_noio_save', section('fs reclaim', 1)],
  ['memalloc_noio_restore', section('fs reclaim', -1)],
  ['memalloc_noreclaim_save', section('fs reclaim', 1)],
  ['memalloc_noreclaim_restore', section('fs reclaim', -1)],
]);

/** lockdep.h assertions: which argument must be held, and how. */
export const lockAssertions: ReadonlyMap<
  string,
  { readonly lock: number; readonly mode: LockMode | 'any'; readonly held: boolean }
> = new Map([
  ['lockdep_assert_held', { lock: 0, mode: 'any', held: true }],
  ['lockdep_assert_held_once', { lock: 0, mode: 'any', held: true }],
  ['lockdep_assert_held_write', { lock: 0, mode: 'write', held: true }],
  ['lockdep_assert_held_read', { lock: 0, mode: 'read', held: true }],
  ['lockdep_assert_not_held', { lock: 0, mode: 'any', held: false }],
  ['assert_spin_locked', { lock: 0, mode: 'any', held: true }],
  ['assert_raw_spin_locked', { lock: 0, mode: 'any', held: true }],
  ['rwsem_assert_held', { lock: 0, mode: 'any', held: true }],
  ['rwsem_assert_held_write', { lock: 0, mode: 'write', held: true }],
] as const);

/**
 * Classes of which the kernel tells instances apart by what they belong to (file system type, nesting level,
 * parent and child), with annotations that a reader of one function does not see. An order between two of
 * their instances says little. A transaction that begins within another, which callers may have open, waits for nothing.
 */
export const nestedClasses: ReadonlySet<string> = new Set([
  'struct inode.i_rwsem',
  'struct dentry.d_lock',
  'struct device.mutex',
  'struct sock.sk_lock',
  'struct address_space.invalidate_lock',
  'struct super_block.s_umount',
  JOURNAL_HANDLE,
  'struct rq.__lock',
]);

/**
 * Functions that give a lock (argument 0) a lockdep class of its own: objects of one type have several classes
 * then, which a reader of one function can't tell apart (include/linux/lockdep.h).
 */
export const classSetters: ReadonlySet<string> = new Set([
  'lockdep_set_class',
  'lockdep_set_class_and_name',
  'lockdep_set_class_and_subclass',
  'lockdep_set_subclass',
  'lockdep_set_novalidate_class',
  'lockdep_set_lock_cmp_fn',
]);
