/**
 * Operations that are called with something held for which others wait: fields of operations tables, and the lock that
 * it is. What the tree stores there takes its locks under that one.
 *
 * Sources: mm/page_alloc.c, __fs_reclaim_acquire() (which takes __mmu_notifier_invalidate_range_start_map);
 * include/linux/mmu_notifier.h; include/linux/shrinker.h; Documentation/filesystems/locking.rst, "vm_operations_struct"
 * and ->mmap().
 */
import type { LockMode } from './locks.ts';
import { FS_RECLAIM } from './reclaim.ts';

/** The memory map of a process: faults take it, and with them whatever copies from and to user space. */
export const MMAP_LOCK = 'struct mm_struct.mmap_lock';

export interface Callback {
  readonly type: string;
  readonly field: string;
  readonly lock: string;
  readonly mode: LockMode;
  /** Who calls it. */
  readonly caller: string;
}

const rows: readonly (readonly [
  lock: string,
  mode: LockMode,
  caller: string,
  type: string,
  fields: string,
])[] = [
  [FS_RECLAIM, 'write', 'reclaim', 'struct mmu_interval_notifier_ops', 'invalidate'],
  [FS_RECLAIM, 'write', 'reclaim', 'struct mmu_notifier_ops', 'invalidate_range_start'],
  [FS_RECLAIM, 'write', 'reclaim', 'struct shrinker', 'scan_objects count_objects'],
  [MMAP_LOCK, 'write', 'mmap()', 'struct file_operations', 'mmap'],
  [MMAP_LOCK, 'write', 'mmap() or munmap()', 'struct vm_operations_struct', 'open close'],
  [
    MMAP_LOCK,
    'read',
    'a page fault',
    'struct vm_operations_struct',
    'fault huge_fault page_mkwrite pfn_mkwrite',
  ],
];

/** All such operations. */
export const callbacks: readonly Callback[] = rows.flatMap(([lock, mode, caller, type, fields]) =>
  fields.split(' ').map((field) => ({ type, field, lock, mode, caller })),
);

/** The lock under which what is stored in `field` of `type` is called; undefined for none. */
export const callbackOf = (type: string, field: string): Callback | undefined =>
  callbacks.find((callback) => callback.type === type && callback.field === field);

/** Functions that copy from and to user space, which may fault: they wait for MMAP_LOCK, as a reader. */
export const mayFault: ReadonlySet<string> = new Set(
  'copy_from_user copy_to_user get_user put_user clear_user strncpy_from_user strnlen_user might_fault'.split(
    ' ',
  ),
);
