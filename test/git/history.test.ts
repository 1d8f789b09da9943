import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GitHistory, openHistory } from '../../src/git/history.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { TemporaryRepository } from './temporary-repository.ts';

const NOWHERE = 'deadbeef'.repeat(5);
let scratch: TemporaryRepository;
let ids: Record<'root' | 'base' | 'bug' | 'side' | 'fix', string>;
const clones: string[] = [];

beforeAll(() => {
  scratch = new TemporaryRepository();
  const root = scratch.commit('net: begin', {
    '.mailmap': 'Ann Author <ann@example.org> <ann@old.example.org>\n',
  });
  const base = scratch.commit('net: phy: add the thing\n\nText.', { 'phy.c': '1\n' });
  const bug = scratch.commit('net: phy: bring a bug', { 'phy.c': '2\n' });
  scratch.git('checkout', '-q', '-b', 'side', base);
  const side = scratch.commit('net: aside', { 'side.c': '1\n' });
  scratch.git('checkout', '-q', 'main');
  const tag = `Fixes: ${bug.slice(0, 12)} ("net: phy: bring a bug")`;
  const fix = scratch.commit(`net: phy: fix\n\n${tag}`, { 'phy.c': '3\n' });
  scratch.git('tag', '-a', '-m', 'a tag', 'v1', base);
  ids = { root, base, bug, side, fix };
});

afterAll(() => {
  scratch.remove();
  for (const clone of clones) rmSync(clone, { recursive: true, force: true });
});

async function withHistory<T>(
  dir: string,
  run: (history: GitHistory, repository: Repository) => Promise<T>,
  options: Parameters<typeof openHistory>[1] = {},
): Promise<T> {
  const repository = await openRepository(dir);
  if (repository === undefined) throw new Error('no repository');
  const history = await openHistory(repository, options);
  try {
    return await run(history, repository);
  } finally {
    await history.close();
    repository.close();
  }
}

function clone(...args: string[]): string {
  const dir = mkdtempSync(join(tmpdir(), 'adjutant-clone-'));
  clones.push(dir);
  scratch.git('config', 'uploadpack.allowFilter', 'true');
  execFileSync('git', ['clone', '-q', ...args, `file://${scratch.path}`, dir], { stdio: 'pipe' });
  return dir;
}

