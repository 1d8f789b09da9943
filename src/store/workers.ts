/** Which workers there are, what they have on disk, and how many more reviews they can take. */
import type { Database } from './database.ts';

/** Seconds after which a worker that has not said anything is gone. */
const SILENCE = 8;

export interface WorkerState {
  readonly id: string;
  /** Numbers of the repositories that it has mirrors of. */
  readonly repositories: readonly number[];
  /** Reviews that it could begin now. */
  readonly free: number;
}

/** Says what one worker has; forgets those that are long gone. */
export async function keepWorker(database: Database, { id, repositories, free }: WorkerState): Promise<void> {
  await database.query(
    `INSERT INTO adjutant.worker (id, repositories, free, seen) VALUES ($1, $2, $3, now())
     ON CONFLICT (id) DO UPDATE SET repositories = EXCLUDED.repositories, free = EXCLUDED.free, seen = now()`,
    [id, repositories, free],
  );
  await database.query(`DELETE FROM adjutant.worker WHERE seen < now() - interval '1 hour'`);
}

export async function removeWorker(database: Database, id: string): Promise<void> {
  await database.query('DELETE FROM adjutant.worker WHERE id = $1', [id]);
}

/** Whether another worker that lives and has time has a repository's mirror. */
export async function isBetterElsewhere(
  database: Database,
  id: string,
  repository: number,
): Promise<boolean> {
  const rows = await database.query(
    `SELECT FROM adjutant.worker
     WHERE id <> $1 AND free > 0 AND $2 = ANY(repositories) AND seen > now() - $3 * interval '1 second' LIMIT 1`,
    [id, repository, SILENCE],
  );
  return rows.length > 0;
}
