/** The seed commits (seeds/README.md in the shared folder): three in a real tree's history, two as mails alone. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../src/checkers/checker.ts';
import { adjutant, indexed, missing, must, run, seedRepository, sharedPath, skipAll } from './kernel-tree.ts';

const MINUTES = 60_000;

let scratch: string;
let nowhere: string;
let repository: string;

beforeAll(async () => {
  if (missing !== undefined) return;
  scratch = mkdtempSync(join(tmpdir(), 'adjutant-seeds-'));
  nowhere = join(scratch, 'nowhere');
  mkdirSync(nowhere);
  await indexed();
  repository = await seedRepository();
}, 20 * MINUTES);

afterAll(() => {
  if (scratch) rmSync(scratch, { recursive: true, force: true });
}, 5 * MINUTES);

skipAll(missing);

interface Answer {
  readonly findings: readonly Finding[];
  readonly fixed: readonly Finding[];
  readonly limits: readonly string[];
  readonly stats: { readonly commits: number };
}

/** The JSON report of `adjutant review`, and its exit status. */
async function review(...args: string[]): Promise<Answer & { status: number | null }> {
  const { status, out, err } = await adjutant(['review', ...args, '--format', 'json'], { cwd: nowhere });
  expect(err).toBe('');
  return { status, ...JSON.parse(out) };
}

const aboveNote = (findings: readonly Finding[]) => findings.filter(({ severity }) => severity !== 'note');

describe('a mail, without any tree', () => {
  test.each(['0004.patch', '0005.patch'])('%s: nothing above a note', async (name) => {
    const { status, findings, stats } = await review('--patch', sharedPath('seeds', 'patch-only', name));
    expect(aboveNote(findings)).toEqual([]);
    expect(status).toBe(0);
    expect(stats.commits).toBe(1);
  });

  test('the reverse of 0004.patch: what is dereferenced where it was just found NULL', async () => {
    const fix = readFileSync(sharedPath('seeds', 'patch-only', '0004.patch'), 'utf8');
    const patch = join(nowhere, 'reverse.patch');
    writeFileSync(patch, reverse(fix));
    const { status, findings } = await review('--patch', patch);
    expect(findings).toMatchObject([
      { rule: 'null-deref/known-null', severity: 'error', function: 'qmi_stop_session', line: 762 },
    ]);
    expect(status).toBe(1);
  });
});

describe('three commits on a whole tree', () => {
  test('review: no code finding, and no trailer finding above a note', {
    timeout: 10 * MINUTES,
  }, async () => {
    const { status, findings, limits, stats } = await review('before..main', '--repo', repository);
    expect(limits).toEqual([]); // The index was used.
    expect(stats.commits).toBe(3);
    expect(findings.filter(({ checker }) => checker !== 'trailers')).toEqual([]);
    expect(aboveNote(findings)).toEqual([]);
    expect(status).toBe(0);
  });

  test('review of what brings the bugs back: the deadlock, with the whole chain, and the assertion', {
    timeout: 10 * MINUTES,
  }, async () => {
    const { status, findings } = await review('main..bug', '--repo', repository);
    expect(status).toBe(1);
    const chains = findings
      .filter(({ checker, confidence }) => checker === 'lock-order' && confidence !== 'low')
      .filter((finding) => finding.function === 'mlx5_revoke_mr')
      .map(({ trace }) => trace.map((step) => `${step.function}: ${step.text}`).join('\n'));
    expect(
      chains.filter(
        (chain) =>
          chain.includes('umem_mutex') &&
          chain.includes('rb_lock') &&
          chain.includes('mlx5r_cache_create_ent_locked') &&
          chain.includes('struct mmu_interval_notifier_ops.invalidate, which is mlx5_ib_invalidate_range()'),
      ),
    ).toHaveLength(1);
    expect(findings).toContainEqual(
      expect.objectContaining({ rule: 'build-assert/needs-always-inline', function: 'config_mask' }),
    );
  });

  test('batch: the given analysis, with findings added', { timeout: 10 * MINUTES }, async () => {
    const file = join(nowhere, 'batch.md');
    const { out } = await must(
      adjutant(['batch', 'before..main', '--repo', repository, '--out', file], { cwd: nowhere }),
    );
    expect(out).toBe('');
    const text = readFileSync(file, 'utf8');
    const ids = (await must(run('git', ['-C', repository, 'rev-list', 'before..main']))).out
      .trim()
      .split('\n');
    expect(headings(text)).toEqual([
      '# Linux Kernel Commit Batch Analysis',
      ...ids.map((id, index) => `## Commit ${index + 1}: ${id.slice(0, 8)}`),
    ]);

    const given = commits(readFileSync(sharedPath('seeds', 'commits.md'), 'utf8'));
    for (const [subject, commit] of commits(text)) {
      expect(commit, subject).toMatchObject({ findings: 1, diff: '```diff' });
      expect(commit.head, subject).toEqual(given.get(subject)?.head);
    }
    expect(commits(text).size).toBe(3);
  });
});

/** A patch that undoes a patch, without its message. */
function reverse(patch: string): string {
  const lines = patch.slice(patch.indexOf('diff --git ')).split('\n');
  return lines
    .map((line) => {
      if (/^(?:---|\+\+\+) /.test(line)) return line;
      if (line.startsWith('@@')) return line.replace(/-(\S+) \+(\S+)/, '-$2 +$1');
      return line.replace(/^[-+]/, (sign) => (sign === '+' ? '-' : '+'));
    })
    .join('\n');
}

/** Lines of a Markdown document that start with `#`, outside its code blocks. */
const headings = (text: string): string[] =>
  text.replaceAll(/^```[\s\S]*?^```$/gm, '').match(/^#+ .*$/gm) ?? [];

/** By subject: author, date, files and message as written, how often it has findings or says none, how the diff opens. */
function commits(text: string): Map<string, { head: string; findings: number; diff: string | undefined }> {
  const sections = text.split(/^## Commit \d+: .*\n/m).slice(1);
  return new Map(
    sections.map((section) => {
      const [head = ''] = section.match(/\*\*Author:\*\*[\s\S]*?\*\*Message:\*\*\n```\n[\s\S]*?\n```/) ?? [];
      const rest = section.slice(section.indexOf(head) + head.length);
      return [
        head.match(/```\n(.*)/)?.[1] ?? '',
        {
          head,
          findings: rest.match(/^\*\*Findings:\*\*/gm)?.length ?? 0,
          diff: rest.match(/\*\*Diff:\*\*\n(.*)/)?.[1],
        },
      ];
    }),
  );
}
