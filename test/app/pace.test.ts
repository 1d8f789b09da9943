import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPace, paceGroups } from '../../src/app/github/pace.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function turnsBy(time: number, take: () => Promise<void>, count: number): Promise<number> {
  let taken = 0;
  for (let i = 0; i < count; i++) void take().then(() => taken++);
  await vi.advanceTimersByTimeAsync(time);
  return taken;
}

test('a burst is free, then one an interval', async () => {
  const pace = createPace(5, 1000);
  expect(await turnsBy(0, pace.turn, 10)).toBe(5);
  await vi.advanceTimersByTimeAsync(3000);
  const later = createPace(5, 1000);
  expect(await turnsBy(3000, later.turn, 10)).toBe(8);
});

test('rest fills the bucket up to its size and no further', async () => {
  const pace = createPace(5, 1000);
  await turnsBy(0, pace.turn, 5);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await turnsBy(0, pace.turn, 10)).toBe(5);
});

test('one installation does not wait for another', async () => {
  const groups = paceGroups(1, 1000);
  const take = (id: string) => groups.key(id).schedule({}, async () => undefined) as Promise<void>;
  expect(await turnsBy(0, () => take('1'), 1)).toBe(1);
  expect(await turnsBy(0, () => take('2'), 1)).toBe(1);
  expect(await turnsBy(0, () => take('1'), 1)).toBe(0);
});

test('a review takes a turn for each of its comments', async () => {
  const pace = createPace(5, 1000);
  expect(await turnsBy(0, () => pace.turn(3), 2)).toBe(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await turnsBy(0, pace.turn, 1)).toBe(0);
});

test('room is what may go within a time', async () => {
  const pace = createPace(5, 1000);
  expect(pace.room(0)).toBe(5);
  expect(pace.room(2000)).toBe(7);
  void pace.turn(7);
  expect(pace.room(0)).toBe(0);
  expect(pace.room(3000)).toBe(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(pace.room(0)).toBe(5);
});
