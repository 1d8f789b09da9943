/** The GitHub Action: its script as it stands, in a clone as shallow as actions/checkout makes it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { broken, clean, driver } from '../app/kernel-sample.ts';
import { TemporaryRepository } from '../git/temporary-repository.ts';

const ROOT = join(import.meta.dirname, '../..');
const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as {
  inputs: Record<string, { default: string }>;
  runs: { steps: { name: string; run: string; env?: Record<string, string> }[] };
};
const review = action.runs.steps.find(({ name }) => name === 'Review');
const scratch = mkdtempSync(join(tmpdir(), 'adjutant-action-'));
const remote = new TemporaryRepository();
let head = '';

beforeAll(() => {
  remote.commit('start', driver(clean).files);
  remote.git('checkout', '-q', '-b', 'change');
  remote.commit('port: add a file\n\nNeeded.\n\nSigned-off-by: Ann Author <ann@example.org>', { 'a.c': '' });
  head = remote.commit(driver(broken).message, driver(broken).files);
});
afterAll(() => {
  remote.remove();
  rmSync(scratch, { recursive: true, force: true });
});

function runAction(name: string, env: Record<string, string>) {
  const clone = join(scratch, name);
  spawnSync('git', ['clone', '-q', '--depth=1', '--branch=main', `file://${remote.path}`, clone]);
  return spawnSync('bash', ['-e', '-o', 'pipefail', '-c', review?.run ?? 'exit 99'], {
    cwd: clone,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      HOME: scratch,
      GITHUB_ACTION_PATH: ROOT,
      ADJUTANT_CACHE_DIR: join(scratch, 'cache'),
      RANGE: '',
      FAIL_ON: action.inputs['fail-on']?.default ?? '',
      SARIF: '',
      ...env,
    },
  });
}

test('annotates the lines of the pull request, fails where it must, and writes SARIF', () => {
  const sarif = join(scratch, 'findings.sarif');
  const { status, stdout, stderr } = runAction('bad', { HEAD_SHA: head, COMMITS: '2', SARIF: sarif });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^::error file=drivers\/port\/port\.c,line=11/m);
  expect(status).toBe(1);
  const { version, runs } = JSON.parse(readFileSync(sarif, 'utf8'));
  expect(version).toBe('2.1.0');
  expect(runs[0].results.length).toBeGreaterThan(0);
});

test('takes a level', () => {
  expect(runAction('never', { HEAD_SHA: head, COMMITS: '2', FAIL_ON: 'never' }).status).toBe(0);
});

test('says what is missing where there is no pull request', () => {
  const { status, stdout } = runAction('none', { HEAD_SHA: '', COMMITS: '' });
  expect(status).toBe(2);
  expect(stdout).toMatch(/give the input "range"/);
});

test('no line of a script has an expression in it: what strangers write comes by the environment', () => {
  for (const { run } of action.runs.steps) expect(run).not.toMatch(/\$\{\{/);
});
