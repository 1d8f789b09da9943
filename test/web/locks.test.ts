/** The lock graph explorer where a lock has more neighbours than a page holds. */
import { expect, test } from 'vitest';
import type { LockQuery } from '../../src/jobs/lock-graph-query.ts';
import type { Visitor } from '../../src/web/access.ts';
import { stylesheet } from '../../src/web/layout.ts';
import { locksPage } from '../../src/web/locks.ts';

const HUB = 'struct some_rather_long_driver_context.request_mutex';
const orders = [...Array(70).keys()].map((at) => ({
  lock: `drivers/net/ethernet/some_vendor/some_driver/some_file_name.c:some_lock_${at}`,
  weight: 1 - at / 100,
  count: 70 - at,
  function: `some_driver_some_object_some_operation_${at}`,
  path: 'drivers/net/ethernet/some_vendor/some_driver/some_other_file_name.c',
  line: 1000 + at,
}));

/** Seventy orders on the one side, forty on the other. */
const asked: string[] = [];
const graph = async (_: number, commit: string, query: LockQuery) => {
  asked.push(commit);
  if (query.kind === 'search') return { kind: 'search', locks: [], total: 0 } as const;
  if (query.kind !== 'lock') throw new Error('not asked');
  const { skip, limit } = query.filter;
  const side = (all: typeof orders) => ({ orders: all.slice(skip, skip + limit), total: all.length });
  const exploration = { lock: query.lock, under: side(orders), over: side(orders.slice(0, 40)) };
  return { kind: 'lock', exploration } as const;
};
const visitor: Visitor = { login: undefined, query: () => ({ token: 'x'.repeat(50) }) };
const repository = {
  id: 7,
  installation: 5,
  owner: 'maintainer',
  name: 'linux',
  baseRef: 'master',
  base: 'b'.repeat(40),
  updated: new Date(0),
  disk: { mirror: 0, index: undefined, indexed: undefined },
};
const branches = [
  { ref: 'master', tip: 'b'.repeat(40) },
  { ref: 'linux-6.12.y', tip: 'c'.repeat(40) },
];
const open = async (query: Record<string, string>) =>
  String(await locksPage(repository, branches, query, { root: '', visitor, ask: graph }));

test('all of them are reached, thirty of a side at a time, and the filter stays', async () => {
  const seen = new Set<string>();
  let query: Record<string, string> | undefined = { lock: HUB, directory: 'drivers', least: '0.4' };
  for (let pages = 1; query !== undefined; pages++) {
    expect(pages).toBeLessThanOrEqual(3);
    const text = await open(query);
    for (const [, at = ''] of text.matchAll(/<code>[^<]*:some_lock_(\d+)<\/code>/g)) seen.add(at);
    const next = /<a href="[^"]*\?([^"]*)">The next/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    query = next === undefined ? undefined : Object.fromEntries(new URLSearchParams(next));
    if (query !== undefined) expect(query).toMatchObject({ directory: 'drivers', least: '0.4' });
  }
  expect(seen.size).toBe(70);
});

test('a page with long names stays below 100 kB, its stylesheet included', async () => {
  const text = await open({ lock: HUB });
  expect(Buffer.byteLength(text) + stylesheet.bytes.length).toBeLessThan(100_000);
});

test('what is no number of orders to leave out is none', async () => {
  for (const skip of ['-1', 'x', '1e99', 'NaN'])
    expect(await open({ lock: HUB, skip })).toContain('1 to 30 of');
  expect(await open({ lock: HUB, skip: '60' })).toContain('No more.');
});

test('each base branch has its own graph, and one stays with it', async () => {
  const start = await open({});
  expect(asked.at(-1)).toBe('b'.repeat(40));
  expect(start).toMatch(/also of <a href="[^"]*branch=linux-6\.12\.y">linux-6\.12\.y<\/a>/);
  const lock = await open({ branch: 'linux-6.12.y', lock: HUB });
  expect(asked.at(-1)).toBe('c'.repeat(40));
  const links = [...lock.matchAll(/href="(\/repositories[^"]*)"/g)].map(([, href = '']) => href);
  expect(links.length).toBeGreaterThan(60);
  expect(links.filter((href) => !href.includes('branch=linux-6.12.y'))).toEqual([]);
  expect(lock).toContain('<input type="hidden" name="branch" value="linux-6.12.y">');
  await open({ branch: 'no-such-branch' });
  expect(asked.at(-1)).toBe('b'.repeat(40));
});
