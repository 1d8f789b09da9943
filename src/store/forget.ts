/** Removes all that is kept of a repository: the App was taken away from it. */
import type { Database } from './database.ts';

export async function forgetRepository(database: Database, repository: number): Promise<void> {
  // Findings go with their reviews.
  for (const table of ['review', 'pull_request', 'remark', 'dismissal', 'past_dismissal'])
    await database.query(`DELETE FROM adjutant.${table} WHERE repository = $1`, [repository]);
  await database.query('DELETE FROM adjutant.repository WHERE id = $1', [repository]);
}
