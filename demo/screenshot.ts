/**
 * `npm run demo:screenshot -- OUT.png [RULE | --story] [CHROMIUM]`: a picture for the documents of the last review comment
 * about a rule, as the App posted it; or of the dismissal in the story and the checks at its end.
 * Needs a Chromium and a font with emoji (Debian: chromium, fonts-noto-color-emoji).
 */
import { chromium, type Page } from 'playwright-core';
import { fivePushes } from './five-pushes.ts';
import { openStage } from './stage.ts';
import { bugsComeIn, isReviewed } from './story.ts';

const STORY = '--story';
const [out, what = 'lock-order/reclaim', executablePath = '/usr/bin/chromium'] = process.argv.slice(2);
if (out === undefined)
  throw new Error('usage: npm run demo:screenshot -- OUT.png [RULE | --story] [CHROMIUM]');
const args = [
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const stage = await openStage();
const { github, repository } = stage;
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', ...args] });
try {
  const page = await browser.newPage({ viewport: { width: 1044, height: 900 }, deviceScaleFactor: 2 });
  if (what === STORY) await fivePushes(stage);
  else {
    const { pull } = await bugsComeIn(github, repository);
    await github.waitFor(() => isReviewed(github.checkRuns(pull)));
  }
  await page.goto(`${github.url}/maintainer/linux/pull/1`);
  await (what === STORY ? dismissal(page) : comment(page, what)).then((shown) =>
    shown.screenshot({ path: out }),
  );
} finally {
  await browser.close();
  await stage.close();
}

async function comment(page: Page, rule: string) {
  const thread = page.locator('section.thread', { hasText: rule }).last();
  await thread.locator('summary').first().click();
  return thread;
}

/** The page with no more on it than who dismisses what, and the checks. */
async function dismissal(page: Page) {
  const others = page.locator('main > section.box', { hasNotText: /dismiss|counts again|Checks/i });
  const threads = page.locator('main > section.thread, main > section.box:has(details)');
  for (const unwanted of [others, threads, page.locator('main > section.box', { hasText: /reason…/ })])
    await unwanted.evaluateAll((all) => all.map((one) => one.remove()));
  return page.locator('main');
}
