/** What is done now and then by one process for all, and how far it has come. */
import type { Database } from './database.ts';

/** Whether it is this process's turn: false where one, this or another, took it less than `seconds` ago. */
export async function takeTurn(database: Database, name: string, seconds: number): Promise<boolean> {
  const rows = await database.query(
    `INSERT INTO adjutant.sweep (name, taken) VALUES ($1, now())
     ON CONFLICT (name) DO UPDATE SET taken = now() WHERE adjutant.sweep.taken <= now() - $2 * interval '1 second'
     RETURNING name`,
    [name, seconds],
  );
  return rows.length > 0;
}

/** Everything before that time (milliseconds since 1970) is done; undefined at the first sweep. */
export async function sweptUntil(database: Database, name: string): Promise<number | undefined> {
  const [row] = await database.query<{ until: string | number | null }>(
    'SELECT extract(epoch FROM done_until) * 1000 AS until FROM adjutant.sweep WHERE name = $1',
    [name],
  );
  return row?.until == null ? undefined : Number(row.until);
}

export async function keepSwept(database: Database, name: string, until: number): Promise<void> {
  await database.query('UPDATE adjutant.sweep SET done_until = to_timestamp($2) WHERE name = $1', [
    name,
    until / 1000,
  ]);
}
