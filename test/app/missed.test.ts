/** Events that came while the App was down: found in GitHub's record, sent again, done once. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  type PullRequest,
  type Repository,
  type StandInGitHub,
  startGitHub,
} from '../../demo/github/index.ts';
import { openDatabase } from '../../src/store/database.ts';
import { startPostgres } from '../store/postgres.ts';
import { broken, driver, files } from './kernel-sample.ts';
import { type RunningApp, startApp } from './running-app.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

let github: StandInGitHub;
let app: RunningApp;
let repository: Repository;
beforeAll(async () => {
  github = await startGitHub();
  app = await startApp(github, { ADJUTANT_SWEEP_SECONDS: '1' });
  repository = await github.createRepository('torvalds/linux', files);
});
afterAll(async () => {
  await app.remove();
  await github.close();
});

async function reviewed(pull: PullRequest): Promise<void> {
  await github.waitFor(() => {
    const runs = github.checkRuns(pull);
    return runs.length > 0 && runs.every((run) => run.status === 'completed');
  }, 120_000);
}

let count = 0;
const open = () =>
  github.createPullRequest(repository, { commits: [driver(`${broken}\nint port_number${++count};\n`)] });
const attempts = (pull: PullRequest) =>
  github.deliveries.filter(
    ({ event, payload }) =>
      event === 'pull_request' && (payload as { number?: number }).number === pull.number,
  );

const firstAnswer = (pull: PullRequest) => attempts(pull)[0]?.statusCode;

test('one that arrived is never asked for again', async () => {
  const pull = await open();
  await reviewed(pull);
  expect(attempts(pull)).toHaveLength(1);
});

test('those of an outage are reviewed after it, each once', async () => {
  await app.kill();
  const pulls = [await open(), await open(), await open()];
  await app.restart();
  for (const pull of pulls) {
    await reviewed(pull);
    expect(attempts(pull).map(({ statusCode, redelivery }) => [statusCode, redelivery])).toEqual([
      [502, false],
      [202, true],
    ]);
    expect(github.checkRuns(pull)).toHaveLength(3);
    expect(github.reviewComments(pull)).toHaveLength(1);
  }
});

test('also where GitHub lost the connection and the App stayed up', async () => {
  github.connect('http://127.0.0.1:1');
  const pull = await open();
  await expect.poll(() => firstAnswer(pull), { timeout: 60_000 }).toBe(502);
  github.connect(`http://127.0.0.1:${app.port}`);
  await reviewed(pull);
  expect(github.checkRuns(pull)).toHaveLength(3);
});

test('an event that a stalled database can not keep is refused in time, and reviewed once later', async () => {
  const postgres = await startPostgres();
  const url = await postgres.createDatabase();
  const other = await startApp(github, { ADJUTANT_SWEEP_SECONDS: '1', DATABASE_URL: url });
  const database = await openDatabase(url, '/nowhere');
  try {
    const stall = database.exec('LOCK TABLE ONLY pgboss.job IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(12)');
    const locks = `SELECT FROM pg_locks WHERE relation = 'pgboss.job'::regclass AND mode = 'AccessExclusiveLock' AND granted`;
    await expect.poll(async () => (await database.query(locks)).length, { timeout: 30_000 }).toBe(1);
    const pull = await open();
    await expect.poll(() => firstAnswer(pull), { timeout: 60_000 }).toBe(503);
    await stall;
    await reviewed(pull);
    expect(github.checkRuns(pull)).toHaveLength(3);
    expect(github.reviewComments(pull)).toHaveLength(1);
  } finally {
    await database.close();
    await other.remove();
    await postgres.stop();
  }
});

test('while the secret is changed, deliveries with the old one and with the new one count', async () => {
  await app.terminate();
  const rotating = await startApp(github, {
    ADJUTANT_SWEEP_SECONDS: '1',
    WEBHOOK_SECRET: 'the-next-secret',
    WEBHOOK_SECRET_PREVIOUS: github.app.webhookSecret,
  });
  try {
    const pull = await open();
    await expect.poll(() => firstAnswer(pull), { timeout: 60_000 }).toBe(202);
    await reviewed(pull);
  } finally {
    await rotating.remove();
  }
  const strict = await startApp(github, { ADJUTANT_SWEEP_SECONDS: '1', WEBHOOK_SECRET: 'the-next-secret' });
  try {
    const pull = await open();
    await expect.poll(() => firstAnswer(pull), { timeout: 60_000 }).toBe(401);
  } finally {
    await strict.remove();
  }
});
