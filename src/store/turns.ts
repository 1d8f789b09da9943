/**
 * Whose job is next: installations take turns, and within one its repositories do, so that neither an organisation nor a
 * repository with a hundred pushes keeps the others waiting. pg-boss takes the highest priority first, and of one
 * priority the oldest: a priority is the round in which a job runs, counted down (start-time fair queuing).
 */
import type { Database } from './database.ts';

/** Who a job is done for. */
export interface Turn {
  readonly installation: number;
  readonly repository: number;
}

/** pg-boss's group is the installation, which limits how many of its jobs run at a time. */
export function groupOf({ installation }: Turn): string {
  return String(installation);
}

/** Jobs that wait or run, in the words of pg-boss's own indexes: finished ones are kept for weeks. */
const UNFINISHED = `
  SELECT id, state, priority, created_on, group_id, data FROM pgboss.job
  WHERE name = $1 AND state < 'active' AND NOT blocked
  UNION ALL
  SELECT id, state, priority, created_on, group_id, data FROM pgboss.job
  WHERE name = $1 AND state = 'active' AND group_id IS NOT NULL`;

/** The round for a new job: the one after its installation's last, and the present one where it has none. */
export async function lastTurn(database: Database, queue: string, turn: Turn): Promise<number> {
  const [row] = await database.query<{ now: number | null; mine: number | null }>(
    `SELECT max(priority) AS now, min(priority) FILTER (WHERE group_id = $2) AS mine FROM (${UNFINISHED}) unfinished`,
    [queue, groupOf(turn)],
  );
  const now = row?.now ?? 0;
  const mine = row?.mine ?? null;
  return mine === null ? now : Math.min(now, mine - 1);
}

/**
 * Deals an installation's rounds out among its repositories anew, each in the order in which it asked. Rows that another
 * process is dealing out, or taking, are left alone: whoever waits for a lock here could wait in a ring.
 */
export async function shareTurns(database: Database, queue: string, turn: Turn): Promise<void> {
  await database.query(
    `WITH mine AS (
       SELECT id, state, priority, created_on,
         row_number() OVER (PARTITION BY data #>> '{pull,repository,id}' ORDER BY created_on, id) AS nth
       FROM (${UNFINISHED}) unfinished WHERE group_id = $2
     ), dealt AS (
       SELECT id, max(priority) OVER () + 1 - row_number() OVER (ORDER BY nth, created_on, id) AS round
       FROM mine WHERE state < 'active'
     ), free AS (
       SELECT job.id, dealt.round FROM pgboss.job JOIN dealt USING (id)
       WHERE job.name = $1 AND job.state < 'active' AND job.priority <> dealt.round
       FOR UPDATE OF job SKIP LOCKED
     )
     UPDATE pgboss.job SET priority = free.round FROM free WHERE job.name = $1 AND job.id = free.id`,
    [queue, groupOf(turn)],
  );
}
