/** Figures of the service, for its dashboard and its metrics. */
import type { Database } from './database.ts';

export interface QueueFigures {
  readonly queue: string;
  readonly waiting: number;
  readonly running: number;
  /** Seconds that the oldest waiting job waits. */
  readonly oldest: number;
}

/** The queues that have workers. */
export async function queueFigures(database: Database): Promise<QueueFigures[]> {
  const rows = await database.query<{
    name: string;
    waiting: string;
    running: string;
    oldest: string | null;
  }>(
    `SELECT queue.name,
       count(job.id) FILTER (WHERE job.state IN ('created', 'retry')) AS waiting,
       count(job.id) FILTER (WHERE job.state = 'active') AS running,
       extract(epoch FROM now() - min(job.created_on) FILTER (WHERE job.state IN ('created', 'retry'))) AS oldest
     FROM pgboss.queue LEFT JOIN pgboss.job ON job.name = queue.name
     WHERE queue.name IN ('intake', 'review', 'comment') GROUP BY queue.name ORDER BY queue.name`,
  );
  return rows.map(({ name, waiting, running, oldest }) => ({
    queue: name,
    waiting: Number(waiting),
    running: Number(running),
    oldest: Number(oldest ?? 0),
  }));
}

export interface DayFigures {
  /** `2026-03-02`, in UTC. */
  readonly day: string;
  readonly completed: number;
  readonly failed: number;
}

/** Reviews that ended on each of the last `days` days, today last. */
export async function reviewsPerDay(database: Database, days: number): Promise<DayFigures[]> {
  const rows = await database.query<{ day: string; completed: string; failed: string }>(
    `SELECT to_char(day, 'YYYY-MM-DD') AS day,
       count(*) FILTER (WHERE state = 'completed') AS completed, count(*) FILTER (WHERE state = 'failed') AS failed
     FROM generate_series(date_trunc('day', now() AT TIME ZONE 'UTC') - ($1 - 1) * interval '1 day',
       date_trunc('day', now() AT TIME ZONE 'UTC'), interval '1 day') AS day
     LEFT JOIN adjutant.review ON date_trunc('day', finished AT TIME ZONE 'UTC') = day
     GROUP BY day ORDER BY day`,
    [days],
  );
  return rows.map(({ day, completed, failed }) => ({
    day,
    completed: Number(completed),
    failed: Number(failed),
  }));
}

/** Upper ends, in seconds, of the parts into which times from event to verdict are sorted; the last has none. */
export const VERDICT_BUCKETS: readonly number[] = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800];

export interface Distribution {
  /** One more than VERDICT_BUCKETS. */
  readonly counts: readonly number[];
  /** Seconds in all. */
  readonly sum: number;
  readonly median: number;
  readonly p95: number;
}

/** Times from the event to the verdict of completed reviews; of the last `days` days where given. */
export async function verdictTimes(database: Database, days?: number): Promise<Distribution> {
  const seconds = 'extract(epoch FROM finished - requested)';
  const where = `state = 'completed' AND ($1::integer IS NULL OR finished > now() - $1::integer * interval '1 day')`;
  const rows = await database.query<{ bucket: number; count: string }>(
    `SELECT width_bucket(${seconds}, $2::numeric[]) AS bucket, count(*) FROM adjutant.review WHERE ${where}
     GROUP BY bucket`,
    [days ?? null, VERDICT_BUCKETS],
  );
  const [total] = await database.query<{ sum: string | null; median: number | null; p95: number | null }>(
    `SELECT sum(${seconds}) AS sum, percentile_cont(0.5) WITHIN GROUP (ORDER BY ${seconds}) AS median,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY ${seconds}) AS p95 FROM adjutant.review WHERE ${where}`,
    [days ?? null],
  );
  const counts = new Array<number>(VERDICT_BUCKETS.length + 1).fill(0);
  for (const { bucket, count } of rows) counts[bucket] = Number(count);
  return {
    counts,
    sum: Number(total?.sum ?? 0),
    median: Number(total?.median ?? 0),
    p95: Number(total?.p95 ?? 0),
  };
}

export interface RuleFigures {
  readonly rule: string;
  /** Findings, each counted once a pull request. */
  readonly found: number;
  /** ... that a later push no longer has. */
  readonly mended: number;
  /** ... that somebody dismissed. */
  readonly dismissed: number;
}

/** What became of the findings of each rule; of the last `days` days where given. */
export async function ruleFigures(database: Database, days?: number): Promise<RuleFigures[]> {
  const rows = await database.query<Record<keyof RuleFigures, string>>(
    `WITH found AS (
       SELECT rule, repository, number, fingerprint, max(requested) AS last
       FROM adjutant.finding JOIN adjutant.review ON review.id = finding.review
       WHERE NOT fixed AND ($1::integer IS NULL OR requested > now() - $1::integer * interval '1 day')
       GROUP BY rule, repository, number, fingerprint)
     SELECT rule, count(*) AS found, count(dismissal.at) AS dismissed,
       count(*) FILTER (WHERE dismissal.at IS NULL AND EXISTS (
         SELECT FROM adjutant.review WHERE review.repository = found.repository AND review.number = found.number
           AND report IS NOT NULL AND requested > last)) AS mended
     FROM found LEFT JOIN adjutant.dismissal USING (repository, number, fingerprint)
     GROUP BY rule ORDER BY found DESC, rule`,
    [days ?? null],
  );
  return rows.map(({ rule, found, mended, dismissed }) => ({
    rule,
    found: Number(found),
    mended: Number(mended),
    dismissed: Number(dismissed),
  }));
}

/** Reviews by how they ended, `queued` among them. */
export async function reviewsByState(database: Database): Promise<{ state: string; count: number }[]> {
  const rows = await database.query<{ state: string; count: string }>(
    'SELECT state, count(*) FROM adjutant.review GROUP BY state ORDER BY state',
  );
  return rows.map(({ state, count }) => ({ state, count: Number(count) }));
}
