/** Every page in a real browser: opened, used, and looked at by axe. */

import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startGitHub } from '../../demo/github/index.ts';
import { createIdentity } from '../../src/app/github/identity.ts';
import { giveUp } from '../../src/jobs/dead-letter.ts';
import type { Delivery } from '../../src/jobs/deliveries.ts';
import { createLinks } from '../../src/jobs/links.ts';
import { dismiss, undismiss } from '../../src/store/dismissals.ts';
import { startQueue } from '../../src/store/queue.ts';
import { endReview } from '../../src/store/reviews.ts';
import { hasNoBrowser, launchBrowser, sayIfSkipped } from './browser.ts';
import { ADMIN, FIRST, KEY, keptReviews, NUMBER, pagesOn, REPOSITORY, SECOND } from './kept-reviews.ts';
import { type LockTree, lockTree } from './lock-tree.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
sayIfSkipped();

const RB = 'struct vnx_mkey_cache.rb_lock';
const FAILED: Delivery = {
  id: 1,
  guid: 'a',
  event: 'pull_request',
  action: 'opened',
  statusCode: 502,
  deliveredAt: Date.UTC(2026, 2, 2, 4, 5),
};
const pull = { repository: REPOSITORY, number: NUMBER };
const links = createLinks('', KEY, 1);

