import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Change } from '../../src/git/change.ts';
import { fetchPullRequest, forgetPullRequest, mirrorDir } from '../../src/git/mirror.ts';
import { openRepository } from '../../src/git/repository.ts';
import { type HttpRemote, startHttpRemote } from './http-remote.ts';

const TOKEN = 'ghs_secretSECRETsecret0123456789';
let remote: HttpRemote;
let dataDir: string;
let gitDir: string;

beforeEach(async () => {
  remote = await startHttpRemote(TOKEN);
  dataDir = mkdtempSync(join(tmpdir(), 'adjutant-mirror-'));
  gitDir = mirrorDir(dataDir, 42);
  for (let i = 0; i < 5; i++) remote.commit('base.c', `int base${i};\n`);
});
afterEach(async () => {
  await remote.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Makes a pull request of what is checked out, and fetches it as a review would. */
async function fetchPull(pull: number, token = TOKEN) {
  const head = remote.git('rev-parse', 'HEAD');
  remote.git('update-ref', `refs/pull/${pull}/head`, head);
  const base = remote.git('merge-base', 'main', head);
  const baseTip = remote.git('rev-parse', 'main');
  const ahead = Number(remote.git('rev-list', '--count', `main..${head}`));
  const wanted = { pull, base, baseTip, head, ahead };
  const commits = await fetchPullRequest(gitDir, { url: remote.url, token }, wanted);
  return { base, head, commits };
}

interface Ends {
  base: string;
  head: string;
  commits: string[] | undefined;
}

async function changeOf({ base, head, commits }: Ends): Promise<Change> {
  const repository = await openRepository(gitDir);
  if (repository === undefined) throw new Error('no mirror');
  return repository.change({ base, head, baseName: base, headName: head }, commits);
}

const subjects = (change: Change) => change.commits.map((commit) => commit.message.split('\n')[0]);

describe('a pull request in the mirror', () => {
  test('has its commits, its diff and both trees, also when the base branch went on', async () => {
    remote.git('checkout', '-q', '-b', 'topic');
    remote.commit('new.c', 'int a;\n', 'first');
    remote.commit('new.c', 'int b;\n', 'second');
    remote.git('checkout', '-q', 'main');
    remote.commit('base.c', 'int later;\n');
    remote.git('checkout', '-q', 'topic');
    const change = await changeOf(await fetchPull(1));
    expect(subjects(change)).toEqual(['first', 'second']);
    expect(change.diff.map((file) => file.newPath)).toEqual(['new.c']);
    const text = await change.base?.read(['base.c']);
    expect(Buffer.from(text?.get('base.c') ?? []).toString()).toBe('int base4;\n');
  });

  test('has all of its commits when the base branch was merged into it, and says that mainline is among them', async () => {
    remote.git('checkout', '-q', '-b', 'topic');
    remote.commit('new.c', 'int a;\n', 'first');
    remote.git('checkout', '-q', 'main');
    for (let i = 0; i < 4; i++) remote.commit('base.c', `int mainline${i};\n`, 'mainline');
    remote.git('checkout', '-q', 'topic');
    remote.git('merge', '-q', '--no-edit', '-m', 'merge', 'main');
    remote.commit('new.c', 'int b;\n', 'second');
    const ends = await fetchPull(1);
    expect(ends.commits).toBeUndefined();
    const commits = remote.git('rev-list', '--reverse', 'main..topic').split('\n');
    expect(subjects(await changeOf({ ...ends, commits }))).toEqual(['first', 'merge', 'second']);
  });

  test('grows by pushes and survives a force-push', async () => {
    remote.git('checkout', '-q', '-b', 'topic');
    remote.commit('new.c', 'int a;\n', 'first');
    await fetchPull(1);
    remote.commit('new.c', 'int b;\n', 'second');
    expect(subjects(await changeOf(await fetchPull(1)))).toEqual(['first', 'second']);
    remote.git('reset', '-q', '--hard', 'main');
    remote.commit('new.c', 'int c;\n', 'rewritten');
    expect(subjects(await changeOf(await fetchPull(1)))).toEqual(['rewritten']);
  });

  test('may stand on another one', async () => {
    remote.git('checkout', '-q', '-b', 'topic');
    remote.commit('new.c', 'int a;\n', 'first');
    remote.commit('new.c', 'int b;\n', 'second');
    const below = await fetchPull(1);
    remote.commit('new.c', 'int c;\n', 'third');
    const above = await fetchPull(2);
    expect(subjects(await changeOf(above))).toEqual(['first', 'second', 'third']);
    expect(subjects(await changeOf(below))).toEqual(['first', 'second']);
  });

  test('is fetched once: the same head again asks nothing, also with the remote gone', async () => {
    remote.git('checkout', '-q', '-b', 'topic');
    remote.commit('new.c', 'int a;\n');
    const ends = await fetchPull(1);
    const before = remote.requests;
    await fetchPull(1);
    expect(remote.requests).toBe(before);
    await remote.stop();
    expect((await changeOf(ends)).commits).toHaveLength(1);
    remote = await startHttpRemote(TOKEN);
  });

  test('and ten others at once', async () => {
    const pulls = [];
    for (let pull = 1; pull <= 10; pull++) {
      remote.git('checkout', '-q', '-b', `topic${pull}`, 'main');
      remote.commit(`new${pull}.c`, 'int a;\n', `subject ${pull}`);
      pulls.push(fetchPull(pull));
    }
    for (const [index, ends] of (await Promise.all(pulls)).entries()) {
      expect(subjects(await changeOf(ends))).toEqual([`subject ${index + 1}`]);
    }
  });
});

describe('a mirror', () => {
  beforeEach(() => {
    remote.git('checkout', '-q', '-b', 'topic');
    remote.commit('new.c', 'int a;\n');
  });

  test('that a killed git left locked is opened all the same', async () => {
    mkdirSync(join(gitDir, 'objects/pack'), { recursive: true });
    writeFileSync(join(gitDir, 'shallow.lock'), '');
    writeFileSync(join(gitDir, 'objects/pack/tmp_pack_x'), 'half');
    await fetchPull(1);
    expect(readdirSync(join(gitDir, 'objects/pack')).some((name) => name.startsWith('tmp_'))).toBe(false);
  });

  test('forgets a closed pull request', async () => {
    await fetchPull(1);
    await forgetPullRequest(gitDir, 1);
    await forgetPullRequest(mirrorDir(dataDir, 43), 1);
    expect(execFileSync('git', ['for-each-ref'], { cwd: gitDir, encoding: 'utf8' })).toBe('');
  });

  test('a ref or SHA of somebody else’s choosing is no option and no path', async () => {
    const sha = 'a'.repeat(40);
    const wanted = {
      pull: 1,
      base: '--upload-pack=touch x',
      baseTip: sha,
      baseRef: 'main',
      head: sha,
      ahead: 1,
    };
    await expect(fetchPullRequest(gitDir, { url: remote.url, token: TOKEN }, wanted)).rejects.toThrow(
      /full SHAs/,
    );
  });
});

test('the token is in no argument, no file and no message', async () => {
  remote.git('checkout', '-q', '-b', 'topic');
  remote.commit('new.c', 'int a;\n');
  // A git before git, that writes down how it was called.
  const bin = join(dataDir, '..', `${basename(dataDir)}-bin`);
  mkdirSync(bin);
  const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
  writeFileSync(join(bin, 'git'), `#!/bin/sh\necho "$@" >>${bin}/calls\nexec ${real} "$@"\n`, {
    mode: 0o755,
  });
  const path = process.env.PATH;
  process.env.PATH = `${bin}:${path}`;
  try {
    await fetchPull(1);
    remote.commit('new.c', 'int b;\n');
    const refused = await fetchPull(1, 'ghs_wrongWRONGwrong').catch((error: Error) => error);
    expect(refused).toBeInstanceOf(Error);
    expect(String((refused as Error).stack)).not.toMatch(/ghs_|Basic /);
  } finally {
    process.env.PATH = path;
  }
  const calls = readFileSync(join(bin, 'calls'), 'utf8');
  rmSync(bin, { recursive: true });
  expect(calls).toMatch(/ fetch .*--end-of-options http/);
  const secrets = [TOKEN, Buffer.from(`x-access-token:${TOKEN}`).toString('base64')];
  const files = (readdirSync(dataDir, { recursive: true }) as string[])
    .map((name) => join(dataDir, name))
    .filter((name) => statSync(name).isFile());
  expect(files.length).toBeGreaterThan(3);
  for (const text of [calls, ...files.map((name) => readFileSync(name, 'latin1'))]) {
    for (const secret of secrets) expect(text).not.toContain(secret);
  }
});
