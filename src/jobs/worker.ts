/** Which job is done by what, and how many at a time. */
import { PutBack, type QueueName, type Work } from '../store/queue.ts';
import { answerComment } from './comment.ts';
import { giveUp } from './dead-letter.ts';
import { takeIn } from './intake.ts';
import type { CommentJob, IntakeJob, ReviewJob } from './job.ts';
import { reviewPullRequest } from './review.ts';
import type { Services } from './services.ts';
import { mayTryAgain, troubleOf } from './trouble.ts';

/** Reviews at a time: what is quick does not wait for them. */
export interface Reviewers {
  /** Of this process. */
  readonly concurrency: number;
  /** Of one installation, in all processes together; no limit unless told. */
  readonly perInstallation: number | undefined;
}

/** Begins to work on the queues. */
export async function startWorker(services: Services, reviewers: Reviewers): Promise<void> {
  const work = <Job extends object>(
    queue: QueueName,
    limits: Parameters<Services['queue']['work']>[1],
    handler: (services: Services, work: Work<Job>) => Promise<void>,
  ) =>
    services.queue.work<Job>(queue, limits, async (job) => {
      try {
        await handler(services, job);
      } catch (error) {
        if (error instanceof PutBack) throw error;
        const { id, attempt, waited, signal } = job;
        const trouble = troubleOf(error);
        if (trouble === 'gone') {
          services.log.warn({ err: error, queue, job: id }, 'what a job is about is not there any more');
          return;
        }
        // A review says so on its check runs and gives up by itself.
        if (queue !== 'review' && !mayTryAgain(trouble, attempt, waited) && !signal.aborted) {
          services.log.error({ err: error, queue, job: id, attempt }, 'a job is given up');
          return giveUp(services.queue, queue, id, job.data, (error as Error).message);
        }
        services.log.warn({ err: error, queue, job: id, attempt }, 'a job is put back, to be tried again');
        throw error;
      }
    });
  await work<IntakeJob>('intake', { concurrency: 4 }, takeIn);
  await work<CommentJob>('comment', { concurrency: 2 }, answerComment);
  await work<ReviewJob>('review', reviewers, reviewPullRequest);
}
