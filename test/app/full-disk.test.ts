/** The App on a disk that is full: it says so, loses nothing, and goes on when there is room. */
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type PullRequest,
  type Repository,
  type StandInGitHub,
  startGitHub,
} from '../../demo/github/index.ts';
import { smallDisk } from '../small-disk.ts';
import { broken, driver, files } from './kernel-sample.ts';
import { type RunningApp, startApp } from './running-app.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const { folder, mounted } = smallDisk('800m');
const MIB = 2 ** 20;

describe.runIf(mounted)('a full disk', () => {
  let github: StandInGitHub;
  let app: RunningApp;
  let repository: Repository;
  beforeAll(async () => {
    github = await startGitHub();
    app = await startApp(github, {
      ADJUTANT_DATA_DIR: join(folder, 'data'),
      ADJUTANT_SWEEP_SECONDS: '1',
    });
    repository = await github.createRepository('torvalds/linux', files);
  });
  afterAll(async () => {
    await app.remove();
    await github.close();
  });

  const ballast = join(folder, 'ballast');
  /** Leaves so many MiB free. */
  function fill(mib: number): void {
    rmSync(ballast, { recursive: true, force: true });
    mkdirSync(ballast);
    const free = () => {
      const { bavail, bsize } = statfsSync(folder);
      return Math.floor((bavail * bsize) / MIB);
    };
    for (let n = 0; free() > mib; n++) {
      writeFileSync(join(ballast, String(n)), Buffer.alloc(Math.min(16, free() - mib) * MIB));
    }
  }
  const empty = () => rmSync(ballast, { recursive: true, force: true });

  const reviewed = (pull: PullRequest) =>
    github.waitFor(() => {
      const all = github.checkRuns(pull);
      return all.length === 3 && all.every((run) => run.status === 'completed');
    }, 120_000);

  test('with no room for a mirror the review waits, and is done when there is some', async () => {
    fill(300);
    const pull = await github.createPullRequest(repository, { commits: [driver(broken)] });
    await expect
      .poll(() => app.output, { timeout: 60_000 })
      .toMatch(/The disk of Adjutant is full \(\d+ MiB left/);
    empty();
    await reviewed(pull);
    expect(github.checkRuns(pull).map(({ conclusion }) => conclusion)).toContain('failure');
    expect(github.reviewComments(pull)).toHaveLength(1);
  });

  test('with none for the database an event is refused, and asked for again later', async () => {
    fill(30);
    const pull = await github.createPullRequest(repository, {
      commits: [driver(`${broken}\nint port_number;\n`)],
    });
    await github.settled();
    expect(github.deliveries.at(-1)?.statusCode).toBe(503);
    expect(github.checkRuns(pull)).toEqual([]);
    empty();
    await reviewed(pull);
    expect(github.reviewComments(pull)).toHaveLength(1);
  });

  test('the database is whole afterwards', async () => {
    await app.kill();
    await app.restart();
    const pull = await github.createPullRequest(repository, {
      commits: [driver(`${broken}\nint port_other;\n`)],
    });
    await reviewed(pull);
    expect(github.checkRuns(pull)).toHaveLength(3);
  });
});
