/** The history of a repository for as long as a review asks it. */
import type { CommitLookup } from '../git/commit-lookup.ts';
import type { Repository } from '../git/repository.ts';

/**
 * Runs `ask` with the history at `base` (where .mailmap is read: the change must not name its own people), or with
 * none where there is no repository.
 */
export async function withHistory<T>(
  repository: Repository | undefined,
  base: string | undefined,
  ask: (history: CommitLookup | undefined) => Promise<T>,
): Promise<T> {
  if (!repository || base === undefined) return ask(undefined);
  const { openHistory } = await import('../git/history.ts');
  const history = await openHistory(repository, { at: base });
  try {
    return await ask(history);
  } finally {
    await history.close();
  }
}
