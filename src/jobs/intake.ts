/** What an event means, as soon as it is in the queue: quick, so that check runs appear within a second. */
import { fetchTip, forgetMirror, forgetPullRequest, mirrorDir } from '../git/mirror.ts';
import { findRepository } from '../store/findings.ts';
import { forgetRepository } from '../store/forget.ts';
import type { Work } from '../store/queue.ts';
import { keepHead } from '../store/remarks.ts';
import { reviewsOf } from '../store/reviews.ts';
import { checkers } from './checks.ts';
import type {
  CloseJob,
  ForgetJob,
  GroupGoneJob,
  GroupJob,
  IntakeJob,
  PushJob,
  RefreshJob,
  RerunJob,
} from './job.ts';
import { press } from './press.ts';
import { requestReview, supersede } from './request-review.ts';
import type { Services } from './services.ts';

/** Does one intake job, start to end. */
export async function takeIn(services: Services, work: Work<IntakeJob>): Promise<void> {
  const job = work.data;
  if (job.kind === 'push') return push(services, work, job);
  if (job.kind === 'rerun') return rerun(services, work, job);
  if (job.kind === 'press')
    return job.button === 'rerun' ? rerun(services, work, job) : press(services, work, job);
  if (job.kind === 'group') return group(services, work, job);
  if (job.kind === 'group-gone') return groupGone(services, job);
  if (job.kind === 'refresh') return refresh(services, job);
  if (job.kind === 'forget') return forget(services, job);
  return close(services, job);
}

async function push(services: Services, { id, attempt }: Work<IntakeJob>, job: PushJob): Promise<void> {
  const { pull, head, baseRef, updated } = job;
  await keepHead(services.database, pull, head, updated);
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
    checkers: checker === undefined ? checkers : [checker],
    attempt,
  });
}

async function close({ dataDir }: Services, { pull }: CloseJob): Promise<void> {
  await forgetPullRequest(mirrorDir(dataDir, pull.repository.id), pull.number);
}

/** Reviewed like a push, without a word: the check runs are what the queue waits for. */
async function group(services: Services, { id, attempt }: Work<IntakeJob>, job: GroupJob): Promise<void> {
  const { repository, head, baseRef, group } = job;
  const pull = { repository, number: 0 };
  await requestReview(services, { id, pull, head, baseRef, group, again: false, attempt });
}

async function groupGone(services: Services, { repository, head }: GroupGoneJob): Promise<void> {
  for (const review of await reviewsOf(services.database, repository.id, head)) {
    if (review.number !== 0 || review.state !== 'queued') continue;
    await supersede(services, { repository, number: 0 }, review, 'The merge queue gave this commit up.');
  }
}

/** Has the tree of a base branch indexed before a review needs it; nothing where none was ever needed. */
async function refresh(services: Services, { repository, branch, tip }: RefreshJob): Promise<void> {
  const { database, dataDir, indexer, log } = services;
  const kept = await findRepository(database, repository.id);
  if (kept?.baseRef !== branch) return;
  const gitDir = mirrorDir(dataDir, repository.id);
  const forge = await services.openForge(repository);
  try {
    const remote = { url: forge.gitUrl(), token: await forge.gitToken(false) };
    if (await fetchTip(gitDir, remote, branch, tip)) indexer.request(gitDir, tip, false);
  } catch (error) {
    // The next review fetches what it needs itself.
    log.warn({ err: error, repository: repository.id, branch }, 'the base branch could not be fetched ahead');
  }
}

async function forget({ database, dataDir, log }: Services, { repositories }: ForgetJob): Promise<void> {
  for (const id of repositories) {
    await forgetRepository(database, id);
    await forgetMirror(mirrorDir(dataDir, id));
    log.info({ repository: id }, 'the App was taken away from a repository: nothing of it is kept');
  }
}
