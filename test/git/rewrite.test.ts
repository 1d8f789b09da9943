import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { rewriteCommit, rewriteMessages } from '../../src/git/rewrite.ts';
import { TemporaryRepository } from './temporary-repository.ts';

let scratch: TemporaryRepository;
let repository: Repository;
let base: string;

beforeEach(async () => {
  scratch = new TemporaryRepository();
  base = scratch.commit('net: begin', { file: '0\n' });
  const opened = await openRepository(scratch.path);
  if (opened === undefined) throw new Error('no repository');
  repository = opened;
});

afterEach(() => {
  repository.close();
  scratch.remove();
});

const header = (id: string) =>
  scratch
    .git('cat-file', 'commit', id)
    .split('\n\n')[0]
    ?.replace(/^parent .*\n/gm, '');
const message = (id: string) => scratch.git('log', '-1', '--format=%B', id).trimEnd();
const range = (head: string, headName = 'main') => ({ base, head, headName });

describe('rewriting messages', () => {
  test('keeps tree, people and dates, moves the branch, and leaves a way back', async () => {
    const one = scratch.commit('net: one', { file: '1\n' });
    const two = scratch.commit(`net: two\n\nFixes: ${one.slice(0, 12)} ("net: one")`, { file: '2\n' });
    const rewritten = await rewriteMessages(repository, range(two), new Map([[one, 'net: first\n']]));
    const [now, first] = scratch.git('rev-list', '--max-count=2', 'main').trim().split('\n') as [
      string,
      string,
    ];
    expect(rewritten).toMatchObject({ branch: 'refs/heads/main', before: two, after: now, unsigned: [] });
    expect(message(first)).toBe('net: first');
    expect(message(now)).toBe(`net: two\n\nFixes: ${first.slice(0, 12)} ("net: one")`);
    expect(header(first)).toBe(header(one));
    expect(header(now)).toBe(header(two));
    expect(scratch.git('rev-parse', rewritten.backup).trim()).toBe(two);
    expect(scratch.git('status', '--porcelain')).toBe('');
    scratch.git('fsck', '--strict');
    scratch.git('update-ref', rewritten.branch, rewritten.backup);
    expect(scratch.git('rev-parse', 'main').trim()).toBe(two);
  });

  test('keeps merges as they are', async () => {
    const one = scratch.commit('net: one', { file: '1\n' });
    scratch.git('checkout', '-q', '-b', 'side', base);
    const side = scratch.commit('net: side', { other: '1\n' });
    scratch.git('checkout', '-q', 'main');
    scratch.git('merge', '-q', '--no-ff', '-m', 'Merge side', 'side');
    const merge = scratch.git('rev-parse', 'HEAD').trim();
    const { after, renamed } = await rewriteMessages(
      repository,
      range(merge),
      new Map([[one, 'net: first\n']]),
    );
    expect(scratch.git('rev-parse', `${after}^1`, `${after}^2`).trim().split('\n')).toEqual([
      renamed.get(one),
      side,
    ]);
    expect(header(after)).toBe(header(merge));
  });

  test('refuses commits that others have', async () => {
    const one = scratch.commit('net: one', { file: '1\n' });
    scratch.git('update-ref', 'refs/remotes/origin/main', one);
    const two = scratch.commit('net: two', { file: '2\n' });
    await expect(rewriteMessages(repository, range(two), new Map([[one, 'x\n']]))).rejects.toThrow(
      /is published/,
    );
    await rewriteMessages(repository, range(two), new Map([[two, 'net: second\n']]));
    expect(message('main')).toBe('net: second');
  });

  test('refuses what is no local branch, and a rebase under way', async () => {
    const one = scratch.commit('net: one', { file: '1\n' });
    await expect(rewriteMessages(repository, range(one, one), new Map([[one, 'x\n']]))).rejects.toThrow(
      /moves a branch/,
    );
    scratch.write({ '.git/rebase-merge/head-name': 'x' });
    await expect(rewriteMessages(repository, range(one), new Map([[one, 'x\n']]))).rejects.toThrow(
      /finish it first/,
    );
    expect(scratch.git('rev-parse', 'main').trim()).toBe(one);
  });

  test('takes the second backup beside the first', async () => {
    const one = scratch.commit('net: one', { file: '1\n' });
    const first = await rewriteMessages(repository, range(one), new Map([[one, 'net: a\n']]));
    const second = await rewriteMessages(
      repository,
      range(first.after),
      new Map([[first.after, 'net: b\n']]),
    );
    expect([first.backup, second.backup]).toEqual([
      'refs/adjutant/before-fix/main/1',
      'refs/adjutant/before-fix/main/2',
    ]);
  });
});

describe('the bytes of a commit', () => {
  const head = (extra = '') =>
    `tree ${'a'.repeat(40)}\nparent ${'b'.repeat(40)}\nauthor A <a@x> 1 +0000\ncommitter C <c@x> 2 +0000\n${extra}`;

  test('lose a signature that no longer holds, and nothing else', () => {
    const signed = `${head('gpgsig -----BEGIN\n line\n -----END\nencoding UTF-8\n')}\nold\n`;
    const { bytes, signed: was } = rewriteCommit(Buffer.from(signed), new Map(), 'new\n');
    expect(bytes.toString()).toBe(`${head('encoding UTF-8\n')}\nnew\n`);
    expect(was).toBe(true);
  });

  test('in latin-1 become UTF-8 with their new message', () => {
    const old = Buffer.from(
      `${head('encoding ISO-8859-1\n').replace('author A', 'author J\xf6rg')}\nold\n`,
      'latin1',
    );
    const { bytes } = rewriteCommit(old, new Map(), 'n\u00f6\n');
    expect(bytes.toString('utf8')).toBe(`${head().replace('author A', 'author Jörg')}\nnö\n`);
  });

  test('are the same where nothing is to be changed', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (body) => {
        const bytes = Buffer.concat([Buffer.from(`${head()}\n`), Buffer.from(body)]);
        expect(rewriteCommit(bytes, new Map(), undefined).bytes.equals(bytes)).toBe(true);
      }),
    );
  });
});
