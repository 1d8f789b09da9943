import { expect, it } from 'vitest';
import type { Dependency } from '../../../src/checkers/lock-order/graph.ts';
import { chainLine, chainSteps, scenario } from '../../../src/checkers/lock-order/scenario.ts';

const step = (line: number, text: string) => ({ path: 'a.c', line, function: 'f', text });

const cycle: readonly Dependency[] = [
  {
    from: { lock: 'A', mode: 'write' },
    to: { lock: 'B', mode: 'read' },
    witness: [step(1, 'f() takes A'), step(2, 'and then B')],
    weight: 1,
    count: 1,
    place: 'a.c',
  },
  {
    from: { lock: 'B', mode: 'write' },
    to: { lock: 'A', mode: 'write' },
    witness: [step(9, 'g() takes A under B')],
    weight: 1,
    count: 1,
    place: 'a.c',
  },
];

it('prints the chain as lockdep does, the highest number first', () => {
  expect(chainSteps(cycle).map((s) => s.text)).toEqual([
    '-> #1 (A): g() takes A under B',
    '-> #0 (B): f() takes A',
    'and then B',
  ]);
  expect(chainLine(cycle)).toBe('A --> B --> A');
});

it('lays the scenario out with the new dependency on CPU0', () => {
  expect(scenario(cycle)).toBe(
    [
      'Possible unsafe locking scenario:',
      '',
      '  CPU0        CPU1',
      '  ----        ----',
      '  lock(A);',
      '              lock(B);',
      '  rlock(B);',
      '              lock(A);',
      '',
      '  *** DEADLOCK ***',
    ].join('\n'),
  );
});
