/**
 * What memory reclaim calls: an allocation with __GFP_DIRECT_RECLAIM may run any of these, so whatever they
 * take may be waited for under fs_reclaim. Fields of operations tables; what is stored there is found in the tree.
 *
 * Sources: mm/page_alloc.c, __fs_reclaim_acquire() (which takes __mmu_notifier_invalidate_range_start_map);
 * include/linux/mmu_notifier.h; include/linux/shrinker.h.
 */
export const FS_RECLAIM = 'fs_reclaim';

export interface ReclaimCallback {
  readonly type: string;
  readonly field: string;
}

export const reclaimCallbacks: readonly ReclaimCallback[] = [
  { type: 'struct mmu_interval_notifier_ops', field: 'invalidate' },
  { type: 'struct mmu_notifier_ops', field: 'invalidate_range_start' },
  { type: 'struct shrinker', field: 'scan_objects' },
  { type: 'struct shrinker', field: 'count_objects' },
];
