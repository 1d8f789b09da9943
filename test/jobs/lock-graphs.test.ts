import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LockTree, lockTree } from '../web/lock-tree.ts';

let tree: LockTree;
beforeAll(() => {
  tree = lockTree();
});
afterAll(() => tree.remove());

const all = { directory: '', least: 0, limit: 10, skip: 0 };
const RB = 'struct vnx_mkey_cache.rb_lock';

test('finds lock classes by a part of their name, those of that very name first', async () => {
  const found = await tree.graphs.ask(tree, { kind: 'search', text: 'MUTEX', limit: 10 });
  if (found.kind !== 'search') throw new Error(found.kind);
  const names = found.locks.map(({ lock }) => lock);
  expect(names[0]).toBe('struct snd_usb_audio.mutex');
  expect(names).toContain('struct odp_umem.umem_mutex');
  expect(names).not.toContain(RB);
  expect(found.total).toBeGreaterThan(names.length);
});

test('tells the neighbours of a lock, and filters them by folder and by confidence', async () => {
  const ask = async (filter: Partial<typeof all>) => {
    const found = await tree.graphs.ask(tree, { kind: 'lock', lock: RB, filter: { ...all, ...filter } });
    return found.kind === 'lock' ? found.exploration.under : undefined;
  };
  expect(await ask({})).toMatchObject({
    total: 1,
    orders: [{ lock: 'fs_reclaim', path: 'drivers/infiniband/hw/vnx/cache.c' }],
  });
  expect((await ask({ directory: 'drivers/infiniband' }))?.total).toBe(1);
  expect((await ask({ directory: 'drivers/infini' }))?.total).toBe(0);
  expect((await ask({ directory: 'mm' }))?.total).toBe(0);
  expect((await ask({ least: 1 }))?.total).toBe(0);
  expect(await ask({ limit: 0 })).toEqual({ total: 1, orders: [] });
});

test('leads from an order to the code that follows it', async () => {
  const found = await tree.graphs.ask(tree, { kind: 'order', from: RB, to: 'fs_reclaim' });
  if (found.kind !== 'order') throw new Error(found.kind);
  const [witness] = found.order.witnesses;
  const code = (witness?.steps ?? []).map(
    ({ path, line }) => found.order.source[path]?.find((quoted) => quoted.line === line)?.text,
  );
  expect(code[0]).toContain('mutex_lock(&cache->rb_lock)');
  expect(code.at(-1)).toContain('kzalloc(');
});

test('an unknown lock has no neighbours, and a repository that is not here has no graph', async () => {
  const unknown = await tree.graphs.ask(tree, { kind: 'lock', lock: 'nothing', filter: all });
  expect(unknown).toMatchObject({ exploration: { under: { total: 0 }, over: { total: 0 } } });
  const elsewhere = { gitDir: `${tree.gitDir}/nowhere`, commit: tree.commit };
  expect(await tree.graphs.ask(elsewhere, { kind: 'search', text: '', limit: 1 })).toEqual({ kind: 'none' });
  const gone = { gitDir: tree.gitDir, commit: 'f'.repeat(40) };
  expect(await tree.graphs.ask(gone, { kind: 'search', text: '', limit: 1 })).toEqual({ kind: 'none' });
});

test('who waits when the process ends hears of it, and the next question is answered again', async () => {
  const waiting = tree.graphs.ask(tree, { kind: 'search', text: '', limit: 1 });
  tree.graphs.stop();
  await expect(waiting).rejects.toThrow('closed');
  expect((await tree.graphs.ask(tree, { kind: 'search', text: '', limit: 1 })).kind).toBe('search');
});
