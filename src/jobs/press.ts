/** A button of a check run was pressed: "Explain", or "All false alarms". */
import { dismiss, dismissalsOn } from '../store/dismissals.ts';
import { latestReport } from '../store/latest-report.ts';
import type { Work } from '../store/queue.ts';
import { reviewsOf } from '../store/reviews.ts';
import { explanation } from './explanation.ts';
import type { PressJob } from './job.ts';
import { replyOnce } from './reply-once.ts';
import { requestReview } from './request-review.ts';
import { Role } from './role.ts';
import type { Services } from './services.ts';

/** Said in the check run, where people give a reason of their own. */
const REASON = 'all findings of this check were called false alarms by its button';
/** No event says when a button was pressed. */
const EVER = '1970-01-01T00:00:00Z';

/** Does it to the findings that the check run shows: those that are not dismissed. */
export async function press(services: Services, work: Work<object>, job: PressJob): Promise<void> {
  const { database, links } = services;
  const { repository, head, by } = job;
  const [review] = await reviewsOf(database, repository.id, head);
  // A merge group is of no pull request alone.
  if (review === undefined || review.number === 0) return;
  const pull = { repository, number: review.number };
  const forge = await services.openForge(repository);
  const say = (words: string) => replyOnce(forge, work, { number: review.number, written: EVER }, words);
  if (!(await new Role(forge, by).may(job.button === 'dismiss' ? 'writer' : 'reader')))
    return say(`The button is not for \`${by}\`: it takes more rights to this repository.`);

  const report = await latestReport(database, pull);
  if (report === undefined || report.head !== head)
    return say('The button is of a commit that is not the newest one that was reviewed: nothing was done.');
  const dismissed = await dismissalsOn(database, pull);
  const shown = report.findings.filter(
    ({ checker, fingerprint }) => checker === job.checker && !dismissed.has(fingerprint),
  );
  const once = [...new Map(shown.map((finding) => [finding.fingerprint, finding])).values()];
  if (job.button === 'explain') {
    const words = once.map((finding) => explanation(links, pull, finding, report));
    return words.length === 0 ? undefined : say(words.join('\n\n---\n\n'));
  }
  for (const { fingerprint } of once) await dismiss(database, pull, { fingerprint, by, reason: REASON });
  await requestReview(services, {
    id: work.id,
    pull,
    head,
    baseRef: review.baseRef,
    again: true,
    checkers: [job.checker],
    attempt: work.attempt,
  });
}
