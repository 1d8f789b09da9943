/**
 * GFP flags: what an allocation with them may do. Source: include/linux/gfp_types.h,
 * Documentation/core-api/gfp_mask-from-fs-io.rst.
 */
export interface GfpFlags {
  /** __GFP_DIRECT_RECLAIM: it may sleep, and enter fs_reclaim. */
  readonly sleeps: boolean;
  /** __GFP_FS: reclaim may call into filesystems. */
  readonly fs: boolean;
  /** __GFP_IO: reclaim may start I/O. */
  readonly io: boolean;
}

const row = (sleeps: boolean, fs: boolean, io: boolean): GfpFlags => ({ sleeps, fs, io });

/** What each name adds to a mask. Modifiers that add none of the three are not here. */
export const gfpFlags: ReadonlyMap<string, GfpFlags> = new Map([
  ['GFP_KERNEL', row(true, true, true)],
  ['GFP_KERNEL_ACCOUNT', row(true, true, true)],
  ['GFP_USER', row(true, true, true)],
  ['GFP_HIGHUSER', row(true, true, true)],
  ['GFP_HIGHUSER_MOVABLE', row(true, true, true)],
  ['GFP_NOFS', row(true, false, true)],
  ['GFP_NOIO', row(true, false, false)],
  ['GFP_ATOMIC', row(false, false, false)],
  ['GFP_NOWAIT', row(false, false, false)],
  ['__GFP_DIRECT_RECLAIM', row(true, false, false)],
  ['__GFP_RECLAIM', row(true, false, false)],
  ['__GFP_FS', row(false, true, false)],
  ['__GFP_IO', row(false, false, true)],
]);
