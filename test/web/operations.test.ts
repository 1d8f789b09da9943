/** The administrator's side: off without a token, closed without the right one, and right about what it counts. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { giveUp } from '../../src/jobs/dead-letter.ts';
import { recordDurations } from '../../src/jobs/durations.ts';
import { keepBudget } from '../../src/store/budget.ts';
import { dismiss, dismissalsOn, undismiss } from '../../src/store/dismissals.ts';
import { addToBucket, durations } from '../../src/store/durations.ts';
import { findingsOf, forgetReports, keepDiskUse, reportsOn } from '../../src/store/findings.ts';
import { startQueue } from '../../src/store/queue.ts';
import { endReview } from '../../src/store/reviews.ts';
import { bytes, duration } from '../../src/web/dashboard-page.ts';
import { stylesheet } from '../../src/web/layout.ts';
import { ADMIN, FIRST, keptReviews, METRICS, NUMBER, pagesOn, REPOSITORY, SECOND } from './kept-reviews.ts';

let kept: Awaited<ReturnType<typeof keptReviews>>;
let queue: Awaited<ReturnType<typeof startQueue>>;
const pull = { repository: REPOSITORY, number: NUMBER };

beforeAll(async () => {
  kept = await keptReviews();
  queue = await startQueue(kept.database, (error) => console.error(error));
});
afterAll(async () => {
  await queue.stop(0);
  await kept.close();
});

async function signedIn(pages: ReturnType<typeof pagesOn>): Promise<string> {
  const body = new URLSearchParams({ token: ADMIN });
  const response = await pages.request('/dashboard/sign-in', { method: 'POST', body });
  expect(response.status).toBe(303);
  return response.headers.get('set-cookie') ?? '';
}

describe('without tokens', () => {
  test('there is no dashboard and there are no metrics', async () => {
    const pages = pagesOn(kept.database, { adminToken: undefined, metricsToken: undefined });
    expect((await pages.request('/dashboard')).status).toBe(404);
    expect((await pages.request('/dashboard/retry', { method: 'POST' })).status).toBe(404);
    expect((await pages.request('/metrics')).status).toBe(404);
  });
});

describe('the dashboard', () => {
  test('asks for the token, and takes no other', async () => {
    const pages = pagesOn(kept.database);
    const before = await pages.request('/dashboard');
    expect(before.status).toBe(401);
    expect(await before.text()).not.toContain('maintainer/linux');
    const body = new URLSearchParams({ token: `${ADMIN}x` });
    const wrong = await pages.request('/dashboard/sign-in', { method: 'POST', body });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('set-cookie')).toBeNull();
  });

  test('opens with the session that the right token gives, which scripts and other sites do not have', async () => {
    const pages = pagesOn(kept.database, { secure: true });
    const cookie = await signedIn(pages);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/Secure/);
    expect(cookie).toMatch(/SameSite=Strict/);
    const response = await pages.request('/dashboard', { headers: { cookie } });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('maintainer/linux');
  });

  test('knows a session of another token, or one that was made longer, for none', async () => {
    const cookie = await signedIn(pagesOn(kept.database));
    const other = pagesOn(kept.database, { adminToken: 'another administrator token' });
    expect((await other.request('/dashboard', { headers: { cookie } })).status).toBe(401);
    const longer = cookie.replace(/\.(\d{13})\./, (_, time) => `.${Number(time) + 1e9}.`);
    expect(longer).not.toBe(cookie);
    expect((await pagesOn(kept.database).request('/dashboard', { headers: { cookie: longer } })).status).toBe(
      401,
    );
  });

  test('counts a finding once, and knows which were mended or dismissed', async () => {
    await dismiss(kept.database, pull, { fingerprint: 'bbbb', by: 'mara', reason: 'one object only' });
    const pages = pagesOn(kept.database);
    const text = await (
      await pages.request('/dashboard', { headers: { cookie: await signedIn(pages) } })
    ).text();
    const row = /<code>lock-order\/circular<\/code>.*?<\/tr>/s.exec(text)?.[0] ?? '';
    const numbers = [...row.matchAll(/<td class="n">(\d+)</g)].map(([, number]) => Number(number));
    expect(numbers).toEqual([2, 1, 1]);
    expect(row).toContain('50 %');
  });

  test('still opens when GitHub does not answer', async () => {
    const failedDeliveries = () => Promise.reject(new Error('no'));
    const pages = pagesOn(kept.database, { failedDeliveries });
    const response = await pages.request('/dashboard', { headers: { cookie: await signedIn(pages) } });
    expect(await response.text()).toContain('GitHub did not say');
  });
});

describe('the retry button', () => {
  test('asks for a review that was given up, once, and only for who is signed in here', async () => {
    await giveUp(queue, 'review', FIRST, { pull }, 'too large');
    await endReview(kept.database, FIRST, 'failed', 'too large');
    const enqueue = vi.fn(async () => true);
    const pages = pagesOn(kept.database, { queue: { ...queue, enqueue } });
    const cookie = await signedIn(pages);
    const press = (headers: Record<string, string>) =>
      pages.request('/dashboard/retry', {
        method: 'POST',
        body: new URLSearchParams({ job: FIRST }),
        headers,
      });
    const page = await (await pages.request('/dashboard', { headers: { cookie } })).text();
    expect(page).toContain('too large');
    expect((await press({})).status).toBe(401);
    expect((await press({ cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(401);
    expect(enqueue).not.toHaveBeenCalled();
    expect((await press({ cookie, 'sec-fetch-site': 'same-origin' })).status).toBe(303);
    expect((await press({ cookie })).status).toBe(303);
    expect(enqueue).toHaveBeenCalledOnce();
    expect(enqueue).toHaveBeenCalledWith(
      'intake',
      expect.objectContaining({
        data: { kind: 'rerun', repository: REPOSITORY, head: '1'.repeat(40) },
      }),
    );
  });
});

describe('metrics', () => {
  test('are for who has their token', async () => {
    const pages = pagesOn(kept.database);
    for (const headers of [{}, { authorization: `Bearer ${ADMIN}` }, { authorization: METRICS }])
      expect((await pages.request('/metrics', { headers })).status).toBe(401);
  });

  test('have the queue, the times, and the findings by rule and outcome', async () => {
    const headers = { authorization: `Bearer ${METRICS}` };
    const text = await (await pagesOn(kept.database).request('/metrics', { headers })).text();
    expect(text).toContain('adjutant_queue_jobs{queue="review",state="waiting"} 0');
    expect(text).toMatch(/adjutant_findings_total\{rule="lock-order\/circular",outcome="mended"\} 1/);
    expect(text).toMatch(/adjutant_verdict_seconds_bucket\{le="\+Inf"\} (\d+)\n.*_sum .*\n.*_count \1\n/);
    const buckets = [...text.matchAll(/_bucket\{le="[^"]+"\} (\d+)/g)].map(([, count]) => Number(count));
    expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
  });
});

test('durations of all processes add up, each in its bucket, and those of before an upgrade stay counted', async () => {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const processes = [recordDurations(kept.database, log), recordDurations(kept.database, log)];
  for (const { note } of processes) {
    note('webhook', '202', 0.004);
    note('webhook', '202', 0.3);
    note('webhook', '401', 99);
  }
  for (const { stop } of processes) await stop();
  await addToBucket(kept.database, { name: 'webhook', series: '202', upper: 0.07, count: 1, sum: 0.06 });
  const headers = { authorization: `Bearer ${METRICS}` };
  const text = await (await pagesOn(kept.database).request('/metrics', { headers })).text();
  const lines = text.split('\n').filter((line) => line.startsWith('adjutant_webhook_seconds'));
  for (const line of [
    'bucket{status="202",le="0.01"} 2',
    'bucket{status="202",le="0.07"} 3',
    'bucket{status="202",le="0.25"} 3',
    'bucket{status="202",le="0.5"} 5',
    'bucket{status="202",le="+Inf"} 5',
    'count{status="202"} 5',
    'bucket{status="401",le="10"} 0',
    'bucket{status="401",le="+Inf"} 2',
    'sum{status="401"} 198',
  ])
    expect(lines).toContain(`adjutant_webhook_seconds_${line}`);
});

test('a duration that could not be kept is kept later', async () => {
  let isDown = true;
  const query: typeof kept.database.query = (...asked) =>
    isDown ? Promise.reject(new Error('gone')) : kept.database.query(...asked);
  const warn = vi.fn();
  const log = { info: () => undefined, warn, error: () => undefined };
  const { note, stop } = recordDurations({ ...kept.database, query }, log);
  note('step', 'fetch', 3);
  await stop();
  expect(warn).toHaveBeenCalledOnce();
  isDown = false;
  await stop();
  expect(await durations(kept.database)).toContainEqual(
    expect.objectContaining({ name: 'step', series: 'fetch', upper: 5, count: 1, sum: 3 }),
  );
});

describe('health', () => {
  test('is well without a database, ready only with one', async () => {
    const query = () => Promise.reject(new Error('gone'));
    const pages = pagesOn({ ...kept.database, query });
    expect((await pages.request('/healthz')).status).toBe(200);
    expect((await pages.request('/readyz')).status).toBe(503);
    expect((await pagesOn(kept.database).request('/readyz')).status).toBe(200);
  });
});

test('a dashboard of a busy service stays below 100 kB with its stylesheet', async () => {
  const other = await keptReviews();
  const work = await startQueue(other.database, (error) => console.error(error));
  for (let at = 0; at < 60; at++) {
    const [id, name] = [1000 + at, `a-rather-long-name-of-a-repository-${at}`];
    await other.database.query(
      `INSERT INTO adjutant.repository (id, installation, owner, name, base_ref, base)
       VALUES ($1, $1, 'an-organisation-with-a-name', $2, 'linux-6.12.y-of-the-vendor', $3)`,
      [id, name, 'b'.repeat(40)],
    );
    const job = `00000000-0000-4000-9000-${String(at).padStart(12, '0')}`;
    const repository = { ...REPOSITORY, id, name };
    await giveUp(work, 'review', job, { pull: { repository, number: 1 } }, 'it was too large '.repeat(40));
    await other.database.query(
      `INSERT INTO adjutant.finding (review, ordinal, fixed, fingerprint, rule, severity, body)
       VALUES ($1, $2, false, $3, $4, 'error', '{}')`,
      [SECOND, 100 + at, `busy-${at}`, `checker/a-rather-long-name-of-a-rule-${at}`],
    );
  }
  const failed = [...Array(60).keys()].map((id) => ({
    id,
    guid: String(id),
    event: 'pull_request_review_comment',
    action: 'created',
    statusCode: 502,
    deliveredAt: 0,
  }));
  const pages = pagesOn(other.database, { queue: work, failedDeliveries: async () => failed });
  const headers = { cookie: await signedIn(pages) };
  const text = await (await pages.request('/dashboard', { headers })).text();
  expect(Buffer.byteLength(text) + stylesheet.bytes.length).toBeLessThan(100_000);
  expect(text).toMatch(/<b>60<\/b> given up/);
  expect(text).toContain('21 more, which were reviewed before');
  await work.stop(0);
  await other.close();
});

test('every dismissal is kept with who, when and why, also when another one replaced it and when it was taken back', async () => {
  await dismiss(kept.database, pull, { fingerprint: 'cccc', by: 'mara', reason: 'no' });
  await dismiss(kept.database, pull, { fingerprint: 'cccc', by: 'tova', reason: 'really not' });
  expect((await dismissalsOn(kept.database, pull)).get('cccc')).toMatchObject({
    by: 'tova',
    reason: 'really not',
  });
  expect(await undismiss(kept.database, pull, 'cccc', 'mara')).toBe(true);
  expect(await undismiss(kept.database, pull, 'cccc', 'mara')).toBe(false);
  expect((await dismissalsOn(kept.database, pull)).has('cccc')).toBe(false);
  const past = await kept.database.query(
    `SELECT login, reason, ended_by, at <= ended AS "inOrder" FROM adjutant.past_dismissal
     WHERE fingerprint = 'cccc' ORDER BY ended`,
  );
  expect(past).toEqual([
    { login: 'mara', reason: 'no', ended_by: 'tova', inOrder: true },
    { login: 'tova', reason: 'really not', ended_by: 'mara', inOrder: true },
  ]);
});

test('the manual and the Grafana dashboard name metrics and labels that there are', async () => {
  await keepBudget(kept.database, {
    installation: 5,
    resource: 'core',
    limit: 5000,
    remaining: 40,
    reset: new Date(Date.now() + 60_000),
    requests: 1,
  });
  await keepDiskUse(kept.database, REPOSITORY.id, { mirror: 1, index: 1, indexed: new Date() });
  for (const name of ['step', 'github_request', 'webhook'] as const)
    await addToBucket(kept.database, { name, series: 'x', upper: 1, count: 1, sum: 1 });
  const headers = { authorization: `Bearer ${METRICS}` };
  const text = await (await pagesOn(kept.database).request('/metrics', { headers })).text();
  /** Names with the labels of their series. */
  const there = new Map<string, Set<string>>();
  for (const [, name = '', labels = ''] of text.matchAll(/^(adjutant_\w+)(?:\{(.*)\})? \S+$/gm))
    there.set(name, new Set([...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label)));
  const manual = readFileSync(new URL('../../docs/installing.md', import.meta.url), 'utf8');
  const described = manual.match(/adjutant_\w+/g) ?? [];
  expect(described.length).toBeGreaterThan(12);
  expect(described.filter((name) => !there.has(name) && !there.has(`${name}_bucket`))).toEqual([]);
  const dashboard = JSON.parse(readFileSync(new URL('../../docs/grafana.json', import.meta.url), 'utf8'));
  const queries: string[] = dashboard.panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
    targets.map(({ expr }) => expr),
  );
  expect(queries.length).toBeGreaterThan(15);
  for (const query of queries) {
    const names = query.match(/adjutant_\w+/g) ?? [];
    expect(names, query).not.toEqual([]);
    expect(
      names.filter((name) => !there.has(name)),
      query,
    ).toEqual([]);
    const grouped = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/));
    const chosen = [...query.matchAll(/(\w+)="/g)].map(([, label = '']) => label);
    for (const label of [...grouped, ...chosen])
      expect(
        names.some((name) => there.get(name)?.has(label)),
        `${label} in ${query}`,
      ).toBe(true);
  }
});

test('reports are forgotten when no link leads to them any more', async () => {
  const age = (days: number) =>
    kept.database.query(
      `UPDATE adjutant.review SET requested = now() - $2::int * interval '1 day' WHERE id = $1`,
      [FIRST, days],
    );
  const left = async () => (await reportsOn(kept.database, REPOSITORY.id, NUMBER)).map(({ id }) => id);
  await age(89);
  await forgetReports(kept.database, 90);
  expect(await left()).toContain(FIRST);
  await age(91);
  await forgetReports(kept.database, 90);
  expect(await left()).toEqual([SECOND]);
  expect(await findingsOf(kept.database, [FIRST])).toEqual([]);
  expect(await findingsOf(kept.database, [SECOND])).not.toEqual([]);
});

test('times and sizes are short', () => {
  expect([0, 0.25, 4.21, 90, 7200, 200_000].map(duration)).toEqual([
    '0 s',
    '250 ms',
    '4.2 s',
    '2 min',
    '2 h',
    '2 d',
  ]);
  expect([0, 999, 1500, 234_000_000, 1.34e9].map(bytes)).toEqual([
    '0 B',
    '999 B',
    '1.5 kB',
    '234 MB',
    '1.3 GB',
  ]);
});