describe('a whole repository', () => {
  test('knows which commits exist, by whole and by short names', () =>
    withHistory(scratch.path, async (history) => {
      const answers = await history.commits([ids.bug, ids.base.slice(0, 9), NOWHERE, 'deadbeef']);
      expect(answers.get(ids.bug)).toMatchObject({
        state: 'found',
        commit: { id: ids.bug, subject: 'net: phy: bring a bug' },
      });
      expect(answers.get(ids.base.slice(0, 9))).toMatchObject({ state: 'found', commit: { id: ids.base } });
      expect(answers.get(NOWHERE)).toEqual({ state: 'missing' });
      expect(answers.get('deadbeef')).toEqual({ state: 'missing' });
    }));

  test('takes neither a blob nor a tag for a commit, and no option for a name', () =>
    withHistory(scratch.path, async (history) => {
      const blob = scratch.git('rev-parse', 'HEAD:phy.c').trim();
      const tag = scratch.git('rev-parse', 'v1').trim();
      const answers = await history.commits([blob, tag, '--all', 'HEAD', 'main\nHEAD']);
      expect(answers.get(blob)).toEqual({ state: 'missing' });
      expect(answers.get(tag)).toEqual({ state: 'missing' });
      for (const name of ['--all', 'HEAD', 'main\nHEAD'])
        expect(answers.get(name)).toEqual({ state: 'unknown' });
    }));

  test('finds commits by their subject on every branch', () =>
    withHistory(scratch.path, async (history) => {
      const found = await history.withSubjects(['net: aside', 'net: phy: bring a bug', 'net:', '--all']);
      expect([...found.keys()].sort()).toEqual(['net: aside', 'net: phy: bring a bug']);
      expect(found.get('net: aside')?.map((commit) => commit.id)).toEqual([ids.side]);
    }));

  test('finds a subject with characters that a pattern would read otherwise', async () => {
    using odd = new TemporaryRepository();
    const subject = 'net: a.c: (b) [c] {1,2} | ^d$ *+? \\1 \\(e\\) "f"';
    const id = odd.commit(`${subject}\n\nText.`, {});
    odd.commit('net: a-c: b', {});
    await withHistory(odd.path, async (history) => {
      const found = await history.withSubjects([subject, 'net: a.c: b', 'x'.repeat(2_000), '']);
      expect([...found].map(([text, commits]) => [text, commits.map((commit) => commit.id)])).toEqual([
        [subject, [id]],
      ]);
    });
  });

  test('has the list of mistakes that the tree keeps', async () => {
    using kernel = new TemporaryRepository();
    kernel.commit('net: begin', {
      'scripts/spelling.txt': '# mistake||correction\nrecieve||receive\nx y||z\n',
    });
    await withHistory(kernel.path, async (history) => {
      expect([...history.misspellings()]).toEqual([['recieve', 'receive']]);
    });
    await withHistory(scratch.path, async (history) => expect(history.misspellings().size).toBe(0));
  });

  test('knows what is below what', () =>
    withHistory(
      scratch.path,
      async (history) => {
        const pairs = [
          [ids.bug, ids.fix],
          [ids.root, ids.fix],
          [ids.side, ids.fix],
          [ids.fix, ids.bug],
          [ids.fix, ids.fix],
        ] as const;
        expect(await history.ancestry(pairs)).toEqual([true, true, false, false, false]);
      },
      { at: ids.root },
    ));

  test('tells the subjects of the commits that touched a path', () =>
    withHistory(scratch.path, async (history) => {
      const subjects = await history.subjectsTouching(['phy.c', 'none.c']);
      expect(subjects.get('phy.c')).toEqual([
        'net: phy: fix',
        'net: phy: bring a bug',
        'net: phy: add the thing',
      ]);
      expect(subjects.get('none.c')).toEqual([]);
    }));

  test('applies .mailmap', () =>
    withHistory(scratch.path, async (history) => {
      expect(history.canonical({ name: 'A. A.', email: 'ann@OLD.example.org' })).toEqual({
        name: 'Ann Author',
        email: 'ann@example.org',
      });
    }));

  test('finds later fixes, and compares changes', () =>
    withHistory(scratch.path, async (history) => {
      const fixes = await history.fixesOf([ids.bug, ids.base]);
      expect([...fixes.keys()]).toEqual([ids.bug]);
      expect(fixes.get(ids.bug)?.map((commit) => commit.id)).toEqual([ids.fix]);
      scratch.git('checkout', '-q', '-b', 'picked', ids.base);
      scratch.git('cherry-pick', '-x', ids.bug);
      const picked = scratch.git('rev-parse', 'HEAD').trim();
      scratch.git('checkout', '-q', 'main');
      const changes = await history.patchIds([ids.bug, picked, ids.fix]);
      expect(changes.get(picked)).toBe(changes.get(ids.bug));
      expect(changes.get(ids.fix)).not.toBe(changes.get(ids.bug));
      const diffs = await history.diffs([ids.bug, picked, 'f'.repeat(40)]);
      expect([...diffs.keys()]).toEqual([ids.bug, picked]);
      expect(diffs.get(ids.bug)).toMatchObject([{ newPath: 'phy.c', hunks: [{ lines: ['-1', '+2'] }] }]);
      expect(diffs.get(picked)).toEqual(diffs.get(ids.bug));
    }));

  test('looks only below the tip that it is told', () =>
    withHistory(
      scratch.path,
      async (history) => {
        const answers = await history.commits([ids.side, ids.base]);
        expect(answers.get(ids.side)).toEqual({ state: 'missing' });
        expect(answers.get(ids.base)).toMatchObject({ state: 'found' });
      },
      { within: ids.fix },
    ));
});

describe('history that is not at hand', () => {
  test('is unknown in a shallow repository, never missing', () =>
    withHistory(clone('--depth=1'), async (history) => {
      const answers = await history.commits([ids.base, NOWHERE, ids.fix]);
      expect(answers.get(ids.base)).toEqual({ state: 'unknown' });
      expect(answers.get(NOWHERE)).toEqual({ state: 'unknown' });
      expect(answers.get(ids.fix)).toMatchObject({ state: 'found' });
      expect(await history.ancestry([[ids.base, ids.fix]])).toEqual([undefined]);
    }));

  test('is looked up in a partial clone without the remote, which is gone', async () => {
    const dir = clone('--filter=tree:0', '--no-checkout');
    execFileSync('git', ['remote', 'set-url', 'origin', 'file:///nonexistent/gone.git'], { cwd: dir });
    await withHistory(dir, async (history) => {
      const names = Array.from({ length: 150 }, (_, index) => index.toString(16).padStart(40, 'e'));
      const answers = await history.commits([...names, ids.bug]);
      expect(answers.get(ids.bug)).toMatchObject({
        state: 'found',
        commit: { subject: 'net: phy: bring a bug' },
      });
      expect(answers.get(names[0] ?? '')).toEqual({ state: 'missing' });
      expect(
        await history.ancestry([
          [ids.bug, ids.fix],
          [ids.side, ids.fix],
        ]),
      ).toEqual([true, false]);
      expect((await history.withSubjects(['net: aside'])).get('net: aside')?.length).toBe(1);
      expect(await history.subjectsTouching(['phy.c'])).toEqual(new Map());
    });
  });

  test('is unknown where a filter may leave out commits', async () => {
    const dir = clone('--filter=blob:none', '--no-checkout');
    execFileSync('git', ['config', 'remote.origin.partialclonefilter', 'object:type=blob'], { cwd: dir });
    await withHistory(dir, async (history) => {
      expect((await history.commits([NOWHERE])).get(NOWHERE)).toEqual({ state: 'unknown' });
    });
  });
});