describe.skipIf(hasNoBrowser)('in a browser', () => {
  let browser: Browser;
  let kept: Awaited<ReturnType<typeof keptReviews>>;
  let queue: Awaited<ReturnType<typeof startQueue>>;
  let tree: LockTree;
  let server: ReturnType<typeof serve>;
  let url = '';
  const retried: object[] = [];

  beforeAll(async () => {
    tree = lockTree();
    [browser, kept] = await Promise.all([launchBrowser(), keptReviews()]);
    queue = await startQueue(kept.database, (error) => console.error(error));
    const pages = pagesOn(kept.database, {
      queue: {
        ...queue,
        enqueue: async (_, job) => {
          retried.push(job);
          return true;
        },
      },
      askLocks: (_, __, query) => tree.graphs.ask(tree, query),
      failedDeliveries: async () => [FAILED],
    });
    server = serve({ fetch: pages.fetch, port: 0, hostname: '127.0.0.1' });
    await new Promise((resolve) => server.once('listening', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    tree?.remove();
    await queue?.stop(0);
    await kept?.close();
  });

  /** Opens an address; fails where the page asks for something from elsewhere, or the browser complains. */
  async function open(
    address: string,
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page; complaints: string[]; bytes: () => number }> {
    const context = await browser.newContext({ viewport: { width: 1400, height: 1000 }, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    let bytes = 0;
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith('data:'))
        complaints.push(`asks ${request.url()}`);
    });
    page.on('response', async (response) => {
      bytes += (await response.body().catch(() => Buffer.alloc(0))).length;
    });
    await page.goto(url + address);
    return { page, complaints, bytes: () => bytes };
  }

  async function signIn(page: Page): Promise<void> {
    await page.getByLabel('Administrator token').fill(ADMIN);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
  }

  const addresses: readonly (readonly [name: string, address: () => string])[] = [
    ['a deadlock', () => links.finding(pull, FIRST, 0)],
    ['a finding that wishes harm', () => links.finding(pull, SECOND, 0)],
    ['a pull request', () => links.pull(pull)],
    ['the search for locks', () => links.locks(REPOSITORY.id)],
    ['a lock', () => links.locks(REPOSITORY.id, RB)],
    ['an order of locks', () => `${links.locks(REPOSITORY.id)}&from=${encodeURIComponent(RB)}&to=fs_reclaim`],
    ['the dashboard', () => '/dashboard'],
    ['a page that is not there', () => '/repositories/1'],
  ];

  interface Violation {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }

  /** What axe finds on a page as it is shown now. */
  async function violations(page: Page): Promise<string[]> {
    const found = await page.evaluate<{ violations: readonly Violation[] }>('axe.run()');
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
  }

  test.each(addresses)('%s: axe finds nothing, light or dark, and it fits a phone', async (name, address) => {
    const { page, complaints, bytes } = await open(address());
    if (name === 'the dashboard') await signIn(page);
    await page.evaluate(axe.source);
    expect(await violations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 740 });
    const width = (of: string) => page.evaluate<number>(`document.documentElement.${of}`);
    expect(await width('scrollWidth')).toBeLessThanOrEqual(await width('clientWidth'));
    const expected = /status of (?:401|404)/;
    expect(complaints.filter((complaint) => !expected.test(complaint))).toEqual([]);
    // The dashboard is two pages: one asks for the token.
    expect(bytes()).toBeLessThan(name === 'the dashboard' ? 200_000 : 100_000);
    await page.context().close();
  });

  test('a deadlock is seen without scrolling: the cycle, the new edge, and who waits for whom', async () => {
    const { page } = await open(links.finding(pull, FIRST, 0));
    for (const part of ['svg.graph', 'svg.graph .edge.new', 'svg.timeline']) {
      const box = await page.locator(part).first().boundingBox();
      expect(box?.y).toBeGreaterThan(0);
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan(1000);
    }
    const color = (selector: string) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).stroke`);
    expect(await color('.edge.new path')).not.toBe(await color('.edge.known path'));
    const [left, right] = await Promise.all(
      [0, 1].map((side) => page.locator('.side').nth(side).boundingBox()),
    );
    expect(left?.y).toBe(right?.y);
    expect(right?.x).toBeGreaterThan(left?.x ?? Number.POSITIVE_INFINITY);
    await page.context().close();
  });

  test('on a phone the cycle and who waits for whom each fit a screen, and nothing is cut off', async () => {
    const viewport = { width: 375, height: 740 };
    const { page } = await open(links.finding(pull, FIRST, 0), { viewport, isMobile: true });
    for (const part of ['.narrow svg.graph', '.narrow svg.timeline']) {
      const box = await page.locator(part).boundingBox();
      expect(box?.height).toBeLessThan(740);
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 375)).toBeLessThanOrEqual(375);
    }
    expect(await page.locator('.wide svg:visible').count()).toBe(0);
    await page.context().close();
  });

  test('both sides of a deadlock stay in view while the longer one is read', async () => {
    const { page } = await open(links.finding(pull, FIRST, 0), { viewport: { width: 1400, height: 500 } });
    const side = (at: number) => page.locator('.side').nth(at);
    // As a side is whose way leads through many functions.
    await page.evaluate(`document.querySelectorAll('.side')[0].style.minHeight = '2500px'`);
    const top = async () => (await side(1).boundingBox())?.y ?? Number.NaN;
    const before = await top();
    await page.mouse.wheel(0, before + 1000);
    await expect.poll(top).toBeLessThan(100);
    expect(await top()).toBeGreaterThanOrEqual(0);
    await page.context().close();
  });

  test('one walks from a finding to its pull request and back, without JavaScript', async () => {
    const { page } = await open(links.finding(pull, FIRST, 0), { javaScriptEnabled: false });
    await page.getByRole('link', { name: '#3', exact: true }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('maintainer/linux #3');
    await page.getByRole('link', { name: /struct x\.b is taken/ }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('struct x.b is taken');
    await page.context().close();
  });

  test('one finds a lock, filters its neighbours and reads the code, by keyboard and without JavaScript', async () => {
    const { page } = await open(links.locks(REPOSITORY.id), { javaScriptEnabled: false });
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to the content');
    await page.getByLabel('Lock', { exact: true }).focus();
    await page.keyboard.type('rb_lock');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: RB }).first().press('Enter');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(RB);
    await page.getByLabel('Only functions below').fill('mm');
    await page.keyboard.press('Enter');
    await page.getByText('passes the filter').waitFor();
    await page.getByLabel('Only functions below').fill('drivers');
    await page.getByLabel('Confidence').selectOption('0.8');
    await page.getByRole('button', { name: 'Filter' }).press('Enter');
    await page.getByRole('link', { name: /cache\.c:\d+/ }).press('Enter');
    await page.getByText('mutex_lock(&cache->rb_lock);').waitFor();
    await page.goBack();
    await page.locator('svg.graph .edge a').first().click();
    await page.getByText('mutex_lock(&cache->rb_lock);').waitFor();
    await page.context().close();
  });

  test('one signs in with GitHub, sees the page, and signs out, without JavaScript', async () => {
    const github = await startGitHub();
    const server = serve({ fetch: (request) => signInPages.fetch(request), port: 0, hostname: '127.0.0.1' });
    await new Promise((resolve) => server.once('listening', resolve));
    const publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    github.callbackUrls.push(`${publicUrl}/sign-in/callback`);
    const { GITHUB_CLIENT_ID: clientId, GITHUB_CLIENT_SECRET: clientSecret } = github.env;
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const identity = createIdentity(
      { clientId, clientSecret },
      { githubUrl: github.url, apiUrl: `${github.url}/api/v3` },
      log,
    );
    const mayRead = async (_: unknown, { login }: { login: string }) => login === 'maintainer';
    const signInPages = pagesOn(kept.database, {
      signIn: { identity, mayRead, clientSecret, publicUrl, administrators: [] },
    });
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(publicUrl + links.finding(pull, FIRST, 0));
    await page.getByRole('link', { name: 'Sign in with GitHub' }).click();
    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.getByText('you declined').waitFor();
    await page.getByRole('link', { name: 'Try again' }).click();
    await page.getByRole('link', { name: 'maintainer', exact: true }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('struct x.b is taken');
    await page.setViewportSize({ width: 375, height: 740 });
    expect((await page.getByRole('navigation').boundingBox())?.width).toBeGreaterThan(300);
    expect((await page.locator('header').boundingBox())?.height).toBeLessThan(150);
    await page.getByRole('link', { name: '#3', exact: true }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('maintainer/linux #3');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await page.goto(`${publicUrl}/repositories/7/pulls/3`);
    await page.getByRole('link', { name: 'Sign in with GitHub' }).waitFor();
    expect(github.userTokens()).toEqual([]);
    expect(github.violations).toEqual([]);
    await context.close();
    server.close();
    await github.close();
  });

  test('the dashboard shows what failed, which rule is dismissed, and the figures of its charts', async () => {
    await dismiss(kept.database, pull, { fingerprint: 'bbbb', by: 'mara', reason: 'one object only' });
    const { page } = await open('/dashboard', { javaScriptEnabled: false });
    await signIn(page);
    const deliveries = page.locator('section', { hasText: 'Deliveries that failed' }).last();
    expect(await deliveries.textContent()).toMatch(/502 pull_request 2026-03-02 04:05 UTC/);
    const rule = page.getByRole('row', { name: /lock-order\/circular/ });
    expect(await rule.getByRole('cell').allTextContents()).toEqual(['2', '1', '1', ' 50 %']);
    const times = page.locator('section', { hasText: 'From event to verdict' }).last();
    await times.locator('summary').press('Enter');
    const counted = await times.getByRole('row').getByRole('cell').allTextContents();
    const reviews = counted.filter((_, at) => at % 2 === 0).map(Number);
    expect(reviews.reduce((all, one) => all + one, 0)).toBe(2);
    await undismiss(kept.database, pull, 'bbbb', 'mara');
    await page.context().close();
  });

  test('the administrator signs in, has a review tried again, and signs out', async () => {
    await giveUp(queue, 'review', FIRST, { pull }, 'the analysis took longer than 600 s');
    await endReview(kept.database, FIRST, 'failed', 'the analysis took longer than 600 s');
    const { page } = await open('/dashboard', { javaScriptEnabled: false });
    await page.getByLabel('Administrator token').fill('something else');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('alert').textContent()).toContain('not the token');
    await signIn(page);
    await page.getByRole('button', { name: 'Retry the review of maintainer/linux#3' }).click();
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    expect(await page.getByRole('button', { name: /Retry/ }).count()).toBe(0);
    expect(retried).toEqual([expect.objectContaining({ data: expect.objectContaining({ kind: 'rerun' }) })]);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Administrator token').waitFor();
    await page.context().close();
  });
});
