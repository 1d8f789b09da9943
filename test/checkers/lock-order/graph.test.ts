import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Dependency, LockGraph } from '../../../src/checkers/lock-order/graph.ts';
import type { LockMode } from '../../../src/kernel/locks.ts';

const edge = (
  from: string,
  to: string,
  fromMode: LockMode = 'write',
  toMode: LockMode = 'write',
): Dependency => ({
  from: { lock: from, mode: fromMode },
  to: { lock: to, mode: toMode },
  witness: [{ path: 'a.c', line: 1, function: 'f', text: `${from} then ${to}` }],
  weight: 1,
  count: 1,
  place: 'a.c',
});

const graphOf = (...edges: readonly Dependency[]): LockGraph => {
  const graph = new LockGraph();
  for (const e of edges) graph.add(e);
  return graph;
};

const names = (cycle: readonly Dependency[] | undefined): string | undefined =>
  cycle?.map((d) => `${d.from.lock}>${d.to.lock}`).join(' ');

describe('a cycle through a new dependency', () => {
  it('is found where the other order is in the tree', () => {
    expect(names(graphOf(edge('B', 'A')).cycle(edge('A', 'B')))).toBe('A>B B>A');
  });

  it('is found over several locks, the shortest first', () => {
    const graph = graphOf(edge('B', 'C'), edge('C', 'D'), edge('D', 'A'), edge('C', 'A'));
    expect(names(graph.cycle(edge('A', 'B')))).toBe('A>B B>C C>A');
  });

  it('goes through the dependency that is asked for, even where a shorter old cycle exists', () => {
    const graph = graphOf(edge('X', 'Y'), edge('Y', 'X'), edge('B', 'X'), edge('Y', 'A'));
    expect(names(graph.cycle(edge('A', 'B')))).toBe('A>B B>X X>Y Y>A');
  });

  it('is none where everybody takes the locks in one order', () => {
    expect(graphOf(edge('A', 'B'), edge('B', 'C'), edge('A', 'C')).cycle(edge('A', 'B'))).toBeUndefined();
  });

  it('is none where only recursive readers meet', () => {
    const graph = graphOf(edge('B', 'A', 'recursive', 'recursive'));
    expect(graph.cycle(edge('A', 'B', 'recursive', 'recursive'))).toBeUndefined();
  });

  it('is one where a plain reader can stand behind a waiting writer', () => {
    const graph = graphOf(edge('B', 'A', 'write', 'read'));
    expect(names(graph.cycle(edge('A', 'B', 'read')))).toBe('A>B B>A');
  });

  it('is no longer than asked', () => {
    const graph = graphOf(edge('B', 'C'), edge('C', 'D'), edge('D', 'A'));
    expect(graph.cycle(edge('A', 'B'), 3)).toBeUndefined();
    expect(names(graph.cycle(edge('A', 'B'), 4))).toBe('A>B B>C C>D D>A');
  });
});

describe('the graph', () => {
  it('counts the places that follow an order and keeps the strongest witness', () => {
    const weak = { ...edge('A', 'B'), weight: 0.1 };
    const graph = graphOf(weak, edge('A', 'B'));
    expect(graph.under('A')).toEqual([edge('A', 'B')]);
    expect(graph.over('B')).toEqual([edge('A', 'B')]);
    expect(graph.count(weak)).toBe(2);
  });

  it('answers with a closed chain or nothing, whatever it holds', () => {
    const lock = fc.constantFrom('A', 'B', 'C', 'D', 'E');
    const mode = fc.constantFrom<LockMode>('write', 'read', 'recursive');
    const anyEdge = fc.tuple(lock, lock, mode, mode).map(([a, b, m, n]) => edge(a, b, m, n));
    fc.assert(
      fc.property(fc.array(anyEdge, { maxLength: 20 }), anyEdge, (edges, through) => {
        const cycle = graphOf(...edges).cycle(through);
        if (cycle === undefined) return;
        expect(cycle[0]).toBe(through);
        cycle.forEach((d, i) => {
          const next = cycle[(i + 1) % cycle.length];
          expect(d.to.lock).toBe(next?.from.lock);
          expect(d.to.mode === 'recursive' && next?.from.mode !== 'write').toBe(false);
        });
      }),
    );
  });
});
