/** Where the App's pages are: what a reader finds by following the links from GitHub. */
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
