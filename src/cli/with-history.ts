/** The history of a repository for as long as a review asks it. */
import type { CommitLookup, UpstreamLookup } from '../git/commit-lookup.ts';
import type { Repository } from '../git/repository.ts';

/** What a review is told of the history: its options of the same names. */
export interface OpenedHistory {
  readonly history?: CommitLookup;
  readonly upstream?: UpstreamLookup;
  readonly limits: readonly string[];
}

/**
 * Runs `ask` with the history at `base` (where .mailmap is read: the change must not name its own people) and the
 * upstream branch that the configuration names, or with none where there is no repository.
 */
export async function withHistory<T>(
  repository: Repository | undefined,
  base: string | undefined,
  upstreamBranch: string | undefined,
  ask: (opened: OpenedHistory) => Promise<T>,
): Promise<T> {
  if (!repository || base === undefined) return ask({ limits: [] });
  const [{ openHistory }, { openUpstream }] = await Promise.all([
    import('../git/history.ts'),
    import('../git/upstream.ts'),
  ]);
  const history = await openHistory(repository, { at: base });
  try {
    const { upstream, limits, close } = await openUpstream(repository, upstreamBranch);
    try {
      return await ask({ history, ...(upstream ? { upstream } : {}), limits });
    } finally {
      await close();
    }
  } finally {
    await history.close();
  }
}
