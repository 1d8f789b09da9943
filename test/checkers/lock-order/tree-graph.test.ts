import { expect, it } from 'vitest';
import { lockOrder } from '../../../src/checkers/lock-order/index.ts';
import { lockClassesNamed, lockNeighbours } from '../../../src/checkers/lock-order/lock-neighbours.ts';
import { useStore } from '../../../src/effects/stores.ts';
import { buildTreeEffects } from '../../../src/effects/tree/build.ts';
import { ChangedEffects } from '../../../src/effects/tree/changed-effects.ts';
import { TreeEffects } from '../../../src/effects/tree/tree-effects.ts';
import { openIndex } from '../../../src/index/open-index.ts';
import { plainTree, type Sources, scratchFolder, writeTree } from '../../index/scratch.ts';

const TREE: Sources = {
  'include/dev.h': `
    struct dev { struct mutex lock; };
    struct bus { struct mutex lock; };
    void bus_rescan(struct bus *b, struct dev *d);`,
  'drivers/bus/bus.c': `
    #include "../../include/dev.h"
    void bus_rescan(struct bus *b, struct dev *d) {
      mutex_lock(&b->lock);
      mutex_lock(&d->lock);
      mutex_unlock(&d->lock);
      mutex_unlock(&b->lock);
    }`,
  'net/user.c': `
    #include "../include/dev.h"
    void user_reset(struct bus *b, struct dev *d) {
      mutex_lock(&d->lock);
      mutex_unlock(&d->lock);
      mutex_lock(&b->lock);
      mutex_unlock(&b->lock);
    }`,
};

async function changed(path: string, text: string) {
  const [root, cacheDir] = [scratchFolder(), scratchFolder()];
  writeTree(root, TREE);
  const opened = await openIndex(plainTree(root), { cacheDir, threads: 1 });
  await buildTreeEffects(opened.report.index, {
    cacheDir,
    factsFolder: opened.report.store.folder,
    threads: 1,
  });
  const effects = TreeEffects.open(opened.report.index);
  if (effects === undefined) throw new Error('the effects were not written');
  const before = opened.program();
  useStore(before, effects);
  const now = opened.program(new Map([[path, Buffer.from(text)]]));
  useStore(now, new ChangedEffects(effects, before, now, [path]));
  const close = (): void => {
    effects.close();
    opened.close();
  };
  return { effects, before, now, close };
}

it('finds the order that a file far away contradicts, with both chains', async () => {
  const { now, before, close } = await changed(
    'net/user.c',
    `#include "../include/dev.h"
    void user_reset(struct bus *b, struct dev *d) {
      mutex_lock(&d->lock);
      mutex_lock(&b->lock);
      mutex_unlock(&b->lock);
      mutex_unlock(&d->lock);
    }`,
  );
  expect(lockOrder.audit(before, ['net/user.c'])).toEqual([]);
  const [finding, ...others] = lockOrder.audit(now, ['net/user.c']);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ rule: 'lock-order/circular', function: 'user_reset', line: 4 });
  const steps = finding?.trace.map(({ path, line }) => `${path}:${line}`);
  expect(steps).toEqual(['drivers/bus/bus.c:4', 'drivers/bus/bus.c:5', 'net/user.c:3', 'net/user.c:4']);
  close();
});

it('does not count an order that the change takes away', async () => {
  const { now, close } = await changed(
    'drivers/bus/bus.c',
    `#include "../../include/dev.h"
    void bus_rescan(struct bus *b, struct dev *d) {
      mutex_lock(&d->lock);
      mutex_lock(&b->lock);
      mutex_unlock(&b->lock);
      mutex_unlock(&d->lock);
    }`,
  );
  expect(lockOrder.audit(now, ['drivers/bus/bus.c'])).toEqual([]);
  close();
});

it('tells the neighbours of a lock, by its class or its last name', async () => {
  const { before, effects, close } = await changed('net/user.c', TREE['net/user.c'] as string);
  expect(lockClassesNamed(effects, 'lock')).toEqual(['struct bus.lock', 'struct dev.lock']);
  expect(lockClassesNamed(effects, 'struct dev.lock')).toEqual(['struct dev.lock']);
  expect(lockClassesNamed(effects, 'ock')).toEqual([]);
  const { under, over } = lockNeighbours(before, effects, 'struct bus.lock');
  expect(over).toEqual([]);
  expect(under).toEqual([
    {
      lock: 'struct dev.lock',
      weight: 1,
      count: 1,
      witness: { path: 'drivers/bus/bus.c', line: 5, function: 'bus_rescan' },
    },
  ]);
  close();
});
