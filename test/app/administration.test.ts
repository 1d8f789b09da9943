/** What an administrator asks of a running service: its jobs, and the doctor. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
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

const CLI = join(import.meta.dirname, '../../src/cli.ts');
let github: StandInGitHub;
let app: RunningApp;
let repository: Repository;
beforeAll(async () => {
  github = await startGitHub({
    permissions: {
      metadata: 'read',
      contents: 'read',
      checks: 'write',
      pull_requests: 'write',
      issues: 'write',
    },
  });
  // No analysis gets by with so little: each pull request is poison.
  app = await startApp(github, { ADJUTANT_REVIEW_MEMORY: '64' });
  repository = await github.createRepository('torvalds/linux', files);
});
afterAll(async () => {
  await app.remove();
  await github.close();
});

function adjutant(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const env = {
    PATH: process.env.PATH,
    HOME: app.dataDir,
    ...github.env,
    ADJUTANT_DATA_DIR: join(app.dataDir, 'data'),
    ADJUTANT_CACHE_DIR: join(app.dataDir, 'cache'),
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { env, cwd: app.dataDir }, (error, out, err) =>
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

const ended = (pull: PullRequest, runs: number) =>
  github.waitFor(() => {
    const all = github.checkRuns(pull);
    return all.length === runs && all.every((run) => run.status === 'completed');
  }, 120_000);

interface Job {
  readonly id: string;
  readonly state: string;
}
const jobs = async () => JSON.parse((await adjutant('jobs', '--json')).out) as Job[];

let pull: PullRequest;

test('a review that outlives its limit is tried once more, then ends as one that could not be done', async () => {
  expect(await adjutant('jobs')).toMatchObject({
    status: 0,
    out: 'Nothing waits, and nothing was given up.\n',
  });
  pull = await github.createPullRequest(repository, { commits: [driver(broken)] });
  await ended(pull, 3);
  for (const run of github.checkRuns(pull)) {
    expect(run).toMatchObject({ conclusion: 'failure', title: 'could not review' });
    expect(run.summary).toMatch(/needed more than 64 MiB of memory/);
  }
  expect(app.output.match(/a job is put back/g)).toHaveLength(1);
});

test('adjutant jobs lists it with its reason, and has it done again', async () => {
  await expect
    .poll(async () => (await jobs()).map(({ state }) => state), { timeout: 90_000 })
    .toEqual(['given up']);
  const listed = await adjutant('jobs');
  expect(listed.status).toBe(1);
  expect(listed.out).toMatch(/review +given up .* torvalds\/linux#1 +The review was stopped: .* memory/);
  const [{ id } = { id: '' }] = await jobs();
  expect(await adjutant('jobs', '--retry', id)).toMatchObject({ status: 0, out: '1 job is done again.\n' });
  await ended(pull, 6);
  await expect
    .poll(async () => (await jobs()).map(({ state }) => state), { timeout: 90_000 })
    .toEqual(['given up']);
  expect((await jobs())[0]?.id).not.toBe(id);
});

test('an id that is not there, or is none, is a clear error', async () => {
  const missing = await adjutant('jobs', '--retry', '00000000-0000-4000-8000-000000000000');
  expect(missing).toMatchObject({
    status: 2,
    err: expect.stringMatching(/^adjutant: There is no job .*\n$/),
  });
  const none = await adjutant('jobs', '--retry', '7; DROP TABLE');
  expect(none).toMatchObject({
    status: 2,
    err: expect.stringMatching(/^adjutant: --retry takes the id .*\n$/),
  });
});

test('the doctor finds a healthy service, and what was given up', async () => {
  const { status, out } = await adjutant('doctor');
  expect(out).toMatch(/ok {4}git: git version/);
  expect(out).toMatch(/ok {4}database: embedded/);
  expect(out).toMatch(/look {2}given up: 1\n +adjutant jobs shows why/);
  expect(out).toMatch(/ok {4}credentials: GitHub knows the App as adjutant/);
  expect(out).toMatch(/ok {4}permissions of the App: all that reviews need/);
  expect(out).toMatch(/ok {4}events: all/);
  expect(out).toMatch(/ok {4}sign-in: off/);
  expect(out).toMatch(/ok {4}deliveries: \d+ in the last day, 0 not taken; the last was answered 202/);
  expect(out).not.toMatch(/BAD/);
  expect(status).toBe(0);
});

test('the doctor says what is wrong, and how to mend it', async () => {
  github.setPermissions({ metadata: 'read', contents: 'read', checks: 'read' });
  await app.terminate();
  await github.createPullRequest(repository, { commits: [driver(`${broken}\nint port_number;\n`)] });
  const { status, out } = await adjutant('doctor');
  expect(status).toBe(1);
  expect(out).toMatch(
    /BAD {3}permissions of the App: checks: write, pull_requests: write, issues: read missing/,
  );
  expect(out).toMatch(
    /BAD {3}deliveries: \d+ in the last day, [1-9]\d* not taken; the last was answered 502\n +GitHub does not reach/,
  );
  expect(out).toMatch(/ok {4}database/);
  for (const secret of github.secrets()) expect(out).not.toContain(secret);
});

test('the jobs are there without a running service too', async () => {
  expect((await jobs()).map(({ state }) => state)).toEqual(['given up']);
});

test('wrong credentials are told from an unreachable GitHub', async () => {
  const url = github.env.GHE_HOST;
  await github.close();
  const { status, out } = await adjutant('doctor');
  expect(status).toBe(1);
  expect(out).toMatch(/BAD {3}credentials: GitHub can't be reached/);
  expect(out).toContain('DNS, proxy, firewall, GHE_HOST');
  expect(url).toMatch(/^127|^localhost/);
});
