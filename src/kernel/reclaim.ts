/**
 * Memory reclaim as a lock: an allocation with __GFP_DIRECT_RECLAIM takes it for a moment (mm/page_alloc.c,
 * __fs_reclaim_acquire()), and what reclaim calls runs under it (callbacks.ts).
 */
export const FS_RECLAIM = 'fs_reclaim';

/** The journal's handle: fs/jbd2/transaction.c, start_this_handle(), which enters a memalloc_nofs scope. */
export const JOURNAL_HANDLE = 'struct journal_s.j_trans_commit_map';

/** Locks whose holder is in a memalloc scope of theirs: allocations do not enter reclaim. */
export const withoutReclaim: ReadonlySet<string> = new Set([JOURNAL_HANDLE]);
