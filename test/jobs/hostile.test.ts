/** Changes that are made to break a reviewer: each ends within its limits, with a result or a clear reason. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultConfiguration } from '../../src/config/default-configuration.ts';
import { UserError } from '../../src/errors.ts';
import { type Analysis, analyse } from '../../src/jobs/analysis.ts';
import { ChildStopped } from '../../src/jobs/child.ts';

const dir = mkdtempSync(join(tmpdir(), 'adjutant-hostile-'));
const gitDir = join(dir, 'repository.git');
const limits = { seconds: 120, memory: 2048, cacheDir: join(dir, 'cache') };
const PERSON = 'Eve <eve@example.org> 1700000000 +0000';
const SIGNED = 'a: change\n\nBecause.\n\nSigned-off-by: Eve <eve@example.org>\n';
const BAD = 'int f(struct a *p)\n{\n\tif (!p)\n\t\treturn p->x;\n\treturn 0;\n}\n';

const git = (...args: string[]) =>
  execFileSync('git', [`--git-dir=${gitDir}`, ...args], { encoding: 'utf8' }).trim();

beforeAll(async () => {
  execFileSync('git', ['init', '--quiet', '--bare', gitDir]);
  await commit('refs/heads/base', { 'a.c': 'int f(void)\n{\n\treturn 0;\n}\n' }, SIGNED, null);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

type File = string | Buffer | { readonly mode: string; readonly content: string };

/** By fast-import: names and contents that git itself would not add. */
async function commit(
  ref: string,
  files: Readonly<Record<string, File>>,
  message: string,
  from: string | null = 'refs/heads/base',
): Promise<string> {
  const child = spawn('git', [`--git-dir=${gitDir}`, 'fast-import', '--quiet', '--force'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const write = (part: string | Buffer) =>
    new Promise<void>(
      (resolve) => void (child.stdin.write(part) ? resolve() : child.stdin.once('drain', resolve)),
    );
  const text = Buffer.from(message);
  await write(`commit ${ref}\nauthor ${PERSON}\ncommitter ${PERSON}\ndata ${text.length}\n`);
  await write(text);
  await write(from === null ? '\n' : `\nfrom ${from}^0\n`);
  for (const [path, file] of Object.entries(files)) {
    const { mode, content } =
      typeof file === 'string' || Buffer.isBuffer(file) ? { mode: '100644', content: file } : file;
    const name = JSON.stringify(path);
    if (mode === '160000') await write(`M 160000 ${content} ${name}\n`);
    else {
      const bytes = Buffer.from(content as string);
      await write(`M ${mode} inline ${name}\ndata ${bytes.length}\n`);
      await write(bytes);
      await write('\n');
    }
  }
  child.stdin.end();
  expect(await ended).toBe(0);
  return git('rev-parse', ref);
}

let count = 0;
async function reviewed(files: Readonly<Record<string, File>>, message = SIGNED): Promise<Analysis> {
  const head = await commit(`refs/heads/change${++count}`, files, message);
  const base = git('rev-parse', 'refs/heads/base');
  const request = {
    gitDir,
    base,
    head,
    configuration: defaultConfiguration,
    limits: [],
    commits: [head],
    needsIndex: false,
  };
  return (await analyse(request, limits)) as Analysis;
}

/** The same, where the limits may end it: what it ended with is a sentence for people. */
async function bounded(files: Readonly<Record<string, File>>, message = SIGNED): Promise<string> {
  try {
    const { report } = await reviewed(files, message);
    return `reviewed: ${report.findings.map(({ rule }) => rule).join()}`;
  } catch (error) {
    if (!(error instanceof ChildStopped || error instanceof UserError)) throw error;
    return error.message;
  }
}

const rules = ({ report }: Analysis) => report.findings.map(({ rule }) => rule);

describe('a change is read within its limits', { timeout: 180_000 }, () => {
  test('of 100 MB', async () => {
    const line = `int filler = 0x${'0'.repeat(80)};\n`;
    const part = line.repeat(Math.ceil(2_000_000 / line.length));
    const files = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`big/f${n}.c`, part]));
    expect(await bounded(files)).toMatch(/^reviewed: |^the analysis (took|needed)|too large/);
  });

  test('of 100,000 files', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 100_000 }, (_, n) => [`d${n % 300}/f${n}.txt`, `${n}\n`]),
    );
    expect(await bounded({ ...files, 'b.c': BAD })).toMatch(/^reviewed: .*null-deref\/known-null/);
  });

  test('with a line of 10 MB', async () => {
    const line = `int big = ${'1 + '.repeat(2_500_000)}1;\n`;
    expect(rules(await reviewed({ 'line.c': line, 'b.c': BAD }))).toContain('null-deref/known-null');
  });

  test('with headers that include themselves and each other', async () => {
    const files = {
      'include/linux/self.h': '#include <linux/self.h>\n#include <linux/other.h>\n',
      'include/linux/other.h':
        '#include <linux/self.h>\n#include "../linux/other.h"\n#include "../../../etc/passwd"\n',
      'b.c': `#include <linux/self.h>\n${BAD}`,
    };
    expect(rules(await reviewed(files))).toContain('null-deref/known-null');
  });

  test('with macros that would expand for ever, and one that would fill the memory', async () => {
    const doubling = Array.from({ length: 64 }, (_, n) => `#define M${n + 1}(x) M${n}(x) M${n}(x)\n`).join(
      '',
    );
    const endless = '#define A(x) B(x)\n#define B(x) A(x)\n#define M0(x) x;\n';
    const use = 'void g(void)\n{\n\tA(1);\n\tM64(lock());\n}\n';
    expect(rules(await reviewed({ 'b.c': `${endless}${doubling}${use}${BAD}` }))).toContain(
      'null-deref/known-null',
    );
  });

  test('with a hundred thousand levels of brackets, and as many branches', async () => {
    const deep = `int g(void)\n{\n\treturn ${'('.repeat(100_000)}1${')'.repeat(100_000)};\n}\n`;
    const blocks = `void h(void)\n{\n${'{'.repeat(50_000)}${'}'.repeat(50_000)}\n}\n`;
    const branches = `void i(int x)\n{\n${'\tif (x) x++; else x--;\n'.repeat(20_000)}}\n`;
    expect(rules(await reviewed({ 'deep.c': `${deep}${blocks}${branches}`, 'b.c': BAD }))).toContain(
      'null-deref/known-null',
    );
  });

  test('with a message of 10 MB', async () => {
    const message = `a: change\n\n${'word '.repeat(1_000_000)}\n${'Reviewed-by: A <a@example.org>\n'.repeat(160_000)}`;
    expect(await bounded({ 'b.c': BAD }, message)).toMatch(/^reviewed: |^the analysis/);
  });
});

