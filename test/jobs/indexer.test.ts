import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createIndexer } from '../../src/jobs/indexer.ts';

const dir = mkdtempSync(join(tmpdir(), 'adjutant-indexer-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const limits = { memory: 2048, cacheDir: join(dir, 'cache') };

function quietLog() {
  const lines: string[] = [];
  const write = (_: object, message: string) => void lines.push(message);
  return { lines, info: write, warn: write, error: write };
}

function repository(): { gitDir: string; commit: string } {
  const folder = mkdtempSync(join(dir, 'repository-'));
  const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', '-c', 'commit.gpgsign=false'];
  const git = (...args: string[]) =>
    execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8' }).trim();
  git('init', '--quiet');
  mkdirSync(join(folder, 'lib'));
  for (let n = 0; n < 2050; n++) writeFileSync(join(folder, `lib/f${n}.c`), `int f${n};\n`);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'start');
  return { gitDir: join(folder, '.git'), commit: git('rev-parse', 'HEAD') };
}

test('reviews wait while it is made, and not after', async () => {
  const { gitDir, commit } = repository();
  const log = quietLog();
  const indexer = createIndexer(limits, log);
  expect(indexer.isAwaited(gitDir)).toBe(false);
  indexer.request(gitDir, commit, true);
  expect(indexer.isAwaited(gitDir)).toBe(true);
  expect(indexer.isAwaited(join(dir, 'other'))).toBe(false);
  await indexer.idle();
  expect(indexer.isAwaited(gitDir)).toBe(false);
  expect(indexer.hasFailed(gitDir)).toBe(false);
  indexer.request(gitDir, commit, false);
  await indexer.idle();
  expect(log.lines).toEqual(['the index of a base branch is up to date']);
});

test('one that can not be made is said, and reviews go without', async () => {
  const log = quietLog();
  const indexer = createIndexer(limits, log);
  const gitDir = join(dir, 'nothing');
  mkdirSync(gitDir);
  indexer.request(gitDir, 'f'.repeat(40), true);
  await indexer.idle();
  expect(indexer.isAwaited(gitDir)).toBe(false);
  expect(indexer.hasFailed(gitDir)).toBe(true);
  expect(log.lines).toEqual([expect.stringMatching(/could not be indexed/)]);
  indexer.request(gitDir, 'f'.repeat(40), true);
  expect(indexer.isAwaited(gitDir)).toBe(false);
});

test('one that is made and yet missed ends the waiting', async () => {
  const { gitDir, commit } = repository();
  const indexer = createIndexer(limits, quietLog());
  indexer.request(gitDir, commit, true);
  await indexer.idle();
  indexer.request(gitDir, commit, true);
  expect(indexer.isAwaited(gitDir)).toBe(false);
  expect(indexer.hasFailed(gitDir)).toBe(true);
});

test('it stops when the process does', async () => {
  const { gitDir, commit } = repository();
  const log = quietLog();
  const indexer = createIndexer(limits, log);
  indexer.request(gitDir, commit, true);
  indexer.stop();
  await indexer.idle();
  expect(log.lines).toEqual([]);
});
