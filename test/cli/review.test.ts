import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { b4Am } from '../git/b4-mailbox.ts';
import { AUTHOR, COMMITTER, TemporaryRepository } from '../git/temporary-repository.ts';
import { runCli } from './run-cli.ts';

const GOOD = `struct foo {
	int x;
};
struct foo *find_foo(int id);
void log_foo(struct foo *f);

int use_foo(int id)
{
	struct foo *f = find_foo(id);

	if (!f)
		return -1;
	log_foo(f);
	return f->x;
}
`;
const BAD = GOOD.replace('\t\treturn -1;\n', '\t\treturn f->x;\n');
const MESSAGE = `foo: look again

The caller knows.

Signed-off-by: ${AUTHOR.name} <${AUTHOR.email}>
Signed-off-by: ${COMMITTER.name} <${COMMITTER.email}>`;

let files: TemporaryRepository;
let plain: string;
let patch: string;
let reverse: string;
let mbox: string;

beforeAll(() => {
  files = new TemporaryRepository();
  files.commit('base', { 'lib/foo.c': GOOD });
  files.git('tag', 'base');
  files.commit(MESSAGE, { 'lib/foo.c': BAD });
  plain = mkdtempSync(join(tmpdir(), 'adjutant-cli-'));
  const diff = files.git('diff', 'base', 'HEAD');
  patch = join(plain, 'bad.patch');
  writeFileSync(patch, diff);
  reverse = join(plain, 'good.patch');
  writeFileSync(reverse, files.git('diff', 'HEAD', 'base'));
  mbox = join(plain, 'series.mbox');
  writeFileSync(mbox, files.git('format-patch', '--stdout', '--cover-letter', 'base..HEAD'));
});

afterAll(() => {
  files.remove();
  rmSync(plain, { recursive: true, force: true });
});

interface Json {
  version: number;
  findings: { rule: string; path: string; line: number; function: string; commit?: string }[];
  fixed: { rule: string }[];
  limits: string[];
}

async function json(args: readonly string[], cwd?: string): Promise<Json & { status: number }> {
  const { status, out, err } = await runCli([...args, '--format', 'json'], cwd === undefined ? {} : { cwd });
  expect(err).toBe('');
  return { status, ...(JSON.parse(out) as Json) };
}

