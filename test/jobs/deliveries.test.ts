import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Delivery, failedDeliveries, missedDeliveries } from '../../src/jobs/deliveries.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const wanted = (event: string) => event === 'pull_request';

let ids = 0;
function attempt(guid: string, at: number, statusCode = 502, event = 'pull_request'): Delivery {
  return { id: ++ids, guid, deliveredAt: at, statusCode, event, action: 'opened' };
}

describe('an event is asked for again', () => {
  test('when no attempt arrived, by its last one, the oldest event first', () => {
    const attempts = [attempt('b', 5), attempt('a', 2), attempt('a', 1)];
    const { again, openSince } = missedDeliveries(attempts, wanted, DAY);
    expect(again.map(({ guid, deliveredAt }) => [guid, deliveredAt])).toEqual([
      ['a', 2],
      ['b', 5],
    ]);
    expect(openSince).toBe(1);
  });

  test.each([
    ['one attempt arrived', [attempt('a', 1), attempt('a', 2, 202)]],
    ['one arrived before another failed', [attempt('a', 1, 200), attempt('a', 2)]],
    ['Adjutant does nothing about it', [attempt('a', 1, 502, 'ping')]],
  ])('not when %s', (_, attempts) => {
    expect(missedDeliveries(attempts, wanted, DAY)).toEqual({ again: [], lost: [], openSince: undefined });
  });

  test('each time after a longer while, and not for ever', () => {
    const refused: Delivery[] = [attempt('a', 0, 503)];
    const waits: number[] = [];
    let now = 0;
    for (; missedDeliveries(refused, wanted, now).lost.length === 0; now += MINUTE) {
      const { again } = missedDeliveries(refused, wanted, now);
      if (again.length === 0) continue;
      waits.push((now - (refused.at(-1)?.deliveredAt ?? 0)) / MINUTE);
      refused.push(attempt('a', now, 503));
    }
    expect(waits).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 360]);
    expect(missedDeliveries(refused, wanted, now)).toMatchObject({ again: [], openSince: undefined });
  });
});

test('what failed lately is told once an event, the newest first, and not when it arrived after all', async () => {
  const attempts = [attempt('a', 1), attempt('a', 3), attempt('b', 5), attempt('c', 4), attempt('c', 6, 202)];
  const record = { days: 3, list: async () => attempts, redeliver: async () => undefined };
  const failed = await failedDeliveries(record, DAY);
  expect(failed.map(({ guid, deliveredAt }) => [guid, deliveredAt])).toEqual([
    ['b', 5],
    ['a', 3],
  ]);
});

test('property: nothing that arrived is asked for, nothing twice at once, and what is open is never forgotten', () => {
  const attempts = fc.array(
    fc.record({
      id: fc.nat(),
      guid: fc.constantFrom('a', 'b', 'c', 'd'),
      deliveredAt: fc.nat(3 * DAY),
      statusCode: fc.constantFrom(0, 200, 202, 400, 401, 500, 502, 503),
      event: fc.constantFrom('pull_request', 'ping'),
      action: fc.constant('opened'),
    }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(attempts, (record) => {
      const { again, lost, openSince } = missedDeliveries(record, wanted, 3 * DAY);
      const guids = [...again, ...lost].map(({ guid }) => guid);
      expect(new Set(guids).size).toBe(guids.length);
      for (const guid of guids) {
        const tries = record.filter((one) => one.guid === guid);
        expect(tries.some(({ statusCode }) => statusCode >= 200 && statusCode < 300)).toBe(false);
      }
      for (const { guid } of again) {
        const first = Math.min(
          ...record.filter((one) => one.guid === guid).map(({ deliveredAt }) => deliveredAt),
        );
        expect(openSince).toBeLessThanOrEqual(first);
      }
    }),
  );
});
