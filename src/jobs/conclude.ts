/** The end of a review: each check run says what its checker found. */
import type { Finding } from '../checkers/checker.ts';
import { CONFIGURATION_PATH } from '../config/configuration-path.ts';
import { withConfigurationCheck } from '../report/configuration-check.ts';
import { type CheckRunOutput, checkRunOutput } from '../report/github.ts';
import type { Dismissal } from '../store/dismissals.ts';
import type { Work } from '../store/queue.ts';
import { findReview, type StoredReview } from '../store/reviews.ts';
import type { Analysis } from './analysis.ts';
import type { Attempt } from './attempt.ts';
import { buttonsOf } from './buttons.ts';
import { checkers, completeCheckRun, createCheckRuns, furtherCheckers } from './checks.ts';
import type { CheckRunState, Forge } from './forge.ts';
import type { PullRequest, ReviewJob } from './job.ts';
import type { Links } from './links.ts';
import type { Services } from './services.ts';

/** Ends the check runs with what the analysis found; one that an earlier try ended stays. */
export async function conclude(
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
