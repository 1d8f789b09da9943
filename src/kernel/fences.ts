/**
 * The way to the signal of a dma_fence, as lockdep sees it: a lock that whoever must come to dma_fence_signal() holds,
 * and that everybody takes who waits for a fence. The tree's own annotations say under what that happens (reclaim, MMU
 * notifiers, reservation locks): none of it may be entered on the way.
 *
 * Sources: drivers/dma-buf/dma-fence.c, "fence cross-driver contract" and dma_fence_begin_signalling();
 * drivers/dma-buf/dma-resv.c, dma_resv_lockdep(); include/drm/gpu_scheduler.h, struct drm_sched_backend_ops.
 */

/** Class of the lock that the annotations in the tree take. */
export const FENCE_SIGNALLING = 'drivers/dma-buf/dma-fence.c:dma_fence_lockdep_map';

/** Operations without which no fence of their job is ever signalled: the scheduler calls them one job after the other. */
const operations: ReadonlySet<string> = new Set([
  'struct drm_sched_backend_ops.run_job',
  'struct drm_sched_backend_ops.prepare_job',
]);

/** Whether what is stored in `field` of `type` runs on the way to the signal of a fence. */
export const leadsToFence = (type: string, field: string): boolean => operations.has(`${type}.${field}`);
