/** Debian's Chromium, where it is installed. `ADJUTANT_CHROMIUM=required` makes its absence a failure. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const path = PATHS.find((candidate) => existsSync(candidate));
const isRequired = process.env.ADJUTANT_CHROMIUM === 'required';

/** Whether the tests that need a browser are left out; then this is said. */
export const hasNoBrowser = path === undefined && !isRequired;

export function sayIfSkipped(): void {
  if (hasNoBrowser)
    process.stderr.write('No Chromium here: the tests of the pages in a browser are skipped.\n');
}

export async function launchBrowser(): Promise<Browser> {
  if (path === undefined) throw new Error('no Chromium: apt-get install chromium');
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
  ];
  return chromium.launch({ executablePath: path, args });
}
