/**
 * The history that commit messages of a change refer to: fetched into the mirror where they name a commit that it does not
 * have. A review does not wait for it for long; what is not at hand by then is not known, and the report says so.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { namedCommits } from '../checkers/trailers/named-commits.ts';
import type { Configuration } from '../config/configuration.ts';
import type { Commit } from '../git/change.ts';
import { fetchHistory, hasHistory, missingCommits } from '../git/commit-history.ts';
import type { Remote } from '../git/mirror.ts';
import { openRepository } from '../git/repository.ts';
import { GitError } from '../git/run.ts';
import type { Services } from './services.ts';

/** Milliseconds that a review waits for a history which is fetched for the first time. */
const PATIENCE = 300_000;
const NOT_KNOWN = 'whether commits that the messages name exist is not known';

export interface WantedHistory {
  readonly gitDir: string;
  /** Full SHA of the commit from which the history goes down. */
  readonly base: string;
  /** SHAs of the commits under review, in the mirror. */
  readonly commits: readonly string[];
  readonly configuration: Configuration;
}

/** Resolves to what is left unknown, for the report: nothing where all is at hand, or no message names a commit. */
export async function bringHistory(
  { log }: Pick<Services, 'log'>,
  remote: Remote,
  wanted: WantedHistory,
  signal: AbortSignal,
  patience = PATIENCE,
): Promise<string[]> {
  const { gitDir, base, configuration } = wanted;
  if (!configuration.checkers.trailers.enabled) return [];
  const { names, bySubject, areBackports } = namedCommits(await commitsOf(gitDir, wanted.commits));
  if (names.length === 0 && !bySubject) return [];
  const isThere = await hasHistory(gitDir, base);
  // What upstream says of a commit later can be new at any time.
  if (isThere && !areBackports && (await missingCommits(gitDir, names)).length === 0) return [];
  const fetched = fetchHistory(gitDir, remote, configuration.trailers.upstream, signal).then(
    () => 'done' as const,
    (error: unknown) => {
      if (!(error instanceof GitError)) throw error;
      log.warn({ err: error, mirror: gitDir }, 'the history of a repository could not be fetched');
      return 'failed' as const;
    },
  );
  const late = new AbortController();
  const outcome = await Promise.race([
    fetched,
    sleep(patience, 'late' as const, { signal: late.signal }).catch(() => 'late' as const),
  ]);
  late.abort();
  fetched.catch((error: unknown) => log.warn({ err: error, mirror: gitDir }, 'a history was not fetched'));
  if (outcome === 'done') return [];
  if (isThere) return ['The newest history of this repository could not be fetched: what was there counts.'];
  return outcome === 'late'
    ? [`The history of this repository is still being fetched: ${NOT_KNOWN} yet.`]
    : [`The history of this repository could not be fetched: ${NOT_KNOWN}.`];
}

async function commitsOf(gitDir: string, ids: readonly string[]): Promise<Commit[]> {
  const repository = await openRepository(gitDir);
  if (repository === undefined) throw new Error(`${gitDir} is no repository`);
  try {
    return await repository.listedCommits(ids);
  } finally {
    repository.close();
  }
}
