/** Asks for a review: check runs appear at once, the work itself waits in the queue. */
import { addReview, endReview, findReview, reviewsOf, type StoredReview } from '../store/reviews.ts';
import { checkers, createCheckRuns, updateCheckRuns } from './checks.ts';
import { type MergeGroup, type PullRequest, pullKey, type ReviewJob } from './job.ts';
import type { Services } from './services.ts';

export interface ReviewRequest {
  /** A UUID that is the same when the asking event comes again. */
  readonly id: string;
  readonly pull: PullRequest;
  readonly head: string;
  readonly baseRef: string;
  /** Somebody asks for it: a review that there is already does not count. */
  readonly again: boolean;
  readonly checkers?: readonly string[];
  readonly group?: MergeGroup;
  /** 1 at the first try of the asking job. */
  readonly attempt: number;
}

/**
 * Keeps the review, makes its check runs and enqueues it. Nothing where this head has one for the same base
 * branch, unless it is asked for again. Doing it twice with one id does it once.
 */
export async function requestReview(services: Services, request: ReviewRequest): Promise<void> {
  const { database, queue } = services;
  const { repository, number } = request.pull;
  const earlier = await reviewsOf(database, repository.id, request.head);
  if (!request.again && earlier.some((review) => answers(review, request))) return;
  await addReview(database, {
    id: request.id,
    installation: repository.installation,
    repository: repository.id,
    number,
    head: request.head,
    baseRef: request.baseRef,
    checkRuns: Object.fromEntries((request.checkers ?? checkers).map((checker) => [checker, null])),
  });
  const review = await findReview(database, request.id);
  if (review?.state !== 'queued') return;
  const forge = await services.openForge(repository);
  const page = request.group === undefined ? services.links?.pull(request.pull) : undefined;
  await createCheckRuns(database, forge, review, request.attempt, page);
  const data: ReviewJob = {
    pull: request.pull,
    ...(request.group === undefined ? {} : { group: request.group }),
  };
  const turn = { installation: repository.installation, repository: repository.id };
  await queue.enqueue('review', { id: request.id, key: pullKey(request.pull), data, turn });
}

function answers(review: StoredReview, request: ReviewRequest): boolean {
  return (
    review.id !== request.id &&
    // One that was asked for a single check leaves the others out.
    (request.checkers ?? checkers).every((checker) => checker in review.checkRuns) &&
    review.number === request.pull.number &&
    review.baseRef === request.baseRef &&
    (review.state === 'queued' || review.state === 'completed')
  );
}

/** Ends a review that a newer head made pointless, or that nobody wants. `neutral`, since it says nothing of the code. */
export async function supersede(
  services: Services,
  pull: PullRequest,
  review: StoredReview,
  reason: string,
  title = 'Superseded',
) {
  const forge = await services.openForge(pull.repository);
  await updateCheckRuns(forge, review, {
    status: 'completed',
    conclusion: 'neutral',
    title,
    summary: reason,
  });
  await endReview(services.database, review.id, 'superseded', reason);
}
