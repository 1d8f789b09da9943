/**
 * `npm run demo:pictures -- FOLDER [--repo DIR --base A --head B --rule RULE --lock LOCK] [--chromium PATH]`: the pictures of
 * the pages in the README, `finding.png`, `lock-graph.png` and `dashboard.png`.
 *
 * The finding is what a review of A..B says in a repository, and the locks are those of A: of the demo's own pull request
 * where none is named. The figures of the dashboard are invented. Needs a Chromium (Debian: chromium).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { serve } from '@hono/node-server';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { cacheDir } from '../src/config/cache-dir.ts';
import { openRepository } from '../src/git/repository.ts';
import { createLinks, linkKey } from '../src/jobs/links.ts';
import { createLockGraphs } from '../src/jobs/lock-graphs.ts';
import { review } from '../src/review/review.ts';
import { openDatabase } from '../src/store/database.ts';
import { findingsOf, keepReport } from '../src/store/findings.ts';
import { migrate } from '../src/store/migrations.ts';
import { startQueue } from '../src/store/queue.ts';
import { addReview, endReview } from '../src/store/reviews.ts';
import { createPages } from '../src/web/pages.ts';
import { ADMIN_TOKEN } from './app-process.ts';
import { applySeries } from './changes.ts';
import { commit, initRepository, readFolder } from './github/repository.ts';
import { inventFigures } from './invented-figures.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    repo: { type: 'string' },
    base: { type: 'string', default: '' },
    head: { type: 'string', default: '' },
    rule: { type: 'string', default: 'lock-order/reclaim' },
    lock: { type: 'string', default: 'struct odp_umem.umem_mutex' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('usage: npm run demo:pictures -- FOLDER [--repo DIR …]');

const REVIEW = '00000000-0000-4000-8000-000000000001';
const repository = { id: 1, installation: 60_000_001, owner: 'maintainer', name: 'linux' };
const pull = { repository, number: 1 };
const key = linkKey('of the pictures');
const SURE = ['high', 'medium', 'low'];
const FAILED = {
  id: 1,
  guid: '',
  event: 'pull_request',
  action: 'synchronize',
  statusCode: 502,
  deliveredAt: Date.now() - 7_200_000,
  redelivery: false,
};
const dir = mkdtempSync(join(tmpdir(), 'adjutant-pictures-'));
const change = values.repo === undefined ? await demoChange() : { ...values, repo: resolve(values.repo) };

const database = await openDatabase(undefined, dir);
await migrate(database);
const queue = await startQueue(database, (error) => console.error(error));
await inventFigures(database, queue);
const ordinal = await keepReview();
const lockGraphs = createLockGraphs({ memory: 6000, cacheDir: cacheDir(process.env) });
const log = { info: () => undefined, warn: console.error, error: console.error };
const pages = createPages({
  database,
  queue,
  key,
  githubUrl: 'https://github.com',
  root: '',
  secure: false,
  adminToken: ADMIN_TOKEN,
  metricsToken: undefined,
  signIn: undefined,
  askLocks: (_, at, query) => lockGraphs.ask({ gitDir: change.repo, commit: at }, query),
  failedDeliveries: async () => [FAILED],
  log,
});
const server = serve({ fetch: pages.fetch, port: 0, hostname: '127.0.0.1' });
await new Promise((listening) => server.once('listening', listening));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const links = createLinks(url, key, 1);
const browser = await chromium.launch({
  executablePath: values.chromium,
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const addresses = {
    finding: links.finding(pull, REVIEW, ordinal),
    'lock-graph': links.locks(repository.id, values.lock),
    dashboard: `${url}/dashboard`,
  };
  for (const [name, address] of Object.entries(addresses)) {
    const full = name === 'dashboard';
    await take(address, join(folder, `${name}.png`), { viewport: { width: 1400, height: 1060 } }, full);
  }
} finally {
  await browser.close();
  server.close();
  lockGraphs.stop();
  await queue.stop(0);
  await database.close();
  rmSync(dir, { recursive: true, force: true });
}

async function take(address: string, path: string, options: BrowserContextOptions, fullPage: boolean) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(address);
  if (address.endsWith('/dashboard')) await signIn(page);
  await page.screenshot({ path, fullPage });
  await context.close();
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Administrator token').fill(ADMIN_TOKEN);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
}

/** Reviews the change and keeps what it says, as a worker does. Returns which finding is to be shown. */
async function keepReview(): Promise<number> {
  const opened = await openRepository(change.repo);
  if (opened === undefined) throw new Error(`${change.repo} is no repository`);
  const idOf = async (name: string) => {
    const id = await opened.resolve(name);
    if (id === undefined) throw new Error(`no commit ${name}`);
    return id;
  };
  const [base, head] = await Promise.all([idOf(change.base), idOf(change.head)]);
  const asked = await opened.change({ base, head, baseName: change.base, headName: change.head });
  const report = await review(asked, { cacheDir: cacheDir(process.env) });
  await addReview(database, {
    id: REVIEW,
    installation: repository.installation,
    repository: repository.id,
    number: 1,
    head,
    baseRef: 'master',
    checkRuns: {},
  });
  await keepReport(
    database,
    repository,
    { id: REVIEW, baseRef: 'master' },
    { report, diff: asked.diff },
    base,
  );
  await endReview(database, REVIEW, 'completed');
  opened.close();
  const all = await findingsOf(database, [REVIEW]);
  const [found] = all
    .filter(({ finding, fixed }) => finding.rule === values.rule && !fixed)
    .toSorted((a, b) => SURE.indexOf(a.finding.confidence) - SURE.indexOf(b.finding.confidence));
  if (found === undefined) throw new Error(`no finding of ${values.rule}`);
  return found.ordinal;
}

/** The demo's first pull request in a repository of its own. */
async function demoChange() {
  const repo = join(dir, 'linux.git');
  await initRepository(repo, 'master');
  const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const files = await readFolder(at('tree'));
  const base = await commit(repo, 'master', undefined, [{ message: 'Linux in miniature\n', files }]);
  return { repo, base, head: await applySeries(repo, base, at('changes/bugs')) };
}
