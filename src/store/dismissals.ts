/** Findings that somebody with write permission called wrong, for one pull request. */
import type { Database } from './database.ts';

export interface Dismissal {
  readonly fingerprint: string;
  /** Login of who did it. */
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

interface Pull {
  readonly repository: { readonly id: number };
  readonly number: number;
}

/** Keeps a dismissal; of one finding the last counts, and the one before is remembered as past. */
export async function dismiss(
  database: Database,
  { repository, number }: Pull,
  { fingerprint, by, reason }: Omit<Dismissal, 'at'>,
): Promise<void> {
  await database.query(
    `WITH past AS (
       INSERT INTO adjutant.past_dismissal (repository, number, fingerprint, login, reason, at, ended_by)
       SELECT repository, number, fingerprint, login, reason, at, $4 FROM adjutant.dismissal
       WHERE repository = $1 AND number = $2 AND fingerprint = $3 AND (login, reason) <> ($4, $5))
     INSERT INTO adjutant.dismissal (repository, number, fingerprint, login, reason) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (repository, number, fingerprint)
       DO UPDATE SET login = EXCLUDED.login, reason = EXCLUDED.reason, at = now()`,
    [repository.id, number, fingerprint, by, reason],
  );
}

/** Takes a dismissal back; it is remembered as past, with who ended it. Resolves to whether there was one. */
export async function undismiss(
  database: Database,
  { repository, number }: Pull,
  fingerprint: string,
  by: string,
): Promise<boolean> {
  const rows = await database.query(
    `WITH taken AS (
       DELETE FROM adjutant.dismissal WHERE repository = $1 AND number = $2 AND fingerprint = $3 RETURNING *)
     INSERT INTO adjutant.past_dismissal (repository, number, fingerprint, login, reason, at, ended_by)
     SELECT repository, number, fingerprint, login, reason, at, $4 FROM taken RETURNING at`,
    [repository.id, number, fingerprint, by],
  );
  return rows.length > 0;
}

/** The dismissals on a pull request, by fingerprint. */
export async function dismissalsOn(
  database: Database,
  { repository, number }: Pull,
): Promise<ReadonlyMap<string, Dismissal>> {
  const rows = await database.query<{ fingerprint: string; login: string; reason: string; at: Date }>(
    'SELECT fingerprint, login, reason, at FROM adjutant.dismissal WHERE repository = $1 AND number = $2',
    [repository.id, number],
  );
  return new Map(
    rows.map(({ fingerprint, login, reason, at }) => [fingerprint, { fingerprint, by: login, reason, at }]),
  );
}

/** The dismissals on all pull requests of a repository, by fingerprint: what a merge group brings together. */
export async function dismissalsIn(
  database: Database,
  repository: number,
): Promise<ReadonlyMap<string, Dismissal>> {
  const rows = await database.query<{ fingerprint: string; login: string; reason: string; at: Date }>(
    'SELECT fingerprint, login, reason, at FROM adjutant.dismissal WHERE repository = $1 ORDER BY at',
    [repository],
  );
  return new Map(
    rows.map(({ fingerprint, login, reason, at }) => [fingerprint, { fingerprint, by: login, reason, at }]),
  );
}
