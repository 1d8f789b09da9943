/** Short forms of `npm run bench:stress`: processes are killed, GitHub fails, and nothing is lost or done twice. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seeded } from '../../bench/stress/seeded.ts';
import { type StressOptions, stress } from '../../bench/stress/stress.ts';
import { type Postgres, startPostgres } from '../store/postgres.ts';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const TIMEOUT = 600_000;
const nothingWrong = { lost: 0, duplicates: 0, wrong: 0, violations: [] };

async function run(options: Omit<StressOptions, 'random'>, seed: number) {
  const result = await stress({ ...options, random: seeded(seed) });
  expect(result).toMatchObject({ ...nothingWrong, pulls: options.pulls, kills: options.kills });
  return result;
}

test(
  'everything in one process, killed again and again',
  () => run({ pulls: 3, kills: 2, faults: 0 }, 1),
  TIMEOUT,
);

test(
  'a web and two workers on one PostgreSQL, one of them killed now and then',
  async () =>
    run({ pulls: 4, kills: 3, faults: 0, workers: 2, databaseUrl: await postgres.createDatabase() }, 2),
  TIMEOUT,
);

test(
  'a third of all requests to GitHub fail',
  async () => {
    const { faults, requests } = await run({ pulls: 2, kills: 0, faults: 0.3 }, 3);
    expect(faults).toBeGreaterThan(requests / 10);
  },
  TIMEOUT,
);
