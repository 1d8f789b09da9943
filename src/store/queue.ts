/** The durable queue: pg-boss, with the few settings that make an answered webhook a promise. */
import { type JobWithMetadata, PgBoss } from 'pg-boss';
import type { Database } from './database.ts';
import { groupOf, lastTurn, shareTurns, type Turn } from './turns.ts';

/** One queue a kind of work. `dead-letter` has no worker: it keeps what was given up. */
const queues = ['intake', 'review', 'comment', 'dead-letter'] as const;
export type QueueName = (typeof queues)[number];

export interface Work<Data> {
  readonly id: string;
  readonly data: Data;
  /** 1 at the first try. A try that a dying process interrupted counts. */
  readonly attempt: number;
  /** Seconds since it was enqueued. */
  readonly waited: number;
  /** Aborted when the process is about to stop. */
  readonly signal: AbortSignal;
}

interface NewJob {
  readonly id: string;
  readonly key: string;
  readonly data: object;
  /** Whose turn it takes; without it, jobs run in the order in which they came. */
  readonly turn?: Turn;
}

/**
 * Thrown by a handler that can't do the job now, or that another process does better: it comes again in about a second,
 * and this try does not count.
 */
export class PutBack extends Error {
  override readonly name = 'PutBack';
}

export interface Queue {
  /**
   * Resolves when the job is durable: true, or false where a job of this id is known already. Jobs of one key
   * run one after another, in order. Rejects when the database did not answer within `limit` milliseconds.
   */
  enqueue(queue: QueueName, job: NewJob, limit?: number): Promise<boolean>;
  /**
   * Runs `handler` for each job, `concurrency` at a time, and in all processes together no more than `perInstallation`
   * of those that take an installation's turn; where two processes take one in the same moment, no more in each. A
   * rejection puts the job back with a growing delay.
   */
  work<Data extends object>(
    queue: QueueName,
    limits: { readonly concurrency: number; readonly perInstallation?: number | undefined },
    handler: (work: Work<Data>) => Promise<void>,
  ): Promise<void>;
  /** No new jobs; waits for those that run, at most `grace` milliseconds; what remains is started again later. */
  stop(grace: number): Promise<void>;
}

const settings = {
  policy: 'key_strict_fifo',
  notify: true,
  // The worker decides when to give up (it must leave a finished check run behind): the queue never does. A failed
  // job would block its key for good.
  retryLimit: 100_000,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 60,
  expireInSeconds: 6 * 3600,
  // A process that is gone is noticed by its silence.
  heartbeatSeconds: 15,
  // Longer than GitHub redelivers (3 days, 7 on Enterprise): a redelivery meets the job of its first delivery.
  deleteAfterSeconds: 14 * 24 * 3600,
};

/** Starts pg-boss on the database, with its own tables. `onError` hears of trouble in the background. */
export async function startQueue(database: Database, onError: (error: Error) => void): Promise<Queue> {
  const boss = new PgBoss({
    ...database.boss,
    useListenNotify: true,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    queueCacheIntervalSeconds: 5,
  });
  boss.on('error', onError);
  await boss.start();
  for (const name of queues) await boss.createQueue(name, settings);
  if (database.exclusive) await releaseOrphans(boss, database);
  const controller = new AbortController();

  return {
    async enqueue(queue, { id, key, data, turn }, limit = 5000) {
      const send = async () => {
        await database.assertRoom();
        if (turn === undefined) return boss.send(queue, data, { id, singletonKey: key });
        const priority = await lastTurn(database, queue, turn);
        const group = { id: groupOf(turn) };
        const sent = await boss.send(queue, data, { id, singletonKey: key, priority, group });
        await shareTurns(database, queue, turn);
        return sent;
      };
      return (await within(send(), limit)) !== null;
    },
    async work<Data extends object>(
      queue: QueueName,
      { concurrency, perInstallation }: { concurrency: number; perInstallation?: number | undefined },
      handler: (work: Work<Data>) => Promise<void>,
    ) {
      const limit = new GroupLimit(perInstallation);
      const options = {
        includeMetadata: true,
        localConcurrency: concurrency,
        ...(perInstallation === undefined ? {} : { groupConcurrency: perInstallation }),
        pollingIntervalSeconds: 1,
        notifyPollingIntervalSeconds: 1,
        burstWhenReadyExceeds: 1,
      } as const;
      await boss.work<Data, void, typeof options>(queue, options, async ([job]: JobWithMetadata<Data>[]) => {
        if (job === undefined) return;
        const signal = AbortSignal.any([job.signal, controller.signal]);
        const leave = limit.enter(job.groupId ?? '');
        try {
          // pg-boss looks at what runs when it takes a job: several that are taken in one moment do not see each other.
          if (leave === undefined) throw new PutBack('its installation has as many as it may');
          const waited = (Date.now() - job.createdOn.getTime()) / 1000;
          await handler({ id: job.id, data: job.data, attempt: job.retryCount + 1, waited, signal });
        } catch (error) {
          if (error instanceof PutBack) await uncount(database, queue, job.id);
          throw error;
        } finally {
          leave?.();
        }
      });
    },
    async stop(grace) {
      const abort = setTimeout(() => controller.abort(new Error('Adjutant is stopping')), grace);
      await boss.stop({ graceful: true, timeout: grace + 5000 });
      clearTimeout(abort);
    },
  };
}

/** How many jobs of a group this process runs. */
class GroupLimit {
  readonly #most: number;
  readonly #running = new Map<string, number>();

  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  /** Counts one more, until the function that is returned is called; undefined where there are as many as there may be. */
  enter(group: string): (() => void) | undefined {
    if (group === '') return () => {};
    const running = this.#running.get(group) ?? 0;
    if (running >= this.#most) return undefined;
    this.#running.set(group, running + 1);
    return () => {
      const left = (this.#running.get(group) ?? 0) - 1;
      if (left > 0) this.#running.set(group, left);
      else this.#running.delete(group);
    };
  }
}

/** Takes a try back before it counts. */
async function uncount(database: Database, queue: QueueName, id: string): Promise<void> {
  await database.query(
    `UPDATE pgboss.job SET retry_count = retry_count - 1 WHERE name = $1 AND id = $2 AND state = 'active'`,
    [queue, id],
  );
}

/** Where this process alone has the database, a job that is active at its start lost its worker. */
async function releaseOrphans(boss: PgBoss, database: Database): Promise<void> {
  const rows = await database.query<{ name: string; id: string }>(
    `SELECT name, id FROM pgboss.job WHERE state = 'active' AND name = ANY($1)`,
    [queues],
  );
  for (const { name, id } of rows) await boss.fail(name, id, { message: 'its process ended' });
}

async function within<T>(promise: Promise<T>, limit: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the database did not answer within ${limit} ms`)), limit);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
