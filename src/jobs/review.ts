/** One review, start to end: fetch, analyse, say what is new, end the check runs. */
import type { Finding } from '../checkers/checker.ts';
import type { Configuration } from '../config/configuration.ts';
import { CONFIGURATION_PATH } from '../config/configuration-path.ts';
import { UserError } from '../errors.ts';
import { fetchPullRequest, holdMirror, mirrorDir } from '../git/mirror.ts';
import { makeRoom } from '../git/mirror-bounds.ts';
import { GitError } from '../git/run.ts';
import { withConfigurationCheck } from '../report/configuration-check.ts';
import { type CheckRunOutput, checkRunOutput } from '../report/github.ts';
import { codeScanningReport } from '../report/sarif.ts';
import type { Report } from '../review/report.ts';
import { type Dismissal, dismissalsIn, dismissalsOn } from '../store/dismissals.ts';
import { findRepository, keepDiskUse, keepReport } from '../store/findings.ts';
import { PutBack, type Work } from '../store/queue.ts';
import { newestHead } from '../store/remarks.ts';
import { countFailure, endReview, findReview, type StoredReview } from '../store/reviews.ts';
import { type Analysis, analyse } from './analysis.ts';
import { baseConfiguration, whyNotWanted } from './base-configuration.ts';
import { buttonsOf } from './buttons.ts';
import { checkers, completeCheckRun, createCheckRuns, furtherCheckers, updateCheckRuns } from './checks.ts';
import { ChildStopped } from './child.ts';
import { giveUp } from './dead-letter.ts';
import { diskUse } from './disk-use.ts';
import { timed } from './durations.ts';
import { type CheckRunState, type Forge, Gone, type PullRequestState } from './forge.ts';
import { bringHistory } from './history.ts';
import type { PullRequest, ReviewJob } from './job.ts';
import type { Links } from './links.ts';
import { saySo } from './publish.ts';
import { supersede } from './request-review.ts';
import type { Services } from './services.ts';

/** Failures after which a review is given up: its check runs then say why. */
const MAX_FAILURES = 8;
/** The same where others failed, GitHub or the network: with the pauses between, half an hour. */
const MAX_WEATHER = 20;
/** Times that a review may be cut off with its process: after that it is taken for what ends the process. */
const MAX_INTERRUPTIONS = 30;
const HEAD_POLL = 1000;
const PROGRESS_AFTER = 5000;

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

interface Attempt {
  readonly services: Services;
  readonly work: Work<ReviewJob>;
  readonly review: StoredReview;
  configuration: Configuration | undefined;
}

/** The configuration wants no review of it. */
class NotWanted extends Error {
  override readonly name = 'NotWanted';
}

/** A newer head than the one under review is known. */
class Superseded extends Error {
  override readonly name = 'Superseded';
}

