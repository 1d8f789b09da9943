/**
 * The history that commit messages of a change refer to: fetched into the mirror where they name a commit that it does not
 * have. A review does not wait for it for long; what is not at hand by then is not known, and the report says so.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { namedCommits } from '../checkers/trailers/named-commits.ts';
import type { Configuration } from '../config/configuration.ts';
import type { Commit } from '../git/change.ts';
import { fetchChanges, fetchHistory, hasHistory, missingCommits } from '../git/commit-history.ts';
import type { Remote } from '../git/mirror.ts';
import { openRepository } from '../git/repository.ts';
import { GitError } from '../git/run.ts';
import type { Services } from './services.ts';

/** Milliseconds that a review waits for a history which is fetched for the first time. */
const PATIENCE = 300_000;
/** Backports whose change is compared with that of the commit they name: each takes a few requests. */
const MOST_COMPARED = 30;
const NOT_KNOWN = 'whether commits that the messages name exist is not known';

const NOT_COMPARED =
  'What upstream changed in the commits that are named could not be fetched: it is not compared.';

export interface WantedHistory {
  readonly gitDir: string;
  /** Full SHA of the commit from which the history goes down. */
  readonly base: string;
  /** SHAs of the commits under review, in the mirror. */
  readonly commits: readonly string[];
  readonly configuration: Configuration;
}

/**
 * Resolves to what is left unknown, for the report: nothing where all is at hand, or no message names a commit.
 * @param signals `wait` ends the waiting alone: what is fetched serves the next review too
 */
export async function bringHistory(
  { log }: Pick<Services, 'log'>,
  remote: Remote,
  wanted: WantedHistory,
  signals: { readonly wait: AbortSignal; readonly fetch: AbortSignal },
  patience = PATIENCE,
): Promise<string[]> {
  const { gitDir, base, configuration } = wanted;
  if (!configuration.checkers.trailers.enabled) return [];
  const { names, bySubject, sources } = namedCommits(await commitsOf(gitDir, wanted.commits));
  if (names.length === 0 && !bySubject) return [];
  const isThere = await hasHistory(gitDir, base);
  // What upstream says of a commit later can be new at any time.
  if (isThere && sources.length === 0 && (await missingCommits(gitDir, names)).length === 0) return [];
  const { upstream } = configuration.trailers;
  const compared = upstream === undefined ? [] : sources.slice(0, MOST_COMPARED);
  const fetched = fetchHistory(gitDir, remote, upstream, signals.fetch)
    .then(() => fetchSources(gitDir, remote, compared, signals.fetch).then(() => 'done' as const))
    .catch((error: unknown) => {
      if (!(error instanceof GitError)) throw error;
      log.warn({ err: error, mirror: gitDir }, 'the history of a repository could not be fetched');
      return 'failed' as const;
    });
  const done = new AbortController();
  const outcome = await Promise.race([
    fetched,
    sleep(patience, 'late' as const, { signal: AbortSignal.any([done.signal, signals.wait]) }).catch(
      () => 'late' as const,
    ),
  ]);
  done.abort();
  fetched.catch((error: unknown) => log.warn({ err: error, mirror: gitDir }, 'a history was not fetched'));
  if (outcome === 'done') return [];
  if (outcome === 'failed' && !isThere && (await hasHistory(gitDir, base))) return [NOT_COMPARED];
  if (isThere) return ['The newest history of this repository could not be fetched: what was there counts.'];
  return outcome === 'late'
    ? [`The history of this repository is still being fetched: ${NOT_KNOWN} yet.`]
    : [`The history of this repository could not be fetched: ${NOT_KNOWN}.`];
}

/** What the commits change that messages say they were taken from. */
async function fetchSources(
  gitDir: string,
  remote: Remote,
  sources: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const absent = new Set(sources.length === 0 ? [] : await missingCommits(gitDir, sources));
  const there = sources.filter((sha) => !absent.has(sha));
  if (there.length > 0) await fetchChanges(gitDir, remote, there, signal);
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
