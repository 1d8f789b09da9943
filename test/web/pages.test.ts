/** What an address answers, without a browser: who may see it, and that nothing in it is more than text. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLinks, paths, signToken } from '../../src/jobs/links.ts';
import { dismiss, undismiss } from '../../src/store/dismissals.ts';
import { stylesheet } from '../../src/web/layout.ts';
import type { createPages } from '../../src/web/pages.ts';
import {
  deadlock,
  FIRST,
  HOSTILE,
  KEY,
  keep,
  keptReviews,
  NUMBER,
  pagesOn,
  REPOSITORY,
  report,
  SECOND,
} from './kept-reviews.ts';

let kept: Awaited<ReturnType<typeof keptReviews>>;
let pages: ReturnType<typeof createPages>;
const pull = { repository: REPOSITORY, number: NUMBER };
const links = createLinks('', KEY, 1);

beforeAll(async () => {
  kept = await keptReviews();
  pages = pagesOn(kept.database);
});
afterAll(() => kept.close());

describe('who may see a page', () => {
  const path = paths.finding(REPOSITORY.id, NUMBER, FIRST, 0);
  const scope = { kind: 'pull', repository: REPOSITORY.id, number: NUMBER } as const;
  const inAnHour = Math.ceil(Date.now() / 1000) + 3600;

  test('who has its link', async () => {
    const response = await pages.request(links.finding(pull, FIRST, 0));
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('line_12');
  });

  test.each([
    ['no token', ''],
    ['a token for another pull request', signToken(KEY, { ...scope, number: 4 }, inAnHour)],
    ['a token for another repository', signToken(KEY, { ...scope, repository: 8 }, inAnHour)],
    ['a token for the lock graph', signToken(KEY, { kind: 'locks', repository: 7 }, inAnHour)],
  ])('nobody with %s, and is not told whether there is one', async (_, token) => {
    const known = await pages.request(`${path}?token=${token}`);
    const unknown = await pages.request(`/repositories/99/pulls/1?token=${token}`);
    expect([known.status, unknown.status]).toEqual([404, 404]);
    expect(await known.text()).toBe(await unknown.text());
  });

  test('nobody once the link has expired, and is told how to get a new one', async () => {
    const response = await pages.request(`${path}?token=${signToken(KEY, scope, inAnHour - 7200)}`);
    expect(response.status).toBe(410);
    expect(await response.text()).toContain('/recheck');
  });

  test('a page links only to what is open as long as itself', async () => {
    const text = await (await pages.request(`${path}?token=${signToken(KEY, scope, inAnHour)}`)).text();
    const tokens = [...text.matchAll(/token=([0-9a-z]+)\./g)].map(([, time = '']) =>
      Number.parseInt(time, 36),
    );
    expect(tokens.length).toBeGreaterThan(2);
    expect(new Set(tokens)).toEqual(new Set([inAnHour]));
  });
});

describe('every answer', () => {
  test.each([
    ['a finding', () => links.finding(pull, FIRST, 1)],
    ['a pull request', () => links.pull(pull)],
    ['a page that is not there', () => '/repositories/1'],
  ])('%s: loads nothing from elsewhere, is kept nowhere, tells nobody', async (_, address) => {
    const { headers } = await pages.request(address());
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'/);
    expect(policy).not.toMatch(/unsafe|script-src|\*/);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-robots-tag')).toContain('noindex');
    expect(headers.get('cache-control')).toContain('no-store');
  });

  test.each([
    ['a finding', () => links.finding(pull, FIRST, 1)],
    ['a pull request', () => links.pull(pull)],
  ])('%s: text of a pull request is text, and below 100 kB', async (_, address) => {
    const text = await (await pages.request(address())).text();
    expect(text).toContain('alert(1)');
    expect(text).not.toMatch(/<script|<img|&lt;b&gt;|\u202e|\0/i);
    expect(text).not.toContain(HOSTILE);
    expect(text.length).toBeLessThan(100_000);
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\/(?!github\.com\/maintainer\/linux\/pull\/3")/);
  });
});

