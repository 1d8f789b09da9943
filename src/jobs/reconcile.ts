/**
 * What must be said on a pull request against what was said: pure. A finding is known by its fingerprint, never
 * by its line, so that a rebase or a move says nothing twice.
 */
import type { OwnComment } from './forge.ts';

/** A finding that has a place in the diff, in the order in which it matters. */
export interface Remark<Comment> {
  readonly fingerprint: string;
  readonly comment: Comment;
}

/** A comment that was read back, with the finding that it is about. */
export interface Said {
  readonly fingerprint: string;
  readonly retired: boolean;
  readonly comment: OwnComment;
}

export interface Plan<Comment> {
  /** Never said: to be posted. */
  readonly post: readonly Remark<Comment>[];
  /** Never said, and over the limit of one push. */
  readonly left: readonly Remark<Comment>[];
  /** Said, and no longer true. */
  readonly retire: readonly Said[];
  /** Said, retired, and true again. */
  readonly restore: readonly { readonly said: Said; readonly remark: Remark<Comment> }[];
}

/**
 * @param desired what holds for this head and can stand inline; of one fingerprint the first counts
 * @param present fingerprints that hold for this head, inline or not: none of them is retired
 * @param actual what stands on GitHub
 * @param before fingerprints said earlier. One that is not on GitHub any more was deleted by a person: it stays so.
 */
export function reconcile<Comment>(
  desired: readonly Remark<Comment>[],
  present: ReadonlySet<string>,
  actual: readonly Said[],
  before: ReadonlySet<string>,
  limit: number,
): Plan<Comment> {
  const standing = new Map<string, Said>();
  for (const said of actual) if (!standing.has(said.fingerprint)) standing.set(said.fingerprint, said);
  const fresh: Remark<Comment>[] = [];
  const restore: { said: Said; remark: Remark<Comment> }[] = [];
  const seen = new Set<string>();
  for (const remark of desired) {
    if (seen.has(remark.fingerprint)) continue;
    seen.add(remark.fingerprint);
    const said = standing.get(remark.fingerprint);
    if (said?.retired) restore.push({ said, remark });
    else if (said === undefined && !before.has(remark.fingerprint)) fresh.push(remark);
  }
  return {
    post: fresh.slice(0, limit),
    left: fresh.slice(limit),
    retire: actual.filter((said) => !said.retired && !present.has(said.fingerprint)),
    restore,
  };
}
