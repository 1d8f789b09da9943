/** The branches of a repository that pull requests were reviewed against. */
import type { Database } from './database.ts';

export interface BaseBranch {
  readonly ref: string;
  /** SHA of the branch when it was last reviewed against. */
  readonly tip: string;
}

const MOST = 20;

export async function keepBaseBranch(
  database: Database,
  repository: number,
  branch: BaseBranch,
): Promise<void> {
  await database.query(
    `INSERT INTO adjutant.base_branch (repository, ref, tip) VALUES ($1, $2, $3)
     ON CONFLICT (repository, ref) DO UPDATE SET tip = EXCLUDED.tip, updated = now()`,
    [repository, branch.ref, branch.tip],
  );
}

/** Those reviewed against lately, the latest first. */
export async function baseBranches(database: Database, repository: number): Promise<BaseBranch[]> {
  return database.query<{ ref: string; tip: string }>(
    'SELECT ref, tip FROM adjutant.base_branch WHERE repository = $1 ORDER BY updated DESC, ref LIMIT $2',
    [repository, MOST],
  );
}
