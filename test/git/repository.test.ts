import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { folderTree } from '../../src/git/folder-tree.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { AUTHOR, COMMITTER, TemporaryRepository } from './temporary-repository.ts';

let files: TemporaryRepository;
let repository: Repository;
let base: string;
let head: string;

beforeAll(async () => {
  files = new TemporaryRepository();
  base = files.commit('base', {
    'mm/a.c': 'a\n',
    'mm/b.c': '1\n2\n3\n4\n5\n',
    'doc.bin': Buffer.from([0, 1, 2]),
  });
  files.git('branch', 'topic');
  files.commit('main: goes on', { 'mm/main.c': 'm\n' });
  files.git('checkout', '-q', 'topic');
  files.commit('mm: change a\n\nWhy ü.\n', { 'mm/a.c': 'b\n' });
  symlinkSync('/etc/passwd', join(files.path, 'link.c'));
  head = files.commit('mm: move b', {
    'mm/b.c': undefined,
    'mm/c ü.c': '1\n2\n3\n4\n5\n6\n',
    'doc.bin': Buffer.from([0, 1, 3]),
  });
  repository = (await openRepository(files.path)) as Repository;
});

afterAll(() => {
  repository.close();
  files.remove();
});

describe('ranges', () => {
  test.each(['main..topic', 'main...topic', 'main..'])('%s starts where both parted', async (range) => {
    expect(await repository.range(range)).toMatchObject({ base, head });
  });

  test('one revision is that commit alone', async () => {
    const parent = files.git('rev-parse', 'topic^').trim();
    expect(await repository.range('topic')).toMatchObject({ base: parent, head });
    expect(await repository.range(undefined)).toMatchObject({ base: parent, head });
  });

  test.each(['nope..topic', 'main..nope', '--all', 'topic..--output=x', 'a\nb'])(
    '%j does not exist',
    async (range) => {
      await expect(repository.range(range)).rejects.toThrow(UserError);
      await expect(repository.range(range)).rejects.toThrow(/no revision/);
    },
  );

  test('a first commit alone needs a range', async () => {
    await expect(repository.range(base)).rejects.toThrow(/no parent/);
  });

  test('histories with nothing in common', async () => {
    files.git('checkout', '-q', '--orphan', 'other');
    files.commit('other', { 'x.c': 'x\n' });
    files.git('checkout', '-q', '-f', 'topic');
    await expect(repository.range('main..other')).rejects.toThrow(/no common commit/);
  });
});

describe('a change', () => {
  test('has the commits, the oldest first', async () => {
    const change = await repository.change(await repository.range('main..topic'));
    expect(change.commits.map(({ message, files: paths }) => [message, paths])).toEqual([
      ['mm: change a\n\nWhy ü.\n', ['mm/a.c']],
      ['mm: move b\n', ['doc.bin', 'link.c', 'mm/b.c', 'mm/c ü.c']],
    ]);
    expect(change.commits[0]).toMatchObject({
      author: AUTHOR,
      committer: COMMITTER,
      authorDate: files.git('log', '-1', '--format=%aI', 'topic^').trim(),
      parents: [base],
    });
  });

  test('has the diff from the merge base, renames found', async () => {
    const { diff } = await repository.change(await repository.range('main..topic'));
    expect(diff.map(({ oldPath, newPath, binary }) => [oldPath, newPath, binary])).toEqual([
      ['doc.bin', 'doc.bin', true],
      [undefined, 'link.c', true],
      ['mm/a.c', 'mm/a.c', false],
      ['mm/b.c', 'mm/c ü.c', false],
    ]);
  });

  test('has trees that are read without a checkout', async () => {
    const change = await repository.change(await repository.range('main..topic'));
    const read = await change.head?.read([
      'mm/a.c',
      'mm/c ü.c',
      'mm/b.c',
      'link.c',
      'mm',
      '../x',
      'mm/a.c/x',
    ]);
    expect([...(read ?? [])].map(([path, bytes]) => [path, Buffer.from(bytes).toString()])).toEqual([
      ['mm/a.c', 'b\n'],
      ['mm/c ü.c', '1\n2\n3\n4\n5\n6\n'],
    ]);
    const listed = files.git('ls-tree', '-r', 'topic^', '--format=%(objectname)', '--', 'mm/b.c').trim();
    expect(await change.base?.list()).toEqual(
      new Map([
        ['doc.bin', files.git('rev-parse', `${base}:doc.bin`).trim()],
        ['mm/a.c', files.git('rev-parse', `${base}:mm/a.c`).trim()],
        ['mm/b.c', listed],
      ]),
    );
  });

  test('has the diff of each commit', async () => {
    const change = await repository.change(await repository.range('main..topic'));
    const [first] = change.commits;
    const diff = await change.commitDiff?.(first?.id ?? '');
    expect(diff?.map((file) => file.newPath)).toEqual(['mm/a.c']);
  });
});

