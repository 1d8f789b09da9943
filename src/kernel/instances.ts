/** Locks of which a chain of calls meets one object only. */

/** Whether a lock lies in what a file system has once for each mount: two of them in one chain of calls are one. */
export const isOnePerMount = (lockClass: string): boolean =>
  /^struct (?:\w+_(?:sb|fs)_info|super_block|xfs_mount|bch_fs)\./.test(lockClass);
