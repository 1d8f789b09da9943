import { describe, expect, it } from 'vitest';
import { type LockSummary, NO_LOCKS } from '../../../src/effects/locks/lock-summary.ts';
import { UNKNOWN_SUMMARY } from '../../../src/effects/summary.ts';
import {
  SharedEffects,
  type SharedMemory,
  type Solved,
  shareMemory,
} from '../../../src/effects/tree/shared-effects.ts';

const taking = (lockClass: string): LockSummary => ({
  ...NO_LOCKS,
  asserts: [{ lockClass, place: '', mode: 'any', line: 7 }],
});

const solved = (lockClass: string): Solved => ({
  summary: { ...UNKNOWN_SUMMARY, nullLine: 3, nullFrom: 'find' },
  locks: taking(lockClass),
  dependencies: [
    { from: lockClass, fromMode: 'write', to: 'struct dev.lock', toMode: 'read', line: 9, weight: 500 },
  ],
});

const threads = (memory: SharedMemory): [SharedEffects, SharedEffects] => [
  new SharedEffects(memory, 0),
  new SharedEffects(memory, 1),
];

describe('what one thread puts', () => {
  it('another one reads', () => {
    const [first, second] = threads(shareMemory(10));
    first.put([[4, solved('rtnl_mutex')]]);
    second.put([[5, solved('ünlikely')]]);
    for (const [reader, number, lock] of [
      [second, 4, 'rtnl_mutex'],
      [first, 5, 'ünlikely'],
    ] as const) {
      const { summary, locks, dependencies } = solved(lock);
      expect(reader.has(number)).toBe(true);
      expect(reader.get(number)).toEqual({ summary, locks });
      expect(reader.dependencies(number)).toEqual(dependencies);
    }
  });

  it('is not there before all members of its cycle are', () => {
    const memory = shareMemory(10);
    const [first, second] = threads(memory);
    const starts = new Uint32Array(memory.starts);
    first.put([
      [1, solved('a')],
      [2, solved('b')],
    ]);
    expect([second.has(1), second.has(2)]).toEqual([true, true]);
    // As it is in the moment before the last start is set.
    starts[2] = 0;
    expect([second.has(1), second.has(2)]).toEqual([false, false]);
    expect(second.get(1)).toBeUndefined();
  });

  it('stays with the thread where there is no room', () => {
    const memory = { ...shareMemory(10), records: new SharedArrayBuffer(100) };
    const [first, second] = threads(memory);
    first.put([[1, solved('a')]]);
    expect(first.get(1)?.locks).toEqual(taking('a'));
    expect(first.dependencies(1)).toEqual(solved('a').dependencies);
    expect(second.has(1)).toBe(false);
    expect(second.get(1)).toBeUndefined();
  });
});

it('the earlier of two threads has precedence where both claim', () => {
  const [first, second] = threads(shareMemory(10));
  expect(second.claim(3)).toBe(true);
  expect(first.claim(3)).toBe(true);
  expect(second.claim(3)).toBe(false);
  expect(first.claim(3)).toBe(true);
});
