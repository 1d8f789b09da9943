import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { defaultConfiguration } from '../../src/config/default-configuration.ts';
import { type Analysis, analyse } from '../../src/jobs/analysis.ts';
import { ChildStopped, killChild, startChild } from '../../src/jobs/child.ts';
import { NICE } from '../../src/jobs/priority.ts';

// On a busy machine others go before an analysis.
vi.setConfig({ testTimeout: 120_000 });

const dir = mkdtempSync(join(tmpdir(), 'adjutant-analysis-'));
const limits = { seconds: 60, memory: 1024, cacheDir: join(dir, 'cache') };
let base = '';
let head = '';

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...identity, ...args], { cwd: dir, encoding: 'utf8' }).trim();
}

function commit(files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(dir, path, '..'), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  git('add', '--all');
  git('commit', '--quiet', '--message', 'a: change\n\nSigned-off-by: Ann <ann@example.com>');
  return git('rev-parse', 'HEAD');
}

beforeAll(() => {
  git('init', '--quiet');
  base = commit({ 'a.c': 'int f(void)\n{\n\treturn 0;\n}\n' });
  head = commit({ 'a.c': 'int f(struct a *p)\n{\n\tif (!p)\n\t\treturn p->x;\n\treturn 0;\n}\n' });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const request = () => ({
  gitDir: join(dir, '.git'),
  base,
  head,
  configuration: { ...defaultConfiguration, 'fail-on': 'warning' as const },
  limits: ['The cat was away.'],
  commits: [head],
  needsIndex: true,
});

describe('an analysis', () => {
  test('gives the report, with the configuration and the limits that it was told, and the diff', async () => {
    const steps: string[] = [];
    const events = { progress: (step: string) => void steps.push(step) };
    const { report, configuration, diff } = (await analyse(request(), limits, events)) as Analysis;
    const known = report.findings.filter(({ rule }) => rule === 'null-deref/known-null');
    expect(known).toMatchObject([{ path: 'a.c', line: 4 }]);
    expect(report.stats.commits).toBe(1);
    expect(configuration['fail-on']).toBe('warning');
    expect(report.limits).toContain('The cat was away.');
    expect(diff).toMatchObject([{ newPath: 'a.c' }]);
    expect(steps).toContain('checking commit messages');
    const compiled = readdirSync(join(limits.cacheDir, 'compiled'), { recursive: true });
    expect(compiled.length, 'the next one need not compile again').toBeGreaterThan(50);
  });
});

test('an analysis does without a place for what it compiles', async () => {
  const file = join(dir, 'file');
  writeFileSync(file, '');
  const { report } = (await analyse(request(), { ...limits, cacheDir: join(file, 'below') })) as Analysis;
  expect(report.findings.length).toBeGreaterThan(0);
});

describe('is stopped', () => {
  /** Of this process alone: others may analyse at the same time. */
  const running = () =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => {
        try {
          const [, parent] = /\) \w (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? [];
          return (
            Number(parent) === process.pid &&
            readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('analysis-child')
          );
        } catch {
          return false;
        }
      });

  test('at its time', async () => {
    const stopped = analyse(request(), { ...limits, seconds: 0.05 });
    await expect(stopped).rejects.toThrow(/took longer than 0.05 s/);
    await expect(stopped).rejects.toBeInstanceOf(ChildStopped);
    await expect.poll(running, { timeout: 20_000 }).toEqual([]);
  });

  test('when somebody says so, and tells why', async () => {
    const controller = new AbortController();
    const stopped = analyse(request(), limits, {}, controller.signal);
    controller.abort(new Error('a newer push'));
    await expect(stopped).rejects.toThrow('a newer push');
    await expect.poll(running, { timeout: 20_000 }).toEqual([]);
    await expect(analyse(request(), limits, {}, controller.signal)).rejects.toThrow('a newer push');
  });

  test('by whoever kills it: the work is not lost without a word', async () => {
    const stopped = analyse(request(), limits);
    const kill = setInterval(() => {
      for (const pid of running()) process.kill(Number(pid), 'SIGKILL');
    }, 20);
    await expect(stopped).rejects.toThrow('the analysis ended by itself (SIGKILL)');
    await expect(stopped).rejects.toBeInstanceOf(ChildStopped);
    clearInterval(kill);
  });

  test('by what it can not read', async () => {
    const missing = { ...request(), head: 'f'.repeat(40) };
    await expect(analyse(missing, limits)).rejects.toThrow(/f{40}/);
  });
});

test('it is told no secret of the process that starts it', async () => {
  process.env.WEBHOOK_SECRET = 'not-for-children';
  try {
    const analysis = analyse(request(), limits);
    const seen: string[] = [];
    await expect
      .poll(() => {
        for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
          const read = (file: string) =>
            execFileSync('cat', [`/proc/${pid}/${file}`], {
              encoding: 'latin1',
              stdio: ['ignore', 'pipe', 'ignore'],
            });
          try {
            if (read('cmdline').includes('analysis-child')) seen.push(read('environ'));
          } catch {
            // It ended meanwhile.
          }
        }
        return seen.length;
      })
      .toBeGreaterThan(0);
    await analysis;
    expect(seen.join()).toContain('ADJUTANT_CACHE_DIR');
    expect(seen.join()).not.toContain('not-for-children');
  } finally {
    delete process.env.WEBHOOK_SECRET;
  }
});

test('it lets the process that starts it go first, also where the system weighs sessions', async () => {
  const kinds = { analysis: false, background: true } as const;
  for (const [kind, background] of Object.entries(kinds)) {
    const module = new URL('../../src/jobs/analysis-child.ts', import.meta.url);
    const child = startChild({ module, limits, background });
    const nice = Math.max(NICE[kind as keyof typeof kinds], getPriority());
    expect(getPriority(child.pid)).toBe(nice);
    const group = `/proc/${child.pid}/autogroup`;
    if (existsSync(group)) expect(readFileSync(group, 'utf8')).toMatch(/nice [1-9]/);
    killChild(child);
  }
});
