import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LockNeighbourhood } from '../../src/checkers/lock-order/lock-neighbours.ts';
import { lockGraphDot, lockGraphMermaid, lockGraphText } from '../../src/report/lock-graph.ts';

const NEIGHBOURHOOD: LockNeighbourhood = {
  lock: 'struct bus.lock',
  under: [
    {
      lock: 'struct dev.lock',
      weight: 0.9,
      count: 2,
      witness: { path: 'drivers/bus.c', line: 5, function: 'bus_rescan' },
    },
    { lock: 'fs_reclaim', weight: 0.5, count: 1, witness: undefined },
  ],
  over: [],
};

it('prints what is taken under a lock and over it, with a witness', () => {
  expect(lockGraphText(NEIGHBOURHOOD, 1)).toBe(
    [
      'struct bus.lock',
      '  taken under it (2)',
      '    struct dev.lock  90 %, 2 functions: bus_rescan()  drivers/bus.c:5',
      '    … and 1 more',
      '  it is taken under (0)',
    ].join('\n'),
  );
});

it('draws an edge from the lock that is held to the one that is taken under it', () => {
  expect(lockGraphDot(NEIGHBOURHOOD, 1)).toContain(
    '"struct bus.lock" -> "struct dev.lock" [label="bus_rescan() ×2"];',
  );
  const mermaid = lockGraphMermaid(NEIGHBOURHOOD, 1);
  expect(mermaid).toContain('l0 -->|"bus_rescan() ×2"| l1');
  expect(mermaid).toContain('l0["struct bus.lock"]');
});

it('lets nothing in a name end a label or a line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const neighbourhood = { ...NEIGHBOURHOOD, lock: name };
      const lines = lockGraphMermaid(neighbourhood, 1).split('\n');
      expect(lines.length).toBe(5);
      for (const line of lines) expect(line.replaceAll(/[^"]/g, '').length % 2).toBe(0);
      const dot = lockGraphDot(neighbourhood, 1).replaceAll(/\\[\\"]/g, '');
      expect(dot.replaceAll(/[^"]/g, '').length % 2).toBe(0);
    }),
  );
});
