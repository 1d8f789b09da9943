/**
 * What must be said on a pull request against what was said: pure. A finding is known by its fingerprint, never
 * by its line, so that a rebase or a move says nothing twice.
 */
import type { OwnComment } from './forge.ts';
import type { Standing } from './standing.ts';

/** A finding that has a place in the diff, in the order in which it matters. */
export interface Remark<Comment> {
  readonly fingerprint: string;
  readonly comment: Comment;
}

/** A comment that was read back, with the finding that it is about. */
export interface Said {
  readonly fingerprint: string;
  readonly standing: Standing;
  readonly comment: OwnComment;
}

export interface Plan<Comment> {
  /** Never said: to be posted. */
  readonly post: readonly Remark<Comment>[];
  /** Never said, and over the limit of one push. */
  readonly left: readonly Remark<Comment>[];
  /** Said, and not as it stands now. */
  readonly change: readonly { readonly said: Said; readonly to: Standing }[];
}

/**
 * @param desired what holds for this head and can stand inline; of one fingerprint the first counts
 * @param standing of a fingerprint for this head, whether its finding can stand inline or not
 * @param actual what stands on GitHub
 * @param before fingerprints said earlier. One that is not on GitHub any more was deleted by a person: it stays so.
 */
export function reconcile<Comment>(
  desired: readonly Remark<Comment>[],
  standing: (fingerprint: string) => Standing,
  actual: readonly Said[],
  before: ReadonlySet<string>,
  limit: number,
): Plan<Comment> {
  const first = new Map<string, Said>();
  for (const said of actual) if (!first.has(said.fingerprint)) first.set(said.fingerprint, said);
  const fresh = new Map<string, Remark<Comment>>();
  for (const remark of desired) {
    const { fingerprint } = remark;
    const isSaid = first.has(fingerprint) || before.has(fingerprint) || fresh.has(fingerprint);
    if (!isSaid && standing(fingerprint) === 'live') fresh.set(fingerprint, remark);
  }
  const change = actual.flatMap((said) => {
    const to = standing(said.fingerprint);
    if (to === said.standing) return [];
    // Of two comments about one finding the first speaks for both.
    return to === 'live' && first.get(said.fingerprint) !== said ? [] : [{ said, to }];
  });
  const ordered = [...fresh.values()];
  return { post: ordered.slice(0, limit), left: ordered.slice(limit), change };
}
