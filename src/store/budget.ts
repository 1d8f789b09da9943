/** What GitHub says is left of an installation's rate limits, and how many requests were made. */
import type { Database } from './database.ts';

export interface Budget {
  readonly installation: number;
  /** `core`, `graphql`, … as GitHub names it. */
  readonly resource: string;
  readonly limit: number;
  readonly remaining: number;
  /** When all of it is there again. */
  readonly reset: Date;
  /** Requests since there is a record. */
  readonly requests: number;
}

/** Keeps what the last answer said; `requests` are added to those before. */
export async function keepBudget(database: Database, budget: Budget): Promise<void> {
  const { installation, resource, limit, remaining, reset, requests } = budget;
  await database.query(
    `INSERT INTO adjutant.budget (installation, resource, "limit", remaining, reset, requests)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (installation, resource) DO UPDATE SET "limit" = EXCLUDED."limit", remaining = EXCLUDED.remaining,
       reset = EXCLUDED.reset, requests = adjutant.budget.requests + EXCLUDED.requests`,
    [installation, resource, limit, remaining, reset.toISOString(), requests],
  );
}

export async function budgets(database: Database): Promise<Budget[]> {
  const rows = await database.query<Record<keyof Budget, number | string> & { reset: Date }>(
    'SELECT * FROM adjutant.budget ORDER BY installation, resource',
  );
  return rows.map((row) => ({
    installation: Number(row.installation),
    resource: String(row.resource),
    limit: Number(row.limit),
    // Past its reset all of it is there again, whoever asked last.
    remaining: row.reset.getTime() < Date.now() ? Number(row.limit) : Number(row.remaining),
    reset: row.reset,
    requests: Number(row.requests),
  }));
}