describe('what a repository says about itself does not count', () => {
  test('attributes, drivers, filters, hooks, pagers and aliases run nothing and hide nothing', async () => {
    using hostile = new TemporaryRepository();
    const mark = join(hostile.path, 'was-run');
    const from = hostile.commit('base', { 'a.c': 'int a;\n', 'b.c': 'int b;\n' });
    const to = hostile.commit('change', {
      'a.c': 'int a = 1;\n',
      'b.c': Buffer.from('int b;\0\n'),
      '.gitattributes': '*.c binary diff=evil filter=evil\n',
    });
    for (const name of [
      'diff.evil.textconv',
      'diff.evil.command',
      'filter.evil.smudge',
      'filter.evil.clean',
      'diff.external',
      'core.pager',
      'core.fsmonitor',
      'core.sshCommand',
      'core.askPass',
    ])
      hostile.git('config', name, `touch ${mark}; false`);
    hostile.git('config', 'alias.diff-tree', `!touch ${mark}`);
    hostile.git('config', 'core.hooksPath', hostile.path);
    hostile.git('config', 'diff.noprefix', 'true');
    hostile.git('config', 'log.showSignature', 'true');
    hostile.git('config', 'extensions.worktreeConfig', 'false');
    const opened = (await openRepository(hostile.path)) as Repository;
    try {
      const change = await opened.change(await opened.range(`${from}..${to}`));
      const seen = change.diff.filter((file) => !file.binary).map((file) => file.newPath);
      expect(seen.sort()).toEqual(['.gitattributes', 'a.c', 'b.c']);
      expect(existsSync(mark)).toBe(false);
    } finally {
      opened.close();
    }
  });

  test('an object that a remote has is not fetched', async () => {
    using remote = new TemporaryRepository();
    remote.git('config', 'uploadpack.allowFilter', 'true');
    const id = remote.commit('base', { 'a.c': 'a\n' });
    const folder = mkdtempSync(join(tmpdir(), 'adjutant-partial-'));
    try {
      execFileSync('git', ['clone', '-q', '--bare', '--filter=blob:none', `file://${remote.path}`, folder]);
      const partial = (await openRepository(folder)) as Repository;
      const tree = await partial.tree(id);
      // git 2.39 ends with an error, later ones say that it is missing.
      const read = await tree.read(['a.c']).then(
        (found) => found.size,
        () => 0,
      );
      expect(read).toBe(0);
      expect(execFileSync('git', ['count-objects', '-v'], { cwd: folder, encoding: 'utf8' })).toMatch(
        /^count: 0$/m,
      );
      partial.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('folders', () => {
  test('a folder without a repository', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'adjutant-plain-'));
    try {
      writeFileSync(join(folder, 'a.c'), 'a\n');
      symlinkSync('/etc', join(folder, 'etc'));
      symlinkSync('/etc/passwd', join(folder, 'passwd.c'));
      expect(await openRepository(folder)).toBeUndefined();
      const tree = await folderTree(folder);
      expect([...(await tree.list()).keys()]).toEqual(['a.c']);
      const read = await tree.read(['a.c', 'passwd.c', 'etc/passwd', '../../etc/passwd', 'nope.c', 'a.c/b']);
      expect([...read.keys()]).toEqual(['a.c']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('a folder that is not there', async () => {
    await expect(openRepository('/nonexistent/folder')).rejects.toThrow(UserError);
    await expect(folderTree('/nonexistent/folder')).rejects.toThrow(/no folder/);
  });
});