async function carryOut(attempt: Attempt): Promise<void> {
  const { services, work, review } = attempt;
  const { pull } = work.data;
  const forge = await services.openForge(pull.repository);
  const state = work.data.group === undefined ? await forge.pullRequest(pull.number) : undefined;
  const old = state && outdated(review, state);
  if (old !== undefined) return supersede(services, pull, review, old);
  await updateCheckRuns(forge, review, inProgress('Reviewing', 'The review has started.'));

  const watch = watchHead(attempt);
  try {
    const { baseTip, ...analysis } = await analysed(attempt, forge, state, watch.signal);
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

/** Brings comments and check runs of the pull request to what the analysis found. Rejects with Superseded after a newer push. */
async function publish(attempt: Attempt, forge: Forge, analysis: Analysis, baseTip: string): Promise<void> {
  const { services, work, review } = attempt;
  const { pull } = work.data;
  const current = await forge.pullRequest(pull.number);
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

/** Code scanning is one more place to read what was said: that it does not take it ends no review otherwise. */
async function uploadSarif({ services, work, review }: Attempt, forge: Forge, report: Report): Promise<void> {
  const place = { review: review.id, pull: review.number };
  try {
    const { allRules } = await import('../checkers/all-rules.ts');
    const log = codeScanningReport(report, allRules);
    const taken = await forge.uploadSarif(work.data.pull.number, review.head, log);
    if (!taken)
      services.log.warn(place, 'code scanning is off, or "Code scanning alerts: write" was not granted');
  } catch (error) {
    services.log.warn({ ...place, err: error }, 'findings were not sent to code scanning');
  }
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

async function analysed(
  attempt: Attempt,
  forge: Forge,
  state: PullRequestState | undefined,
  signal: AbortSignal,
): Promise<Analysis & { readonly baseTip: string }> {
  const { services, work, review } = attempt;
  const { pull, group } = work.data;
  const { noteDuration } = services;
  const gitDir = mirrorDir(services.dataDir, pull.repository.id);
  const steps = tellSteps(services, forge, review);
  const release = holdMirror(gitDir);
  try {
    steps.at('Comparing with the base branch');
    const { mergeBase, base, ahead } = await forge.compare(group?.base ?? review.baseRef, review.head);
    steps.at('Fetching the trees');
    await makeRoom(services.dataDir, services.mirrorBounds);
    const remote = { url: state?.gitUrl ?? forge.gitUrl(), token: await forge.gitToken(work.attempt > 1) };
    const ref = group === undefined ? {} : { ref: group.ref };
    const wanted = { pull: pull.number, ...ref, base: mergeBase, baseTip: base };
    const found = await timed(noteDuration, 'step', 'fetch', () =>
      fetchPullRequest(gitDir, remote, { ...wanted, head: review.head, ahead }, signal),
    );
    const commits = found ?? (group === undefined ? await forge.commits(pull.number) : []);
    const { configuration, limits: unread } = await baseConfiguration(gitDir, base, () =>
      forge.ownerConfiguration(),
    );
    attempt.configuration = configuration;
    const why = state && whyNotWanted(configuration, state);
    if (why !== undefined) throw new NotWanted(why);
    steps.at('Fetching the history that messages name');
    const unknown = await bringHistory(
      services,
      remote,
      { gitDir, base: mergeBase, commits, configuration },
      { wait: signal, fetch: work.signal },
    );
    signal.throwIfAborted();
    // GitHub lists 250, and only where the mirror can't tell them.
    const unseen =
      group === undefined && commits.length < ahead
        ? [`Only ${commits.length} of the ${ahead} commits could be told from the base branch's.`]
        : [];
    steps.at('Analysing');
    const { indexer } = services;
    const needsIndex = !indexer.hasFailed(gitDir);
    const request = {
      gitDir,
      base: mergeBase,
      head: review.head,
      configuration,
      limits: [...unread, ...unseen, ...unknown],
      commits,
      needsIndex,
    };
    const analysis = await timed(noteDuration, 'step', 'analysis', () =>
      analyse(request, services.limits, { progress: steps.at }, signal),
    );
    if (analysis === undefined) indexer.request(gitDir, mergeBase, true);
    else {
      indexer.request(gitDir, base, false);
      return { ...analysis, baseTip: base };
    }
  } finally {
    release();
    steps.end();
  }
  await updateCheckRuns(
    forge,
    review,
    inProgress(
      'Indexing the tree',
      'This happens once for a repository, and takes some minutes for a large one.',
    ),
  );
  throw new PutBack('its tree is not indexed yet');
}

/** Says on the check runs which step a long review is at, each step once. */
function tellSteps({ log }: Services, forge: Forge, review: StoredReview) {
  let step = '';
  let told = '';
  const tell = () => {
    if (step === told) return;
    told = step;
    updateCheckRuns(forge, review, inProgress(step, 'Large repositories take a while the first time.')).catch(
      (error) => log.warn({ err: error, review: review.id }, 'could not say which step a review is at'),
    );
  };
  const timer = setInterval(tell, PROGRESS_AFTER);
  return {
    at: (next: string) => {
      step = next;
    },
    end: () => clearInterval(timer),
  };
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

async function conclude(
  { services, work, review }: Attempt,
  forge: Forge,
  analysis: Analysis,
  dismissals: ReadonlyMap<string, Dismissal>,
): Promise<void> {
  const there = work.attempt > 1 ? await forge.checkRuns(review.head) : [];
  const known = new Map<number, CheckRunState>(there.map((run) => [run.id, run]));
  const { findings } = analysis.report;
  const { pull, group } = work.data;
  // A merge group has no pages: its pull requests have.
  const links = group === undefined ? services.links : undefined;
  const findingUrl = (finding: Finding) => links?.finding(pull, review.id, findings.indexOf(finding));
  const own = (checker: string) =>
    findings.flatMap((finding, ordinal) => (finding.checker === checker ? [ordinal] : []));
  const isDismissed = (ordinal: number) => dismissals.has(findings[ordinal]?.fingerprint ?? '');
  for (const [checker, id] of Object.entries(await allCheckRuns(services, forge, work, review, analysis))) {
    if (id === null || known.get(id)?.completed) continue;
    const output = outputOf(checker, analysis, dismissals, findingUrl);
    const detailsUrl = links && detailsUrlOf(links, pull, review.id, own(checker));
    const actions =
      group === undefined ? buttonsOf(own(checker).some((ordinal) => !isDismissed(ordinal))) : undefined;
    await completeCheckRun(forge, id, { ...output, detailsUrl, actions }, known.get(id)?.annotations);
  }
}

/** The check runs of a review; those of further checkers are made now that it is known that they are wanted. */
async function allCheckRuns(
  services: Services,
  forge: Forge,
  work: Work<ReviewJob>,
  review: StoredReview,
  { configuration, report }: Analysis,
): Promise<StoredReview['checkRuns']> {
  const isOfAll = checkers.every((checker) => checker in review.checkRuns);
  const further = isOfAll ? furtherCheckers(configuration, report.findings) : [];
  const missing = further.filter((checker) => !(checker in review.checkRuns));
  if (missing.length === 0) return review.checkRuns;
  const wanted = { ...review, checkRuns: Object.fromEntries(missing.map((checker) => [checker, null])) };
  await createCheckRuns(services.database, forge, wanted, work.attempt);
  return (await findReview(services.database, review.id))?.checkRuns ?? review.checkRuns;
}

/** Where a check run's "Details" leads: to its finding where there is one, to the pull request's page otherwise. */
function detailsUrlOf(links: Links, pull: PullRequest, review: string, own: readonly number[]): string {
  const [only] = own;
  return own.length === 1 && only !== undefined ? links.finding(pull, review, only) : links.pull(pull);
}

/** What the check run of one checker says, as the repository's configuration wants it. */
function outputOf(
  checker: string,
  { report, configuration, corrections, configurationProblems }: Analysis,
  dismissals: ReadonlyMap<string, Dismissal>,
  findingUrl: (finding: Finding) => string | undefined,
): CheckRunOutput {
  const own = configuration.checkers[checker];
  if (own?.enabled === false) {
    const summary = `${CONFIGURATION_PATH} of the base branch turns this checker off.`;
    return { conclusion: 'neutral', title: 'Turned off', summary, annotations: [] };
  }
  const { advisory } = configuration;
  const failOn = advisory ? 'never' : (own?.['fail-on'] ?? configuration['fail-on']);
  const output = checkRunOutput(checker, report, { failOn, findingUrl, dismissals, corrections });
  if (configurationProblems === undefined) return output;
  return withConfigurationCheck(output, configurationProblems, {
    annotate: checker === 'trailers',
    advisory,
  });
}

/** Puts the job back, or ends the review as one that could not be done. Whatever breaks, check runs do end. */
async function recover(attempt: Attempt, error: unknown): Promise<void> {
  const { services, work, review, configuration } = attempt;
  const place = { review: review.id, repository: review.repository, pull: review.number };
  if (error instanceof Gone) {
    services.log.warn({ ...place, err: error }, 'nothing to review any more');
    return endReview(services.database, review.id, 'failed', error.message);
  }
  const failures = await countFailure(services.database, review.id);
  if (failures < failuresAllowed(error) && work.attempt - failures <= MAX_INTERRUPTIONS) throw error;
  services.log.error({ ...place, err: error }, 'could not review');
  const reason = publicReason(error);
  const forge = await services.openForge(work.data.pull.repository);
  await updateCheckRuns(forge, review, {
    status: 'completed',
    conclusion: configuration?.['on-error'] ?? 'failure',
    title: 'could not review',
    actions: buttonsOf(false),
    summary: `${reason}\n\nComment \`/recheck\` or press "Re-run" to try again.`,
  });
  await giveUp(services.queue, 'review', review.id, work.data, reason);
  await endReview(services.database, review.id, 'failed', reason);
}

/** How often a review may fail so; a try that a dying process interrupted is no failure. */
function failuresAllowed(error: unknown): number {
  if (isDiskFull(error) || isWeather(error)) return MAX_WEATHER;
  if (error instanceof ChildStopped) return 2;
  return error instanceof UserError ? 1 : MAX_FAILURES;
}

/** GitHub's answers, git's fetches, connections that break: all of that passes. */
function isWeather(error: unknown): boolean {
  if (error instanceof GitError) return true;
  if (!(error instanceof Error)) return false;
  return (
    ['HttpError', 'GraphqlResponseError', 'TimeoutError', 'AbortError'].includes(error.name) ||
    error.message === 'fetch failed'
  );
}

/** Room may be made any moment, so this passes like the weather. */
function isDiskFull(error: unknown): boolean {
  const text = error instanceof GitError ? error.stderr : error instanceof Error ? error.message : '';
  return /no space left on device|\bENOSPC\b|disk of Adjutant is full/i.test(text);
}

/** Other errors name folders and addresses of ours: the log has them. */
function publicReason(error: unknown): string {
  if (isDiskFull(error)) return 'The disk of Adjutant is full: its administrator has to free some.';
  if (error instanceof UserError) return error.message;
  if (error instanceof ChildStopped) return `The review was stopped: ${error.message}.`;
  if (error instanceof GitError)
    return 'git could not fetch the repository; the log of Adjutant has the details.';
  return 'Adjutant met an error of its own; its log has the details.';
}

function inProgress(title: string, summary: string) {
  return { status: 'in_progress', title, summary } as const;
}