describe('however much was found', () => {
  const id = (at: number) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`;
  const long = 'a_rather_long_name_of_a_function_in_a_driver '.repeat(20);
  const steps = [...Array(120).keys()].map((step) => ({
    path: 'drivers/x/a.c',
    line: 1 + step,
    function: `function_${step}`,
    text: long.slice(0, 200),
  }));
  const { cycle: _, ...plain } = deadlock;
  const findings = [...Array(120).keys()].map((at) => ({
    ...plain,
    fingerprint: `many-${at}`,
    line: at + 1,
    message: `${at} ${long}`,
    trace: at > 0 ? [] : steps,
  }));
  const excerpts = new Map([
    ['drivers/x/a.c', new Map([...Array(130).keys()].map((at) => [at + 1, long.slice(0, 500)]))],
    ...[...Array(250).keys()].map(
      (at) =>
        [
          `${at.toString(16).padStart(40, 'c')}/COMMIT_MSG`,
          new Map([[1, `x: commit ${at} ${long}`]]),
        ] as const,
    ),
  ]);

  test('pages stay below 100 kB with their stylesheet, and every finding is reached', async () => {
    const other = await keptReviews();
    const pages = pagesOn(other.database);
    for (let at = 10; at < 30; at++) {
      const own = { ...report(String(at).repeat(20), findings), excerpts };
      await keep(other.database, id(at), own);
    }
    const weight = (text: string) => Buffer.byteLength(text) + stylesheet.bytes.length;
    const reached = new Set<string>();
    let next: string | undefined = links.pull(pull);
    for (let count = 0; next !== undefined; count++) {
      expect(count).toBeLessThan(5);
      const text: string = await (await pages.request(next)).text();
      expect(weight(text)).toBeLessThan(100_000);
      for (const [, ordinal = ''] of text.matchAll(/findings\/[^/"]+29\/(\d+)\?/g)) reached.add(ordinal);
      next = /<a href="([^"]+)">The next/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    }
    expect(reached.size).toBe(findings.length);
    const finding = await (await pages.request(links.finding(pull, id(29), 0))).text();
    expect(weight(finding)).toBeLessThan(100_000);
    // Of a way that is very long both ends are shown.
    expect(finding).toContain('function_0()');
    expect(finding).toContain('function_119()');
    await other.close();
  });
});

describe('what a pull request has come to', () => {
  test('a finding that the next push no longer has is mended in that', async () => {
    const text = await (await pages.request(links.pull(pull))).text();
    expect(text).toMatch(/<b>1<\/b> open/);
    expect(text).toMatch(/mended in 222222222222/);
    const finding = await (await pages.request(links.finding(pull, FIRST, 0))).text();
    expect(finding).toMatch(/mended in 222222222222/);
  });

  test('a finding that somebody dismissed is not open, and says by whom and why', async () => {
    await dismiss(kept.database, pull, { fingerprint: 'bbbb', by: 'mara', reason: `one <b>object</b> only` });
    for (const address of [links.pull(pull), links.finding(pull, SECOND, 0)]) {
      const text = await (await pages.request(address)).text();
      expect(text).toMatch(/dismissed<\/span> by <b>mara<\/b> on \d{4}-\d\d-\d\d: one &lt;b&gt;object/);
    }
    expect(await (await pages.request(links.pull(pull))).text()).toMatch(/<b>0<\/b> open/);
    await undismiss(kept.database, pull, 'bbbb', 'mara');
  });

  test('the page of a finding names what else is found and what is mended', async () => {
    const text = await (await pages.request(links.finding(pull, SECOND, 0))).text();
    expect(text).toContain('What the change mends');
    expect(text).toContain('struct x.b is taken under struct x.a here');
  });

  test('a finding that a report does not have is not there', async () => {
    expect((await pages.request(links.finding(pull, SECOND, 1))).status).toBe(404);
    expect((await pages.request(links.finding(pull, SECOND, 77))).status).toBe(404);
  });
});
