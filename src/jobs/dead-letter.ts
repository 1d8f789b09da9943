/** Work that was given up: kept with its reason, until an administrator has it done again. */
import { z } from 'zod';
import type { Database } from '../store/database.ts';
import { dropDeadLetter, type JobState, listJobs } from '../store/job-list.ts';
import type { Queue, QueueName } from '../store/queue.ts';
import { findReview } from '../store/reviews.ts';
import { derivedId } from './derived-id.ts';
import { pullKey, type RerunJob } from './job.ts';

const repository = z.object({ installation: z.int(), id: z.int(), owner: z.string(), name: z.string() });
const pull = z.object({ repository, number: z.int() });
/** What the queue keeps of it. */
const letter = z.object({
  queue: z.enum(['intake', 'review', 'comment']),
  reason: z.string(),
  job: z.looseObject({ pull: pull.optional(), repository: repository.optional() }),
});

/** Keeps a job that is given up. Doing it twice keeps it once. */
export async function giveUp(queue: Queue, name: QueueName, id: string, job: object, reason: string) {
  await queue.enqueue('dead-letter', { id, key: id, data: { queue: name, job, reason } });
}

/** A line for people about one job. */
export interface JobLine {
  readonly id: string;
  readonly what: string;
  readonly state: JobState;
  readonly attempts: number;
  readonly age: number;
  /** `owner/name#7`, or as much of it as the job is about. */
  readonly about: string;
  /** Why it was given up, or failed last. */
  readonly reason: string;
}

/** All work that is not done. */
export async function jobLines(database: Database): Promise<JobLine[]> {
  return (await listJobs(database)).map(({ id, queue, state, attempts, age, data, error }) => {
    const dead = letter.safeParse(data).data;
    return {
      id,
      what: dead?.queue ?? queue,
      state,
      attempts,
      age,
      about: subject(dead?.job ?? data),
      reason: dead?.reason ?? error ?? '',
    };
  });
}

function subject(job: unknown): string {
  const { pull: of, repository: alone } = (job ?? {}) as z.infer<typeof letter>['job'];
  const place = of?.repository ?? alone;
  if (place === undefined) return '';
  return `${place.owner}/${place.name}${of === undefined ? '' : `#${of.number}`}`;
}

/**
 * Has given-up work done again: all of it, or the job of that id. Resolves to how many there were. A review is asked for
 * as "Re-run" does, with check runs of its own.
 */
export async function retryDeadLetters(
  { database, queue }: { database: Database; queue: Queue },
  id: string | undefined,
): Promise<number> {
  const dead = (await listJobs(database)).filter((job) => job.state === 'given up');
  let count = 0;
  for (const one of dead.filter((job) => id === undefined || job.id === id)) {
    const parsed = letter.safeParse(one.data);
    if (!parsed.success) continue;
    await again(database, queue, one.id, parsed.data);
    if (await dropDeadLetter(database, one.id)) count += 1;
  }
  return count;
}

async function again(
  database: Database,
  queue: Queue,
  id: string,
  { queue: name, job }: z.infer<typeof letter>,
): Promise<void> {
  const fresh = derivedId('again', id);
  const key = job.pull ? pullKey(job.pull) : String(job.repository?.id);
  if (name !== 'review') {
    await queue.enqueue(name, { id: fresh, key, data: job });
    return;
  }
  const review = await findReview(database, id);
  if (review === undefined || job.pull === undefined) return;
  const data: RerunJob = { kind: 'rerun', repository: job.pull.repository, head: review.head };
  await queue.enqueue('intake', { id: fresh, key, data });
}
