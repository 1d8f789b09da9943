/** What is in the queue, for people; and taking given-up work out of its last place. */
import type { Database } from './database.ts';

export type JobState = 'waiting' | 'running' | 'again' | 'given up';

export interface ListedJob {
  readonly id: string;
  readonly queue: string;
  readonly state: JobState;
  /** Tries so far. */
  readonly attempts: number;
  /** Seconds since it was enqueued. */
  readonly age: number;
  /** What the job is told: of one that was given up, what the queue has kept of it. */
  readonly data: unknown;
  /** Of the last try; undefined where there was none. */
  readonly error: string | undefined;
}

/** More are not listed. */
const MOST = 1000;

/** Work that is not done, the oldest first; that which was given up at the end. */
export async function listJobs(database: Database): Promise<ListedJob[]> {
  const rows = await database.query<{
    id: string;
    name: string;
    state: string;
    tries: number;
    age: number | string;
    data: unknown;
    error: string | null;
  }>(
    `SELECT id, name, state::text AS state, retry_count + (started_on IS NOT NULL)::int AS tries, data,
       extract(epoch FROM now() - created_on) AS age, output ->> 'message' AS error
     FROM pgboss.job WHERE state <= 'active' ORDER BY name = 'dead-letter', created_on LIMIT $1`,
    [MOST],
  );
  return rows.map((row) => ({
    id: row.id,
    queue: row.name,
    state: row.name === 'dead-letter' ? 'given up' : stateOf(row.state),
    attempts: row.name === 'dead-letter' ? 0 : row.tries,
    age: Math.round(Number(row.age)),
    data: row.data,
    error: row.error ?? undefined,
  }));
}

function stateOf(state: string): JobState {
  if (state === 'active') return 'running';
  return state === 'retry' ? 'again' : 'waiting';
}

/** Takes what was given up out of the list. Resolves to whether it was there. */
export async function dropDeadLetter(database: Database, id: string): Promise<boolean> {
  const rows = await database.query(
    `DELETE FROM pgboss.job WHERE name = 'dead-letter' AND id = $1 RETURNING id`,
    [id],
  );
  return rows.length > 0;
}
