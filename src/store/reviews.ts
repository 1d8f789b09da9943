/** Reviews that were asked for, and the check runs that each must end. */
import type { Database } from './database.ts';

/** `queued` until it ends in one of the others. */
export type ReviewState = 'queued' | 'completed' | 'superseded' | 'failed';

export interface StoredReview {
  readonly id: string;
  readonly installation: number;
  readonly repository: number;
  readonly number: number;
  readonly head: string;
  readonly baseRef: string;
  readonly state: ReviewState;
  /** Checker -> its check run; null where it is not known to be made yet. */
  readonly checkRuns: Readonly<Record<string, number | null>>;
  /** How often it failed so far. */
  readonly failures: number;
}

interface Row {
  id: string;
  installation: number | string;
  repository: number | string;
  number: number;
  head: string;
  base_ref: string;
  state: ReviewState;
  check_runs: Record<string, number | null>;
  failures: number;
}

function fromRow(row: Row): StoredReview {
  return {
    id: row.id,
    installation: Number(row.installation),
    repository: Number(row.repository),
    number: row.number,
    head: row.head,
    baseRef: row.base_ref,
    state: row.state,
    checkRuns: row.check_runs,
    failures: row.failures,
  };
}

/** Keeps a review that is asked for; nothing where its id is known. */
export async function addReview(
  database: Database,
  review: Omit<StoredReview, 'state' | 'failures'>,
): Promise<void> {
  await database.query(
    `INSERT INTO adjutant.review (id, installation, repository, number, head, base_ref, state, check_runs)
     VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7) ON CONFLICT (id) DO NOTHING`,
    [
      review.id,
      review.installation,
      review.repository,
      review.number,
      review.head,
      review.baseRef,
      JSON.stringify(review.checkRuns),
    ],
  );
}

export async function findReview(database: Database, id: string): Promise<StoredReview | undefined> {
  const [row] = await database.query<Row>('SELECT * FROM adjutant.review WHERE id = $1', [id]);
  return row && fromRow(row);
}

/** Reviews of a commit, newest first. */
export async function reviewsOf(
  database: Database,
  repository: number,
  head: string,
): Promise<StoredReview[]> {
  const rows = await database.query<Row>(
    'SELECT * FROM adjutant.review WHERE repository = $1 AND head = $2 ORDER BY requested DESC',
    [repository, head],
  );
  return rows.map(fromRow);
}

export async function setCheckRun(
  database: Database,
  id: string,
  checker: string,
  checkRun: number,
): Promise<void> {
  await database.query(
    'UPDATE adjutant.review SET check_runs = check_runs || jsonb_build_object($2::text, $3::bigint) WHERE id = $1',
    [id, checker, checkRun],
  );
}

export async function endReview(
  database: Database,
  id: string,
  state: Exclude<ReviewState, 'queued'>,
  reason?: string,
): Promise<void> {
  await database.query('UPDATE adjutant.review SET state = $2, reason = $3, finished = now() WHERE id = $1', [
    id,
    state,
    reason ?? null,
  ]);
}

/** How often the tries at a review have failed, in all and for the same kind of reason. */
export interface Failures {
  readonly all: number;
  readonly same: number;
}

/** One failure more, of some kind. */
export async function countFailure(database: Database, id: string, kind: string): Promise<Failures> {
  const [row] = await database.query<Failures>(
    `UPDATE adjutant.review SET failures = failures + 1,
       failures_by_kind = failures_by_kind ||
         jsonb_build_object($2::text, coalesce((failures_by_kind ->> $2)::integer, 0) + 1)
     WHERE id = $1 RETURNING failures AS "all", (failures_by_kind ->> $2)::integer AS same`,
    [id, kind],
  );
  return row ?? { all: 0, same: 0 };
}
