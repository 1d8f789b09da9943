/** What an event means, as soon as it is in the queue: quick, so that check runs appear within a second. */
import { forgetPullRequest, mirrorDir } from '../git/mirror.ts';
import type { Work } from '../store/queue.ts';
import { keepHead } from '../store/remarks.ts';
import { reviewsOf } from '../store/reviews.ts';
import { checkers } from './checks.ts';
import type { CloseJob, IntakeJob, PushJob, RerunJob } from './job.ts';
import { press } from './press.ts';
import { requestReview } from './request-review.ts';
import type { Services } from './services.ts';

/** Does one intake job, start to end. */
export async function takeIn(services: Services, work: Work<IntakeJob>): Promise<void> {
  const job = work.data;
  if (job.kind === 'push') return push(services, work, job);
  if (job.kind === 'rerun') return rerun(services, work, job);
  if (job.kind === 'press')
    return job.button === 'rerun' ? rerun(services, work, job) : press(services, work, job);
  return close(services, job);
}

async function push(services: Services, { id, attempt }: Work<IntakeJob>, job: PushJob): Promise<void> {
  const { pull, head, baseRef } = job;
  await keepHead(services.database, pull, head);
  await requestReview(services, { id, pull, head, baseRef, again: false, attempt });
}

/** The pull requests of a commit are those that it was reviewed for: GitHub names none for a fork. */
async function rerun(
  services: Services,
  { id, attempt }: Work<IntakeJob>,
  job: Omit<RerunJob, 'kind'>,
): Promise<void> {
  const { repository, head, checker } = job;
  const reviews = await reviewsOf(services.database, repository.id, head);
  const [review] = reviews;
  if (review === undefined) {
    services.log.warn({ repository: repository.id, head }, 're-run of a commit that was never reviewed');
    return;
  }
  await requestReview(services, {
    id,
    pull: { repository, number: review.number },
    head,
    baseRef: review.baseRef,
    again: true,
    checkers: checkers.filter((name) => checker === undefined || name === checker),
    attempt,
  });
}

async function close({ dataDir }: Services, { pull }: CloseJob): Promise<void> {
  await forgetPullRequest(mirrorDir(dataDir, pull.repository.id), pull.number);
}
