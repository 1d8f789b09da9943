/** What was said on a pull request, by fingerprint; GitHub has the words. And the newest head that was heard of. */
import type { Database } from './database.ts';

interface Pull {
  readonly repository: { readonly id: number };
  readonly number: number;
}

/** Fingerprints of every finding that was ever said there. */
export async function saidOn(database: Database, { repository, number }: Pull): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ fingerprint: string }>(
    'SELECT fingerprint FROM adjutant.remark WHERE repository = $1 AND number = $2',
    [repository.id, number],
  );
  return new Set(rows.map((row) => row.fingerprint));
}

export async function keepSaid(
  database: Database,
  { repository, number }: Pull,
  head: string,
  fingerprints: readonly string[],
): Promise<void> {
  await database.query(
    `INSERT INTO adjutant.remark (repository, number, fingerprint, head)
     SELECT $1, $2, fingerprint, $3 FROM unnest($4::text[]) AS fingerprint ON CONFLICT DO NOTHING`,
    [repository.id, number, head, fingerprints],
  );
}

/**
 * Remembers the newest head, so that a review of an older one can stop. One that is older than what is known changes
 * nothing.
 * @param updated when the pull request became so, as GitHub says; where that is not known it counts as the newest
 */
export async function keepHead(
  database: Database,
  { repository, number }: Pull,
  head: string,
  updated?: string,
): Promise<void> {
  await database.query(
    `INSERT INTO adjutant.pull_request AS known (repository, number, head, updated) VALUES ($1, $2, $3, $4)
     ON CONFLICT (repository, number) DO UPDATE SET head = EXCLUDED.head, updated = EXCLUDED.updated
     WHERE known.updated IS NULL OR EXCLUDED.updated IS NULL OR known.updated <= EXCLUDED.updated`,
    [repository.id, number, head, updated ?? null],
  );
}

export async function newestHead(
  database: Database,
  { repository, number }: Pull,
): Promise<string | undefined> {
  const [row] = await database.query<{ head: string }>(
    'SELECT head FROM adjutant.pull_request WHERE repository = $1 AND number = $2',
    [repository.id, number],
  );
  return row?.head;
}
