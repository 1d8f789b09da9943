import { describe, expect, it } from 'vitest';
import { NO_LOCKS } from '../../../src/effects/locks/lock-summary.ts';
import { UNKNOWN_SUMMARY } from '../../../src/effects/summary.ts';
import { CycleChanges } from '../../../src/effects/tree/cycle-changes.ts';
import type { FunctionEffects } from '../../../src/effects/tree/function-effects.ts';

const plain: FunctionEffects = { summary: UNKNOWN_SUMMARY, locks: NO_LOCKS };
const dereferences: FunctionEffects = { ...plain, summary: { ...UNKNOWN_SUMMARY, dereferences: 1 } };
const locks: FunctionEffects = { ...plain, locks: { ...NO_LOCKS, preempt: 1 } };

/** 1 calls 2 and 9, which is no member; 2 calls 3; 3 calls 1. */
const cycle = (): CycleChanges =>
  new CycleChanges(
    [1, 2, 3],
    new Map([
      [1, [2, 9]],
      [2, [3]],
      [3, [1]],
    ]),
  );

function turn(changes: CycleChanges, number: number, effects: FunctionEffects): boolean {
  changes.begin(number);
  return changes.end(number, effects);
}

describe('what of a member is to be made again', () => {
  it('is all of it the first time', () => {
    expect(cycle().begin(1)).toEqual({ summary: true, locks: true });
  });

  it('is nothing where its callees were made before it', () => {
    const changes = cycle();
    for (const number of [3, 2, 1]) turn(changes, number, plain);
    expect(changes.begin(2)).toEqual({ summary: false, locks: false });
    expect(changes.begin(1)).toEqual({ summary: false, locks: false });
  });

  it('is all where the summary of a callee has changed since', () => {
    const changes = cycle();
    for (const number of [3, 2, 1]) turn(changes, number, plain);
    expect(turn(changes, 2, dereferences)).toBe(true);
    expect(changes.begin(1)).toEqual({ summary: true, locks: true });
  });

  it('is the locks where only those of a callee have changed', () => {
    const changes = cycle();
    for (const number of [3, 2, 1]) turn(changes, number, plain);
    turn(changes, 2, locks);
    expect(changes.begin(1)).toEqual({ summary: false, locks: true });
  });

  it('is nothing where a callee was made again and is as it was', () => {
    const changes = cycle();
    for (const number of [3, 2, 1]) turn(changes, number, locks);
    expect(turn(changes, 2, locks)).toBe(false);
    expect(changes.begin(1)).toEqual({ summary: false, locks: false });
  });

  it('is all of one that calls itself and has changed', () => {
    const changes = new CycleChanges([1], new Map([[1, [1]]]));
    turn(changes, 1, dereferences);
    expect(changes.begin(1)).toEqual({ summary: true, locks: true });
  });
});

it('knows the members that call some of them', () => {
  expect([...cycle().callersOf([1, 3, 9])].sort()).toEqual([2, 3]);
});
