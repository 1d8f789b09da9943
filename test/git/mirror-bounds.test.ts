import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { fetchPullRequest, holdMirror, mirrorDir } from '../../src/git/mirror.ts';
import { boundMirrors, makeRoom } from '../../src/git/mirror-bounds.ts';
import { runGit } from '../../src/git/run.ts';
import { startHttpRemote } from './http-remote.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'adjutant-bounds-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** A mirror of so many bytes that was used so many minutes ago. */
function mirror(repository: number, bytes: number, minutes: number): string {
  const gitDir = mirrorDir(dataDir, repository);
  mkdirSync(join(gitDir, 'objects/pack'), { recursive: true });
  writeFileSync(join(gitDir, 'objects/pack/pack-1.pack'), Buffer.alloc(bytes));
  const used = new Date(Date.now() - minutes * 60_000);
  utimesSync(gitDir, used, used);
  return gitDir;
}

test('those that were not used for longest go, until the rest is small enough', async () => {
  const [old, middle, young] = [mirror(1, 1000, 30), mirror(2, 1000, 20), mirror(3, 1000, 10)];
  expect(await boundMirrors(dataDir, { bytes: 2500, free: 0 })).toEqual([old]);
  expect([old, middle, young].map((gitDir) => existsSync(gitDir))).toEqual([false, true, true]);
  expect(await boundMirrors(dataDir, { bytes: 2500, free: 0 })).toEqual([]);
});

test('one that is read stays, whatever its size', async () => {
  const [old, young] = [mirror(1, 1000, 30), mirror(2, 1000, 10)];
  const release = holdMirror(old);
  expect(await boundMirrors(dataDir, { bytes: 0, free: 0 })).toEqual([young]);
  release();
  expect(await boundMirrors(dataDir, { bytes: 0, free: 0 })).toEqual([old]);
});

test('what a process that died in the middle left is removed', async () => {
  mkdirSync(join(dataDir, 'mirrors/.gone-7.git'), { recursive: true });
  await boundMirrors(dataDir, { bytes: 1e9, free: 0 });
  expect(readdirSync(join(dataDir, 'mirrors'))).toEqual([]);
});

test('where nothing makes enough room, that is a clear error', async () => {
  const unused = mirror(1, 1000, 30);
  await makeRoom(dataDir, { bytes: 0, free: 0 });
  expect(existsSync(unused)).toBe(true);
  const full = makeRoom(dataDir, { bytes: 1e9, free: Number.MAX_SAFE_INTEGER });
  await expect(full).rejects.toBeInstanceOf(UserError);
  await expect(full).rejects.toThrow(/^The disk of Adjutant is full \(\d+ MiB left, it needs \d+ MiB\)/);
  expect(existsSync(unused)).toBe(false);
});

test('a mirror of many packs becomes one of few, without what was closed, and is made anew after it went', async () => {
  const remote = await startHttpRemote('ghs_token');
  try {
    const gitDir = mirrorDir(dataDir, 42);
    remote.commit('base.c', 'int base;\n');
    const base = remote.git('rev-parse', 'HEAD');
    const fetch = async (pull: number) => {
      remote.git('checkout', '-q', '-B', `topic${pull}`, base);
      remote.commit('new.c', `int a${pull};\n`);
      const head = remote.git('rev-parse', 'HEAD');
      remote.git('update-ref', `refs/pull/${pull}/head`, head);
      const wanted = { pull, base, baseTip: base, head, ahead: 1 };
      await fetchPullRequest(gitDir, { url: remote.url, token: 'ghs_token' }, wanted);
      return head;
    };
    const heads: string[] = [];
    for (let pull = 1; pull <= 52; pull++) heads.push(await fetch(pull));
    await runGit(['update-ref', '-d', 'refs/adjutant/pull/1/head'], { gitDir });
    await boundMirrors(dataDir, { bytes: 1e9, free: 0 });
    const packs = readdirSync(join(gitDir, 'objects/pack')).filter((name) => name.endsWith('.pack'));
    expect(packs.length).toBeLessThan(3);
    const there = (sha = '') =>
      runGit(['cat-file', '-e', sha], { gitDir }).then(
        () => true,
        () => false,
      );
    expect(await Promise.all([there(heads[0]), there(heads[1]), there(heads[51])])).toEqual([
      false,
      true,
      true,
    ]);
    await boundMirrors(dataDir, { bytes: 0, free: 0 });
    expect(existsSync(gitDir)).toBe(false);
    expect(await there(await fetch(53))).toBe(true);
  } finally {
    await remote.stop();
  }
}, 120_000);
