import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BottomUp } from '../../../src/effects/tree/bottom-up.ts';

/** The components that visiting `roots` in order hands out. */
function components(graph: readonly (readonly number[])[], roots: readonly number[]): string[] {
  const found: string[] = [];
  const order = new BottomUp(
    graph.length,
    (node) => graph[node] ?? [],
    (members, isCycle) =>
      found.push(`${members.toSorted((a, b) => a - b).join(' ')}${isCycle ? ' cycle' : ''}`),
  );
  for (const root of roots) order.visit(root);
  return found;
}

it('hands out what a node leads to before the node, and cycles whole', () => {
  expect(components([[1], [2], [1, 3], [], [4]], [0, 4])).toEqual(['3', '1 2 cycle', '0', '4 cycle']);
});

it('tells the same components apart wherever it begins', () => {
  const graphs = fc.integer({ min: 1, max: 12 }).chain((count) =>
    fc.tuple(
      fc.array(fc.array(fc.nat(count - 1), { maxLength: 4 }), { minLength: count, maxLength: count }),
      fc.shuffledSubarray(
        Array.from({ length: count }, (_, node) => node),
        { minLength: count },
      ),
    ),
  );
  fc.assert(
    fc.property(graphs, ([graph, roots]) => {
      const found = components(graph, roots);
      const inOrder = components(graph, graph.keys().toArray());
      expect(found.toSorted()).toEqual(inOrder.toSorted());
      const place = new Map<number, number>();
      for (const [at, text] of found.entries())
        for (const node of text.replace(' cycle', '').split(' ')) place.set(Number(node), at);
      for (const [node, targets] of graph.entries())
        for (const target of targets)
          expect(place.get(target) as number).toBeLessThanOrEqual(place.get(node) as number);
    }),
  );
});

it('leaves what leads to a node that is taken, until it is free', () => {
  // 0 -> 1 -> 2 -> 1, and 1 -> 3, which another has.
  const graph = [[1], [2, 3], [1], [], [2]];
  const found: string[] = [];
  let isTaken = true;
  const order = new BottomUp(
    graph.length,
    (node) => graph[node] ?? [],
    (members) => found.push(members.toSorted((a, b) => a - b).join(' ')),
    (node) => (node !== 3 ? 'free' : isTaken ? 'taken' : 'done'),
  );
  expect(order.visit(0)).toBe(false);
  expect(order.visit(4)).toBe(false);
  expect(found).toEqual([]);
  isTaken = false;
  expect(order.visit(4)).toBe(true);
  expect(order.visit(0)).toBe(true);
  expect(found).toEqual(['1 2', '4', '0']);
});

it('goes down a path of any length', () => {
  const graph = Array.from({ length: 100_000 }, (_, node) => (node < 99_999 ? [node + 1] : []));
  const found = components(graph, [0]);
  expect(found.length).toBe(100_000);
  expect(found[0]).toBe('99999');
});
