/** Where the App's pages are: what a reader finds by following the links from GitHub. */
import { ADMIN_TOKEN, METRICS_TOKEN } from './app-process.ts';
import type { CheckRun } from './github/index.ts';

export interface PageAddresses {
  /** The deadlock of the first pull request. */
  readonly finding: string;
  readonly pull: string;
  readonly locks: string;
}

/** @param runs check runs of the first pull request. Rejects where a link is missing. */
export async function pageAddresses(runs: readonly CheckRun[]): Promise<PageAddresses> {
  const run = runs.find(({ name }) => name === 'adjutant / lock-order');
  const pull = run?.detailsUrl ?? '';
  const lines = (run?.summary ?? '').split('\n').filter((line) => line.includes('lock-order/reclaim'));
  const finding = /\[details\]\((http[^)]+)\)/.exec(lines[0] ?? '')?.[1];
  const text = await (await fetch(pull)).text();
  const locks = /href="([^"]*\/locks\?[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
  if (finding === undefined || locks === undefined) throw new Error('a link to a page is missing');
  return { finding, pull, locks: new URL(locks, pull).href };
}

/** Every address that `--keep` prints and that does not answer as it must, each a sentence. */
export async function brokenPages(pages: PageAddresses, app: string): Promise<string[]> {
  const authorization = `Bearer ${METRICS_TOKEN}`;
  const signIn = { method: 'POST', body: new URLSearchParams({ token: ADMIN_TOKEN }) };
  const asked: readonly (readonly [url: string, says: string, init?: RequestInit])[] = [
    [pages.finding, 'The cycle'],
    [pages.pull, 'maintainer/linux #1'],
    [pages.locks, 'struct odp_umem.umem_mutex'],
    [`${app}/dashboard/sign-in`, '', { ...signIn, redirect: 'manual' }],
    [`${app}/metrics`, 'adjutant_reviews_total', { headers: { authorization } }],
    [`${app}/healthz`, 'ok'],
    [`${app}/readyz`, 'ready'],
  ];
  const wrong = asked.map(async ([url, says, init]) => {
    const response = await fetch(url, init);
    const isRight = response.status < 400 && (await response.text()).includes(says);
    return isRight ? [] : [`${url} answers ${response.status}, without ${says}`];
  });
  return (await Promise.all(wrong)).flat();
}
