/** The tree that backports are taken from: a branch in the repository under review. */
import { type GitHistory, openHistory } from './history.ts';
import type { Repository } from './repository.ts';

export interface OpenedUpstream {
  readonly upstream?: GitHistory;
  /** Why nothing is compared with it, for the report. */
  readonly limits: readonly string[];
  close(): Promise<void>;
}

/**
 * Opens the branch that the configuration names; none where it names none. `close()` when done.
 * @param lender git directory of the repository that has the commits which are compared with it, where that is another
 */
export async function openUpstream(
  repository: Repository,
  revision: string | undefined,
  lender?: string,
): Promise<OpenedUpstream> {
  if (revision === undefined) return { limits: [], close: async () => undefined };
  const within = await repository.resolve(revision);
  if (within === undefined) {
    const limit = `The upstream branch ${revision} is not in this repository: backports are not compared with it.`;
    return { limits: [limit], close: async () => undefined };
  }
  const upstream = await openHistory(repository, { within, ...(lender === undefined ? {} : { lender }) });
  return { upstream, limits: [], close: () => upstream.close() };
}
