/** One review, start to end: fetch, analyse, say what is new, end the check runs. */
import type { Finding } from '../checkers/checker.ts';
import { mirrorDir } from '../git/mirror.ts';
import { dismissalsIn, dismissalsOn } from '../store/dismissals.ts';
import { findRepository, keepDiskUse, keepReport } from '../store/findings.ts';
import { PutBack, type Work } from '../store/queue.ts';
import { newestHead } from '../store/remarks.ts';
import { endReview, findReview, type StoredReview } from '../store/reviews.ts';
import type { Analysis } from './analysis.ts';
import { type Attempt, inProgress } from './attempt.ts';
import { updateCheckRuns } from './checks.ts';
import { ChildStopped } from './child.ts';
import { uploadSarif } from './code-scanning.ts';
import { conclude } from './conclude.ts';
import { diskUse } from './disk-use.ts';
import { timed } from './durations.ts';
import type { Forge, PullRequestState } from './forge.ts';
import type { ReviewJob } from './job.ts';
import { saySo } from './publish.ts';
import { readPullState } from './pull-state.ts';
import { NotWanted, readChange } from './read-change.ts';
import { MAX_INTERRUPTIONS, recover } from './recover.ts';
import { supersede } from './request-review.ts';
import type { Services } from './services.ts';

const HEAD_POLL = 1000;

/** Carries out the review of this id; nothing where it has ended already. */
export async function reviewPullRequest(services: Services, work: Work<ReviewJob>): Promise<void> {
  const review = await findReview(services.database, work.id);
  if (review?.state !== 'queued') return;
  const { pull } = work.data;
  const isNewest = (await newestHead(services.database, pull)) === review.head;
  if (isNewest && services.indexer.isAwaited(mirrorDir(services.dataDir, pull.repository.id)))
    throw new PutBack('its tree is being indexed');
  if (isNewest && (await services.placement.isBetterElsewhere(pull.repository.id, work.waited)))
    throw new PutBack('another worker has its mirror');
  const attempt: Attempt = { services, work, review, configuration: undefined };
  services.placement.count(1);
  try {
    if (work.attempt - review.failures > MAX_INTERRUPTIONS)
      throw new ChildStopped(`Adjutant ended ${MAX_INTERRUPTIONS} times while it was under review`);
    await carryOut(attempt);
  } catch (error) {
    if (work.signal.aborted || error instanceof PutBack) throw error;
    await recover(attempt, error);
  } finally {
    services.placement.count(-1);
  }
}

/** A newer head than the one under review is known. */
class Superseded extends Error {
  override readonly name = 'Superseded';
}

async function carryOut(attempt: Attempt): Promise<void> {
  const { services, work, review } = attempt;
  const { pull } = work.data;
  const forge = await services.openForge(pull.repository);
  const state = work.data.group === undefined ? await pullState(attempt, forge) : undefined;
  const old = state && outdated(review, state);
  if (old !== undefined) return supersede(services, pull, review, old);
  await updateCheckRuns(forge, review, inProgress('Reviewing', 'The review has started.'));

  const watch = watchHead(attempt);
  try {
    const { baseTip, ...analysis } = await readChange(attempt, forge, state, watch.signal);
    watch.signal.throwIfAborted();
    if (state === undefined)
      await conclude(attempt, forge, analysis, await dismissalsIn(services.database, pull.repository.id));
    else
      await timed(services.noteDuration, 'step', 'publish', () => publish(attempt, forge, analysis, baseTip));
  } catch (error) {
    if (error instanceof NotWanted) return supersede(services, pull, review, error.message, 'Not reviewed');
    if (!(error instanceof Superseded)) throw error;
    return supersede(services, pull, review, 'A newer push came while this one was under review.');
  } finally {
    watch.stop();
  }
  await endReview(services.database, review.id, 'completed');
  await noteDiskUse(attempt);
}

function pullState({ services, work, review }: Attempt, forge: Forge): Promise<PullRequestState> {
  const { pull } = work.data;
  return readPullState(
    () => forge.pullRequest(pull.number),
    () => newestHead(services.database, pull),
    review,
  );
}

/** Brings comments and check runs of the pull request to what the analysis found. Rejects with Superseded after a newer push. */
async function publish(attempt: Attempt, forge: Forge, analysis: Analysis, baseTip: string): Promise<void> {
  const { services, work, review } = attempt;
  const { pull } = work.data;
  const current = await pullState(attempt, forge);
  if (current.head !== review.head) throw new Superseded('a newer push');
  await keepReport(services.database, pull.repository, review, analysis, baseTip);
  const dismissals = await dismissalsOn(services.database, pull);
  const { findings } = analysis.report;
  const pageOf = (finding: Finding) => services.links?.finding(pull, review.id, findings.indexOf(finding));
  await saySo(services, forge, pull, review.head, analysis, dismissals, pageOf);
  await conclude(attempt, forge, analysis, dismissals);
  if (!analysis.configuration['upload-sarif']) return;
  const shown = findings.filter(
    ({ confidence, fingerprint }) => confidence !== 'low' && !dismissals.has(fingerprint),
  );
  await uploadSarif(attempt, forge, { ...analysis.report, findings: shown });
}

/** A figure for the administrator: that it can't be had ends no review otherwise. */
async function noteDiskUse({ services, work, review }: Attempt): Promise<void> {
  const { dataDir, database, limits } = services;
  const { id } = work.data.pull.repository;
  try {
    const kept = await findRepository(database, id);
    if (kept === undefined) return;
    await keepDiskUse(database, id, await diskUse(mirrorDir(dataDir, id), kept.base, limits.cacheDir));
  } catch (error) {
    services.log.warn({ err: error, review: review.id }, 'the disk use of a repository is not known');
  }
}

/** Why there is nothing to review any more; undefined where there is. */
function outdated(review: StoredReview, state: PullRequestState): string | undefined {
  if (!state.open) return 'The pull request was closed before it was reviewed.';
  if (state.head !== review.head) return `A newer push, ${state.head.slice(0, 12)}, is reviewed instead.`;
  if (state.baseRef !== review.baseRef) return `The pull request is for ${state.baseRef} now.`;
  return undefined;
}

/** Aborts as soon as a newer head is heard of, or the process is to stop. */
function watchHead({ services, work, review }: Attempt) {
  const controller = new AbortController();
  const timer = setInterval(async () => {
    const head = await newestHead(services.database, work.data.pull).catch(() => undefined);
    if (head !== undefined && head !== review.head) controller.abort(new Superseded('a newer push'));
  }, HEAD_POLL);
  return {
    signal: AbortSignal.any([controller.signal, work.signal]),
    stop: () => clearInterval(timer),
  };
}
