/** A database with the reviews of one pull request, as a worker keeps them, and the pages on it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../../src/checkers/checker.ts';
import { linkKey } from '../../src/jobs/links.ts';
import type { Report } from '../../src/review/report.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { keepReport } from '../../src/store/findings.ts';
import { migrate } from '../../src/store/migrations.ts';
import type { Queue } from '../../src/store/queue.ts';
import { addReview, endReview } from '../../src/store/reviews.ts';
import { createPages, type PagesOptions } from '../../src/web/pages.ts';

export const KEY = linkKey('the private key of a test');
export const REPOSITORY = { id: 7, installation: 5, owner: 'maintainer', name: 'linux' };
export const NUMBER = 3;
/** Ids of the two reviews: a first push, and one that mends the first finding. */
export const FIRST = '00000000-0000-4000-8000-000000000001';
export const SECOND = '00000000-0000-4000-8000-000000000002';

export const deadlock: Finding = {
  checker: 'lock-order',
  rule: 'lock-order/circular',
  severity: 'error',
  confidence: 'high',
  path: 'drivers/x/a.c',
  line: 12,
  endLine: 12,
  function: 'a_then_b',
  message: 'struct x.b is taken under struct x.a here, and the other way round elsewhere.',
  explanation:
    'Possible unsafe locking scenario:\n\n  CPU0   CPU1\n\n  *** DEADLOCK ***\n\nTake the two in one order.',
  fingerprint: 'aaaa',
  commit: 'c'.repeat(40),
  trace: [
    { path: 'drivers/x/b.c', line: 7, function: 'b_then_a', text: 'b is taken' },
    { path: 'drivers/x/b.c', line: 8, function: 'b_then_a', text: 'a is taken' },
    { path: 'drivers/x/a.c', line: 11, function: 'a_then_b', text: 'a is taken' },
    { path: 'drivers/x/a.c', line: 12, function: 'a_then_b', text: 'b is taken' },
  ],
  cycle: [
    { from: 'struct x.a', to: 'struct x.b', calls: ['lock(struct x.a)', 'lock(struct x.b)'], steps: [2, 4] },
    { from: 'struct x.b', to: 'struct x.a', calls: ['lock(struct x.b)', 'lock(struct x.a)'], steps: [0, 2] },
  ],
};

/** All that a pull request may bring, in every place that a page shows. */
export const HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\0\\N&lt;b&gt;{{x}}';

const hostile: Finding = {
  ...deadlock,
  fingerprint: 'bbbb',
  severity: 'warning',
  path: `drivers/${HOSTILE}.c`,
  function: HOSTILE,
  message: HOSTILE,
  explanation: HOSTILE,
  trace: deadlock.trace.map((step) => ({ ...step, path: HOSTILE, function: HOSTILE, text: HOSTILE })),
  cycle: (deadlock.cycle ?? []).map((edge) => ({
    ...edge,
    from: `${edge.from}${HOSTILE}`,
    to: `${edge.to}${HOSTILE}`,
    calls: [HOSTILE, HOSTILE],
  })),
  suggestion: { path: HOSTILE, startLine: 1, endLine: 1, lines: [HOSTILE] },
};

const lines = (name: string) =>
  new Map([...Array(30).keys()].map((n) => [n + 1, `\tline_${n + 1}(${name});`]));

export function report(head: string, findings: readonly Finding[], fixed: readonly Finding[] = []): Report {
  return {
    base: 'b'.repeat(40),
    head,
    findings,
    fixed,
    transient: [],
    limits: ['Something was left out.'],
    excerpts: new Map([
      ['drivers/x/a.c', lines('a')],
      ['drivers/x/b.c', lines('b')],
      [HOSTILE, new Map([[12, HOSTILE]])],
      [`${'c'.repeat(40)}/COMMIT_MSG`, new Map([[1, `x: ${HOSTILE}`]])],
    ]),
    stats: { files: 2, functions: 9, parseErrors: [], commits: 1, elapsed: 1234 },
  };
}

/** Reviews: the first push has both findings, the second has the hostile one alone. */
export async function keptReviews(
  databaseUrl?: string,
): Promise<{ database: Database; close(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'adjutant-web-'));
  const database = await openDatabase(databaseUrl, dir);
  await migrate(database);
  await keep(database, FIRST, report('1'.repeat(40), [deadlock, hostile]));
  await keep(database, SECOND, report('2'.repeat(40), [hostile], [deadlock]));
  return {
    database,
    async close() {
      await database.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export const ADMIN = 'the administrator token';
export const METRICS = 'the token of the metrics';

export function pagesOn(database: Database, changes: Partial<PagesOptions> = {}) {
  return createPages({
    database,
    queue: { enqueue: async () => true } as unknown as Queue,
    key: KEY,
    githubUrl: 'https://github.com',
    root: '',
    secure: false,
    adminToken: ADMIN,
    metricsToken: METRICS,
    signIn: undefined,
    askLocks: async () => ({ kind: 'none' }),
    failedDeliveries: async () => [],
    log: { info: () => undefined, warn: () => undefined, error: (what) => console.error(what) },
    ...changes,
  });
}

/** Keeps a report of a review as a worker does. */
export async function keep(database: Database, id: string, kept: Report): Promise<void> {
  await addReview(database, {
    id,
    installation: REPOSITORY.installation,
    repository: REPOSITORY.id,
    number: NUMBER,
    head: kept.head,
    baseRef: 'master',
    checkRuns: { 'lock-order': 1 },
  });
  await keepReport(database, REPOSITORY, { id, baseRef: 'master' }, { report: kept, diff: [] }, kept.base);
  await endReview(database, id, 'completed');
}
