/** Which job is done by what, and how many at a time. */
import { answerComment } from './comment.ts';
import { takeIn } from './intake.ts';
import type { CommentJob, IntakeJob, ReviewJob } from './job.ts';
import { reviewPullRequest } from './review.ts';
import type { Services } from './services.ts';

/** Begins to work on the queues. `reviewers` reviews at a time; what is quick does not wait for them. */
export async function startWorker(services: Services, reviewers: number): Promise<void> {
  const { queue } = services;
  await queue.work<IntakeJob>('intake', 4, (work) => takeIn(services, work));
  await queue.work<CommentJob>('comment', 2, (work) => answerComment(services, work));
  await queue.work<ReviewJob>('review', reviewers, (work) => reviewPullRequest(services, work));
}
