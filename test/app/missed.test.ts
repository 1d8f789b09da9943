/** Events that came while the App was down: found in GitHub's record, sent again, done once. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  type PullRequest,
  type Repository,
  type StandInGitHub,
  startGitHub,
} from '../../demo/github/index.ts';
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
  const target = github.deliveries.length;
  github.connect('http://127.0.0.1:1');
  const pull = await open();
  expect(github.deliveries.slice(target)[0]?.statusCode).toBe(502);
  github.connect(`http://127.0.0.1:${app.port}`);
  await reviewed(pull);
  expect(github.checkRuns(pull)).toHaveLength(3);
});
