import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TemporaryRepository } from '../git/temporary-repository.ts';
import { runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'adjutant-trailers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const WHO = ['--author', 'Ann Author <ann@example.org>'];
const rulesOf = (out: string) =>
  (JSON.parse(out).findings as { rule: string }[]).map((finding) => finding.rule);

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

describe('a message', () => {
  const message =
    'net: fix it\n\nIt was broken.\n\nFixes: bad0bad0bad0 ("net: add it")\nSigned-off-by: Ann Author <ann@example.org>\n';
  const commits = () => file('commits.json', '{"bad0bad0bad0":null,"0123456789ab":"net: add it"}');

  test('in a file is checked against what stands in for a repository', async () => {
    const args = ['trailers', file('message', message), ...WHO, '--commits', commits()];
    const { status, out, err } = await runCli([...args, '--format', 'json']);
    expect([status, err]).toEqual([1, '']);
    expect(JSON.parse(out)).toMatchObject({ version: 1, base: '', fixed: [], stats: { commits: 1 } });
    expect(rulesOf(out)).toEqual(['trailers/fixes-target-missing']);
    const text = await runCli(args);
    expect(text.out).toContain('+Fixes: 0123456789ab ("net: add it")');
  });

  test('on standard input says nothing about what nobody told', async () => {
    const { status, out } = await runCli(['trailers', '-', '--format', 'json'], { input: message });
    expect(rulesOf(out)).toEqual([]);
    expect(status).toBe(0);
  });

  test('of a merge is left alone', async () => {
    const args = ['trailers', file('merge', 'Merge branch x\n'), '--merge', '--format', 'json'];
    expect(rulesOf((await runCli(args)).out)).toEqual([]);
  });

  test('being edited is read without the help of git', async () => {
    const help = '# Please enter the commit message for your changes.\n# On branch x\n';
    const scissors = '# ------------------------ >8 ------------------------\ndiff --git a/x b/x\n';
    const { out } = await runCli(['trailers', '-', ...WHO, '--format', 'json'], {
      input: `net: fix it\n\nIt was broken.\n\nSigned-off-by: Ann Author <ann@example.org>\n\n${help}${scissors}`,
    });
    expect(rulesOf(out)).toEqual([]);
  });

  test('that cannot be read gets one clear line', async () => {
    for (const [args, line] of [
      [['trailers', '-', '--author', 'Ann'], /--author takes 'Name <address>'/],
      [['trailers', 'no-such-file', '--repo', folder], /There is no file no-such-file/],
      [['trailers', '-', '--commits', 'none.json'], /There is no file none.json/],
      [['trailers', '-', '--fix'], /--fix rewrites the commits of a range/],
    ] as const) {
      const { status, err } = await runCli(args, { input: 'x\n', cwd: folder });
      expect(status).toBe(2);
      expect(err).toMatch(line);
    }
  });
});

describe('a range', () => {
  let scratch: TemporaryRepository;
  let base: string;
  beforeEach(() => {
    scratch = new TemporaryRepository();
    base = scratch.commit('net: begin', { file: '0\n' });
  });
  afterEach(() => scratch.remove());
  const signed =
    'Signed-off-by: Ann Author <ann@example.org>\nSigned-off-by: Carl Committer <carl@example.org>';

  test('is checked commit by commit, and corrected on its branch', async () => {
    const bug = scratch.commit(`net: bring a bug\n\nWanted.\n\n${signed}`, { file: '1\n' });
    const text = `Fixes: commit ${bug.slice(0, 8)} (net: bring a bug)\n\n${signed.replace('Signed', 'Singed')}`;
    const fix = scratch.commit(`net: fix it\n\nIt was broken.\n\n${text}`, { file: '2\n' });
    const before = await runCli(['trailers', `${base}..main`, '--repo', scratch.path, '--format', 'json']);
    expect(rulesOf(before.out)).toContain('trailers/misspelled-trailer');
    expect(scratch.git('rev-parse', 'main').trim()).toBe(fix);

    const fixed = await runCli([
      'trailers',
      `${base}..main`,
      '--repo',
      scratch.path,
      '--fix',
      '--format',
      'json',
    ]);
    expect(fixed.status).toBe(0);
    expect(rulesOf(fixed.out)).toEqual([]);
    expect(JSON.parse(fixed.out).fixed.length).toBeGreaterThan(3);
    expect(fixed.err).toMatch(
      /corrected 1 message on main; 1 commit got a new id\.\n.*refs\/adjutant\/before-fix\/main\/1/,
    );
    expect(scratch.git('log', '-1', '--format=%B').trimEnd()).toBe(
      `net: fix it\n\nIt was broken.\n\nFixes: ${bug.slice(0, 12)} ("net: bring a bug")\n${signed}`,
    );
  });

  test('with nothing to correct stays as it is under --fix', async () => {
    const one = scratch.commit(`net: one\n\nWanted.\n\n${signed}`, { file: '1\n' });
    const { status, err } = await runCli(['trailers', `${base}..main`, '--repo', scratch.path, '--fix']);
    expect([status, err]).toEqual([0, '']);
    expect(scratch.git('rev-parse', 'main').trim()).toBe(one);
  });

  test('that does not exist is an error', async () => {
    const { status, err } = await runCli(['trailers', 'none..main', '--repo', scratch.path]);
    expect(status).toBe(2);
    expect(err).toContain('There is no revision none');
  });

  describe('of backports', () => {
    const config = (upstream: string) =>
      file(`${upstream}.yml`, `trailers:\n  convention: stable\n  upstream: ${upstream}\n`);
    let range: string[];
    beforeEach(() => {
      const picked = scratch.commit(`net: add it\n\nWanted.\n\n${signed}`, { file: '1\n' });
      const tag = `Fixes: ${picked.slice(0, 12)} ("net: add it")`;
      scratch.commit(`net: fix it\n\nIt was broken.\n\n${tag}\n${signed}`, { file: '2\n' });
      scratch.git('checkout', '-q', '-b', 'stable', base);
      const line = `(cherry picked from commit ${picked})`;
      scratch.commit(`net: add it\n\nWanted.\n\n${line}\n${signed}`, { file: '1\n' });
      // Only the upstream branch has the fix: nothing else may find it.
      range = [`${base}..stable`, '--repo', scratch.path, '--format', 'json'];
    });

    test.each(['trailers', 'review'])('%s asks the upstream branch of the configuration', async (command) => {
      const { out } = await runCli([command, ...range, '--config', config('main')]);
      expect(rulesOf(out)).toEqual(['trailers/backport-missing-fix']);
      expect(JSON.parse(out).limits).toEqual([]);
    });

    test.each(['trailers', 'review'])('%s says where that branch is missing', async (command) => {
      const { status, out } = await runCli([command, ...range, '--config', config('linus')]);
      expect([status, rulesOf(out)]).toEqual([0, []]);
      expect(JSON.parse(out).limits).toEqual([
        'The upstream branch linus is not in this repository: backports are not compared with it.',
      ]);
    });

    test.each(['trailers', 'review'])(
      '%s --upstream wins over the configuration, and must exist',
      async (command) => {
        const args = [command, ...range, '--config', config('linus'), '--upstream'];
        expect(rulesOf((await runCli([...args, 'main'])).out)).toEqual(['trailers/backport-missing-fix']);
        expect((await runCli([...args, 'none'])).err).toContain('There is no revision none');
      },
    );

    test('--upstream needs a repository', async () => {
      const patch = file('x.patch', scratch.git('format-patch', '--stdout', '-1', 'stable'));
      const { status, err } = await runCli(['review', '--patch', patch, '--upstream', 'main']);
      expect([status, err]).toEqual([2, expect.stringContaining('give --repo DIR too')]);
    });
  });
});