describe('what a change names stays inside', { timeout: 120_000 }, () => {
  test('names with dashes, newlines, quotes, blanks and dots are only names', async () => {
    const names = [
      '--output=owned.c',
      '-rf.c',
      'a\nb.c',
      'quo"te.c',
      ' lead.c',
      'dir/..c',
      '$(touch owned).c',
      '`touch owned`.c',
      ':(glob)**.c',
    ];
    const analysis = await reviewed(Object.fromEntries(names.map((name) => [name, BAD])));
    const found = analysis.report.findings.filter(({ rule }) => rule === 'null-deref/known-null');
    expect(new Set(found.map(({ path }) => path))).toEqual(new Set(names));
    for (const place of [process.cwd(), dir, gitDir]) expect(existsSync(join(place, 'owned.c'))).toBe(false);
    expect(existsSync('owned')).toBe(false);
  });

  test('a symbolic link is a text, not what it points to', async () => {
    const files = {
      'link.c': { mode: '120000', content: '/etc/passwd' },
      'include/linux/out.h': { mode: '120000', content: '../../../../../../etc/hostname' },
      'b.c': `#include <linux/out.h>\n#include "link.c"\n${BAD}`,
    };
    const { report } = await reviewed(files);
    expect(JSON.stringify(report)).not.toMatch(/root:x:/);
    expect(report.findings.map(({ rule }) => rule)).toContain('null-deref/known-null');
  });

  test('attributes, filters, submodules, hooks and LFS of the change do nothing', async () => {
    const analysis = await reviewed({
      '.gitattributes': '*.c binary filter=evil diff=evil merge=evil -text\n*.h filter=lfs\n',
      '.gitmodules': '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c touch% owned\n',
      x: { mode: '160000', content: '1'.repeat(40) },
      '.gitconfig': '[filter "evil"]\n\tsmudge = touch owned\n',
      'hooks/post-checkout': '#!/bin/sh\ntouch owned\n',
      '.lfsconfig': '[lfs]\n\turl = http://127.0.0.1:1/\n',
      '.github/adjutant.yml': 'checkers:\n  null-deref:\n    enabled: false\n',
      'b.c': BAD,
    });
    expect(rules(analysis)).toContain('null-deref/known-null');
    expect(existsSync(join(gitDir, 'owned'))).toBe(false);
  });
});
