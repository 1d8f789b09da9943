/**
 * Work on a repository goes to a worker that has its mirror, where that has time: another would have to fetch and index
 * first. No worker decides for others: one that has no mirror leaves a young job to those that have.
 */
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../store/database.ts';
import { isBetterElsewhere, keepWorker, removeWorker } from '../store/workers.ts';
import type { Log } from './services.ts';

/** Milliseconds between two words of a worker about itself. */
const BEAT = 2000;
/** Seconds that a job waits for a worker with a mirror. */
const PATIENCE = 6;

export interface Placement {
  /** Whether to leave the job, enqueued so many seconds ago, to another worker. */
  isBetterElsewhere(repository: number, waited: number): Promise<boolean>;
  /** Counts one running review more (1) or less (-1). */
  count(change: 1 | -1): void;
  stop(): Promise<void>;
}

/** Where there is no other worker. */
export const alone: Placement = {
  isBetterElsewhere: async () => false,
  count: () => undefined,
  stop: async () => undefined,
};

/** @param reviewers reviews that this process runs at a time */
export async function takePlace(
  database: Database,
  dataDir: string,
  reviewers: number,
  log: Log,
): Promise<Placement> {
  const id = randomUUID();
  let running = 0;
  const beat = async () => {
    const repositories = await mirrors(dataDir);
    await keepWorker(database, { id, repositories, free: Math.max(0, reviewers - running) });
  };
  await beat();
  const timer = setInterval(() => {
    beat().catch((error) => log.warn({ err: error }, 'this worker could not say that it is there'));
  }, BEAT);
  return {
    async isBetterElsewhere(repository, waited) {
      if (waited > PATIENCE || (await mirrors(dataDir)).includes(repository)) return false;
      return isBetterElsewhere(database, id, repository);
    },
    count: (change) => {
      running += change;
    },
    async stop() {
      clearInterval(timer);
      await removeWorker(database, id);
    },
  };
}

async function mirrors(dataDir: string): Promise<number[]> {
  const names = await readdir(join(dataDir, 'mirrors')).catch(() => []);
  return names.flatMap((name) => (/^\d+\.git$/.test(name) ? [Number.parseInt(name, 10)] : []));
}
