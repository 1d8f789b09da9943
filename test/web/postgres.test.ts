/** The pages and their figures on a real PostgreSQL, which gives numbers and times in other forms than PGlite. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLinks } from '../../src/jobs/links.ts';
import { budgets, keepBudget } from '../../src/store/budget.ts';
import { keepDiskUse } from '../../src/store/findings.ts';
import { startQueue } from '../../src/store/queue.ts';
import { type Postgres, startPostgres } from '../store/postgres.ts';
import { ADMIN, FIRST, KEY, keptReviews, METRICS, NUMBER, pagesOn, REPOSITORY } from './kept-reviews.ts';

let postgres: Postgres;
let kept: Awaited<ReturnType<typeof keptReviews>>;
let queue: Awaited<ReturnType<typeof startQueue>>;

beforeAll(async () => {
  postgres = await startPostgres();
  kept = await keptReviews(await postgres.createDatabase());
  queue = await startQueue(kept.database, () => undefined);
});
afterAll(async () => {
  await queue?.stop(0);
  await kept?.close();
  await postgres?.stop();
});

test('every page opens, and says the same', async () => {
  const pages = pagesOn(kept.database, { queue });
  const links = createLinks('', KEY, 1);
  const pull = { repository: REPOSITORY, number: NUMBER };
  const text = async (address: string, headers = {}) => {
    const response = await pages.request(address, { headers });
    expect(response.status).toBe(200);
    return response.text();
  };
  expect(await text(links.finding(pull, FIRST, 0))).toMatch(/mended in 222222222222/);
  expect(await text(links.pull(pull))).toMatch(/<b>1<\/b> open/);

  await keepDiskUse(kept.database, REPOSITORY.id, { mirror: 12_000_000, index: 5e9, indexed: new Date() });
  const body = new URLSearchParams({ token: ADMIN });
  const signedIn = await pages.request('/dashboard/sign-in', { method: 'POST', body });
  const dashboard = await text('/dashboard', { cookie: signedIn.headers.get('set-cookie') ?? '' });
  expect(dashboard).toContain('5.0 GB');
  expect(dashboard).toMatch(/<b>2<\/b> reviewed today/);
  const metrics = await text('/metrics', { authorization: `Bearer ${METRICS}` });
  expect(metrics).toContain('adjutant_verdict_seconds_count 2');
  expect(metrics).toContain('adjutant_index_bytes{repository="maintainer/linux"} 5000000000');
});

test('requests to GitHub add up, and what is left is full again after the reset', async () => {
  const budget = { installation: 5, resource: 'core', limit: 5000, remaining: 40 };
  const later = new Date(Date.now() + 60_000);
  await keepBudget(kept.database, { ...budget, reset: later, requests: 3 });
  await keepBudget(kept.database, { ...budget, reset: later, requests: 4 });
  expect(await budgets(kept.database)).toEqual([{ ...budget, reset: later, requests: 7 }]);
  await keepBudget(kept.database, { ...budget, reset: new Date(Date.now() - 1000), requests: 1 });
  expect(await budgets(kept.database)).toMatchObject([{ remaining: 5000, requests: 8 }]);
});
