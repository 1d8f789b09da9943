/** The history of a repository, and of its upstream branch, for as long as a review asks them. */
import { UserError } from '../errors.ts';
import type { CommitLookup, UpstreamLookup } from '../git/commit-lookup.ts';
import type { Repository } from '../git/repository.ts';
import type { OpenedUpstream } from '../git/upstream.ts';

/** What a review is told of the history: its options of the same names. */
export interface OpenedHistory {
  readonly history?: CommitLookup;
  readonly upstream?: UpstreamLookup;
  readonly limits: readonly string[];
}

/** Which branch backports are compared with: that of --upstream, or of the configuration. */
export interface UpstreamBranch {
  readonly asked?: string | undefined;
  readonly configured?: string | undefined;
}

/** Opens that branch; one that was asked for must be there. `close()` when done. */
export async function upstreamOf(
  repository: Repository | undefined,
  { asked, configured }: UpstreamBranch,
): Promise<OpenedUpstream> {
  if (repository === undefined) {
    if (asked !== undefined)
      throw new UserError('--upstream names a branch of a git repository; give --repo DIR too.');
    return { limits: [], close: async () => undefined };
  }
  if (asked !== undefined && (await repository.resolve(asked)) === undefined)
    throw new UserError(`There is no revision ${asked} in this repository; fetch it first.`);
  const { openUpstream } = await import('../git/upstream.ts');
  return openUpstream(repository, asked ?? configured);
}

/**
 * Runs `ask` with the history at `base` (where .mailmap is read: the change must not name its own people) and the
 * upstream branch, or with none where there is no repository.
 */
export async function withHistory<T>(
  repository: Repository | undefined,
  base: string | undefined,
  branch: UpstreamBranch,
  ask: (opened: OpenedHistory) => Promise<T>,
): Promise<T> {
  const { upstream, limits, close } = await upstreamOf(repository, branch);
  try {
    if (!repository || base === undefined) return await ask({ limits });
    const { openHistory } = await import('../git/history.ts');
    const history = await openHistory(repository, { at: base });
    try {
      return await ask({ history, ...(upstream ? { upstream } : {}), limits });
    } finally {
      await history.close();
    }
  } finally {
    await close();
  }
}
