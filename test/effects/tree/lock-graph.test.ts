import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LockGraphWriter, TreeLockGraph } from '../../../src/effects/tree/lock-graph.ts';
import type { StoredDependency } from '../../../src/effects/tree/stored-dependencies.ts';
import { buildIndex } from '../../../src/index/build.ts';
import { plainTree, scratchFolder } from '../../index/scratch.ts';

const mode = fc.constantFrom('write' as const, 'read' as const, 'recursive' as const);
const lock = fc.constantFrom('struct a.lock', 'struct b.lock', 'c.c:c_mutex', 'fs_reclaim');
const dependency = fc.record<StoredDependency>({
  from: lock,
  fromMode: mode,
  to: lock,
  toMode: mode,
  line: fc.nat(9999),
  weight: fc.nat(1000),
});
const keyOf = (d: StoredDependency): string => `${d.from} ${d.fromMode} ${d.to} ${d.toMode}`;
const functions = fc.uniqueArray(
  fc.record({
    number: fc.nat(500),
    dependencies: fc.uniqueArray(dependency, { maxLength: 5, selector: keyOf }),
  }),
  { maxLength: 8, selector: ({ number }) => number },
);

it('gives back each order with its surest witnesses, whatever order they came in', async () => {
  const { index, store } = await buildIndex(plainTree(scratchFolder()), { cacheDir: scratchFolder() });
  let names = 0;
  const written = (all: readonly { number: number; dependencies: readonly StoredDependency[] }[]) => {
    const writer = new LockGraphWriter();
    for (const { number, dependencies } of all) writer.add(number, dependencies);
    const name = `test-${++names}`;
    writer.finish(index, name);
    const graph = TreeLockGraph.open(index, name);
    if (graph === undefined) throw new Error('the graph was not written');
    return graph;
  };
  fc.assert(
    fc.property(functions, (all) => {
      const graph = written(all);
      const again = written(all.toReversed());
      expect(again.locks.map((l) => again.under(l))).toEqual(graph.locks.map((l) => graph.under(l)));
      const flat = all.flatMap(({ number, dependencies }) => dependencies.map((d) => ({ number, ...d })));
      expect(graph.size).toBe(new Set(flat.map(keyOf)).size);
      for (const d of flat) {
        const same = flat.filter((other) => keyOf(other) === keyOf(d));
        const [found, ...others] = graph
          .between(d.from, d.to)
          .filter((e) => e.from.mode === d.fromMode && e.to.mode === d.toMode);
        expect(others).toEqual([]);
        expect(found?.count).toBe(same.length);
        expect(found?.weight).toBe(Math.max(...same.map(({ weight }) => weight)) / 1000);
        expect(same.map(({ number, line }) => ({ number, line }))).toEqual(
          expect.arrayContaining([...(found?.witnesses ?? [])]),
        );
        expect(graph.under(d.from)).toContainEqual(found);
        expect(graph.over(d.to)).toContainEqual(found);
      }
    }),
    { numRuns: 60 },
  );
  expect(TreeLockGraph.open(index, 'another')).toBeUndefined();
  index.close();
  store.close();
});
