/**
 * `npm run demo:screenshot -- OUT.png [RULE] [CHROMIUM]`: a picture of the last review comment about a rule, as the App
 * posted it, for the README.
 * Needs a Chromium and a font with emoji (Debian: chromium, fonts-noto-color-emoji).
 */
import { chromium } from 'playwright-core';
import { openStage } from './stage.ts';
import { bugsComeIn, isReviewed } from './story.ts';

const [out, rule = 'lock-order/reclaim', executablePath = '/usr/bin/chromium'] = process.argv.slice(2);
if (out === undefined) throw new Error('usage: npm run demo:screenshot -- OUT.png [RULE] [CHROMIUM]');
const args = [
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const { github, repository, close } = await openStage();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', ...args] });
try {
  const { pull } = await bugsComeIn(github, repository);
  await github.waitFor(() => isReviewed(github.checkRuns(pull)));
  const page = await browser.newPage({ viewport: { width: 1044, height: 900 }, deviceScaleFactor: 2 });
  await page.goto(`${github.url}/maintainer/linux/pull/${pull.number}`);
  const thread = page.locator('section.thread', { hasText: rule }).last();
  await thread.locator('summary').first().click();
  await thread.screenshot({ path: out });
} finally {
  await browser.close();
  await close();
}