describe('review', () => {
  test('of a range: the finding, its commit, and status 1', async () => {
    const { status, version, findings, fixed } = await json(['review', 'base..HEAD', '--repo', files.path]);
    expect({ status, version, fixed }).toEqual({ status: 1, version: 1, fixed: [] });
    expect(findings).toMatchObject([
      {
        rule: 'null-deref/known-null',
        path: 'lib/foo.c',
        line: 12,
        function: 'use_foo',
        commit: files.git('rev-parse', 'HEAD').trim(),
      },
    ]);
  });

  test('of the last commit of the repository around, without arguments', async () => {
    expect((await json(['review'], join(files.path, 'lib'))).findings).toHaveLength(1);
  });

  test('of what goes away: fixed, and status 0', async () => {
    const { status, findings, fixed } = await json(['review', '--patch', reverse, '--repo', files.path]);
    expect({ status, findings }).toEqual({ status: 0, findings: [] });
    expect(fixed).toMatchObject([{ rule: 'null-deref/known-null' }]);
  });

  test('of a patch on a revision, and from standard input', async () => {
    expect((await json(['review', 'base', '--patch', patch, '--repo', files.path])).findings).toHaveLength(1);
    const { status } = await runCli(['review', 'base', '--patch', '-', '--repo', files.path], {
      input: readFileSync(patch),
    });
    expect(status).toBe(1);
  });

  test('of a patch on a plain tree', async () => {
    const tree = mkdtempSync(join(tmpdir(), 'adjutant-tree-'));
    try {
      files.git('checkout-index', '-a', '-f', `--prefix=${tree}/`);
      writeFileSync(join(tree, 'lib/foo.c'), GOOD);
      expect((await json(['review', '--patch', patch, '--repo', tree])).findings).toHaveLength(1);
      const here = await json(['review', '--patch', patch], tree);
      expect([here.findings.length, here.limits]).toEqual([1, []]);
      expect(readFileSync(join(tree, 'lib/foo.c'), 'utf8')).toBe(GOOD);
    } finally {
      rmSync(tree, { recursive: true });
    }
  });

  test('of a patch alone, which says what that leaves out', async () => {
    const { status, findings, limits } = await json(['review', '--patch', patch], plain);
    expect(status).toBe(1);
    expect(findings).toMatchObject([{ rule: 'null-deref/known-null', line: 12, function: 'use_foo' }]);
    expect(limits).toEqual([expect.stringMatching(/^No source tree/)]);
  });

  test('of a mailbox, message and all', async () => {
    const { findings } = await json(['review', 'base', '--mbox', mbox, '--repo', files.path]);
    expect(findings.filter(({ rule }) => rule.startsWith('null-deref/'))).toHaveLength(1);
    const unsigned = readFileSync(mbox, 'utf8').replaceAll(/^Signed-off-by: .*\n/gm, '');
    const { out } = await runCli(
      ['review', 'base', '--mbox', '-', '--repo', files.path, '--format', 'json'],
      { input: unsigned },
    );
    expect((JSON.parse(out) as Json).findings.map(({ rule }) => rule)).toContain('trailers/signoff-missing');
  });

  test('of what b4 am saved, on HEAD where it applies and on its base commit where it does not', async () => {
    using series = new TemporaryRepository();
    const base = series.commit('base', { 'lib/foo.c': GOOD });
    series.commit(MESSAGE, { 'lib/foo.c': BAD });
    const saved = join(plain, 'v2_series.mbx');
    writeFileSync(saved, b4Am(series, base));
    const command = ['review', '--mbox', saved, '--repo', series.path];
    series.git('reset', '-q', '--hard', base);
    const onHead = await json(command);
    expect(onHead.findings).toMatchObject([{ rule: 'null-deref/known-null', line: 12 }]);
    expect(onHead.limits).not.toContainEqual(expect.stringMatching(/base-commit/));

    series.commit('foo: another way', { 'lib/foo.c': GOOD.replaceAll('use_foo', 'take_foo') });
    series.write({ 'lib/foo.c': 'int gone;\n' });
    series.commit('foo: gone', {});
    const onBase = await json(command);
    expect(onBase.findings).toMatchObject([{ rule: 'null-deref/known-null', line: 12 }]);
    expect(onBase.limits).toContainEqual(
      `The series does not apply to HEAD: it was reviewed on its base-commit, ${base.slice(0, 12)}.`,
    );

    writeFileSync(saved, readFileSync(saved, 'utf8').replaceAll(base, '1'.repeat(40)));
    expect((await runCli(command)).err).toMatch(/It was made on 1{40}, which this repository does not have/);
  });

  test('a patch without a message has no trailer findings', async () => {
    const { findings } = await json(['review', 'base', '--patch', patch, '--repo', files.path]);
    expect(findings.filter(({ rule }) => rule.startsWith('trailers/'))).toEqual([]);
  });

  test.each([
    ['error', 1],
    ['never', 0],
  ])('--fail-on %s ends with %i', async (level, status) => {
    expect((await runCli(['review', 'base..HEAD', '--repo', files.path, '--fail-on', level])).status).toBe(
      status,
    );
  });

  test('in every form', async () => {
    const ask = (format: string) =>
      runCli(['review', 'base..HEAD', '--repo', files.path, '--format', format]);
    expect((await ask('text')).out).toMatch(
      /^error\[null-deref\/known-null\]: [\s\S]*1 error introduced .*\n$/,
    );
    expect((await ask('markdown')).out).toMatch(/^# 1 error introduced\n/);
    expect((await ask('github')).out).toMatch(/^::error file=lib\/foo\.c,line=12,/);
    expect(JSON.parse((await ask('sarif')).out)).toMatchObject({
      version: '2.1.0',
      runs: [{ results: [{ ruleId: 'null-deref/known-null' }] }],
    });
  });

  test('the configuration of the base holds, not that of the change', async () => {
    using repository = new TemporaryRepository();
    repository.commit('base', {
      'lib/foo.c': GOOD,
      '.github/adjutant.yml': 'checkers:\n  trailers: { enabled: false }\n',
    });
    repository.commit(MESSAGE, { 'lib/foo.c': BAD, '.github/adjutant.yml': 'advisory: true\n' });
    expect((await runCli(['review', '--repo', repository.path])).status).toBe(1);
    repository.commit(MESSAGE, { 'lib/foo.c': GOOD });
    repository.commit(MESSAGE, { 'lib/foo.c': BAD });
    expect((await runCli(['review', '--repo', repository.path])).status).toBe(0);
    const own = join(plain, 'own.yml');
    writeFileSync(own, 'rules: { null-deref/known-null: off }\nadvisory: false\n');
    const { out } = await runCli(['review', '--repo', repository.path, '--config', own, '--format', 'json']);
    expect((JSON.parse(out) as Json).findings).toEqual([]);
  });
});

describe('audit', () => {
  test('all findings of files and folders', async () => {
    expect((await json(['audit', '--repo', files.path, 'lib/foo.c'])).findings).toHaveLength(1);
    expect((await json(['audit', '--repo', files.path, 'lib'])).findings).toHaveLength(1);
    expect((await json(['audit', 'foo.c'], join(files.path, 'lib'))).findings).toHaveLength(1);
  });

  test('after a patch, of its own files or of others', async () => {
    expect(await json(['audit', '--repo', files.path, '--patch', reverse])).toMatchObject({
      status: 0,
      findings: [],
    });
    expect(await json(['audit', '--repo', files.path, '--patch', reverse, 'lib/foo.c'])).toMatchObject({
      status: 0,
      findings: [],
    });
  });
});

describe('batch', () => {
  test('writes each commit with what is found in it, the newest first', async () => {
    using repository = new TemporaryRepository();
    repository.commit('base', { 'lib/foo.c': GOOD });
    repository.git('tag', 'base');
    const bad = repository.commit(MESSAGE, { 'lib/foo.c': BAD });
    const good = repository.commit(MESSAGE.replace('look', 'go'), { 'lib/foo.c': GOOD });
    const out = join(plain, 'batch.md');
    expect(await runCli(['batch', 'base..HEAD', '--repo', repository.path, '--out', out])).toMatchObject({
      status: 0,
      out: '',
    });
    const text = readFileSync(out, 'utf8');
    expect(text).toMatch(/^# Linux Kernel Commit Batch Analysis\n\n## Commit 1: /);
    const [, first = '', second = ''] = text.split(/^## Commit \d: /m);
    expect(first.slice(0, 8)).toBe(good.slice(0, 8));
    expect(second.slice(0, 8)).toBe(bad.slice(0, 8));
    expect(first).toContain('**Findings:** none');
    expect(first).toContain('**Fixed:**');
    expect(second).toContain('`null-deref/known-null` at `lib/foo.c:12');
    for (const section of [first, second]) {
      expect(section).toContain(`**Author:** ${AUTHOR.name}\n**Date:** 2023-11-1`);
      expect(section).toContain('**Files Changed:** lib/foo.c\n');
      expect(section).toContain('**Message:**\n```\nfoo: ');
      expect(section).toContain('**Diff:**\n```diff\ndiff --git a/lib/foo.c b/lib/foo.c\n');
    }
  });
});

describe('explain', () => {
  test('a rule, by its id or its last part', async () => {
    const { status, out } = await runCli(['explain', 'null-deref/known-null']);
    expect([status, out.split('\n')[0]]).toEqual([0, 'null-deref/known-null (error)']);
    expect((await runCli(['explain', 'known-null'])).out).toBe(out);
  });
});

describe('bad input ends with status 2 and one clear line', () => {
  const bad = (name: string, content: string) => {
    const file = join(plain, name);
    writeFileSync(file, content);
    return file;
  };

  test.each<[string, () => string[], RegExp]>([
    [
      'a patch that does not apply',
      () => ['review', 'base', '--patch', reverse, '--repo', files.path],
      /does not apply: hunk 1 of lib\/foo\.c/,
    ],
    [
      'a patch for another tree',
      () => [
        'review',
        '--patch',
        bad('o.patch', '--- a/nope.c\n+++ b/nope.c\n@@ -1 +1 @@\n-a\n+b\n'),
        '--repo',
        files.path,
      ],
      /changes nope\.c, which is not in the tree/,
    ],
    ['a file without a diff', () => ['review', '--patch', bad('n.patch', 'hello\n')], /no diff/],
    [
      'a truncated patch',
      () => ['review', '--patch', bad('t.patch', readFileSync(patch, 'utf8').slice(0, -10))],
      /truncated/,
    ],
    [
      'a truncated mailbox',
      () => ['review', '--mbox', bad('t.mbox', readFileSync(mbox, 'utf8').slice(0, -40))],
      /truncated/,
    ],
    [
      'a mailbox without patches',
      () => ['review', '--mbox', bad('e.mbox', 'Subject: hello\n\nHi.\n')],
      /no patch/,
    ],
    ['a file that is not there', () => ['review', '--patch', join(plain, 'nope.patch')], /no file/],
    ['a range that does not exist', () => ['review', 'base..nope', '--repo', files.path], /no revision nope/],
    [
      'a range that is an option',
      () => ['review', '--repo', files.path, '--', '--upload-pack=x'],
      /no revision --upload-pack=x/,
    ],
    ['an empty range', () => ['review', 'HEAD..HEAD', '--repo', files.path], /nothing to review/],
    ['a folder that is not there', () => ['review', '--repo', join(plain, 'nope')], /no folder/],
    ['a folder that is no repository', () => ['review', '--repo', plain], /not a git repository/],
    ['a repository that is a file', () => ['review', '--repo', patch], /no folder/],
    ['two inputs', () => ['review', '--patch', patch, '--mbox', mbox], /exclude each other/],
    [
      'a configuration that is not there',
      () => ['review', '--repo', files.path, '--config', join(plain, 'nope.yml')],
      /can't be read \(ENOENT\)/,
    ],
    [
      'a configuration with an unknown key',
      () => ['review', '--repo', files.path, '--config', bad('u.yml', 'advisory: true\nfailon: x\n')],
      /u\.yml:2:1: unknown key "failon"/,
    ],
    [
      'a configuration that is no YAML',
      () => ['review', '--repo', files.path, '--config', bad('y.yml', 'a: [\n')],
      /y\.yml:\d+:\d+: /,
    ],
    ['an audit of nothing', () => ['audit', '--repo', files.path], /what to audit/],
    [
      'an audit of a file that is not there',
      () => ['audit', '--repo', files.path, 'lib/nope.c'],
      /no file lib\/nope\.c/,
    ],
    [
      'an audit outside the tree',
      () => ['audit', '--repo', files.path, '../../etc/passwd.c'],
      /outside the tree/,
    ],
    ['a rule that does not exist', () => ['explain', 'null-deref/nope'], /no rule null-deref\/nope/],
    ['an unknown option', () => ['review', '--nope'], /unknown option '--nope'/],
    ['an unknown command', () => ['reviev'], /unknown command 'reviev'/],
    ['an unknown format', () => ['review', '--format', 'xml'], /--format/],
    ['an unknown level', () => ['review', '--fail-on', 'fatal'], /--fail-on/],
    ['a batch without a range', () => ['batch'], /missing required argument/],
  ])('%s', async (_name, args, message) => {
    const { status, out, err } = await runCli(args(), { cwd: plain });
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(message);
    expect(err).toMatch(/^adjutant: [^\n]+\n$/);
    expect(err).not.toContain('internal');
  });

  test('the configuration in the tree', async () => {
    using repository = new TemporaryRepository();
    repository.commit('base', { '.github/adjutant.yml': 'comment-limit: many\n' });
    repository.commit(MESSAGE, { 'a.c': 'int a;\n' });
    const { status, err } = await runCli(['review', '--repo', repository.path]);
    expect([status, err]).toEqual([
      2,
      expect.stringMatching(/^adjutant: \.github\/adjutant\.yml:1:16: comment-limit must be/),
    ]);
  });

  test('help and version are no errors', async () => {
    expect(await runCli(['--version'])).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      err: '',
    });
    expect((await runCli(['review', '--help'])).status).toBe(0);
  });
});
