/** The search for deliveries that did not arrive: how far it looks back, and what it asks for. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Delivery, DeliveryRecord } from '../../src/jobs/deliveries.ts';
import { sweep } from '../../src/jobs/sweep.ts';
import type { Database } from '../../src/store/database.ts';
import { openScratchDatabase, type ScratchDatabase } from '../store/scratch-database.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
let scratch: ScratchDatabase;
let database: Database;
beforeAll(async () => {
  scratch = await openScratchDatabase();
  database = scratch.database;
});
afterAll(() => scratch.remove());
beforeEach(async () => {
  vi.clearAllMocks();
  await database.query('DELETE FROM adjutant.sweep');
});

const failed = (id: number, age: number): Delivery => {
  const deliveredAt = Date.now() - age;
  return { id, guid: `event ${id}`, deliveredAt, statusCode: 502, event: 'pull_request', action: 'opened' };
};

/** One sweep over what GitHub keeps; resolves to the times that it was asked for, and what it was to send again. */
async function swept(all: readonly Delivery[], refused: readonly number[] = []) {
  const since: number[] = [];
  const again: number[] = [];
  const record: DeliveryRecord = {
    days: 3,
    async list(from) {
      since.push(from);
      return all.filter(({ deliveredAt }) => deliveredAt >= from);
    },
    async redeliver(id) {
      if (refused.includes(id)) throw new Error('not now');
      again.push(id);
    },
  };
  const isWanted = (event: string) => event === 'pull_request';
  await sweep({ database, deliveries: record, isWanted, interval: 3600, log });
  return { days: since.map((from) => (Date.now() - from) / DAY), again };
}
/** Time passes for the database: the next sweep is due. */
const later = () => database.query("UPDATE adjutant.sweep SET taken = now() - interval '2 hours'");

test('the first looks at all that GitHub keeps and sends again, and at nothing older', async () => {
  const { days, again } = await swept([failed(1, 2 * DAY), failed(2, MINUTE), failed(3, 3 * DAY + MINUTE)]);
  expect(days).toHaveLength(1);
  expect(days[0]).toBeCloseTo(3, 3);
  expect(again).toEqual([1, 2]);
});

test('the next looks at what came since, and as far back as something is open', async () => {
  await swept([]);
  await later();
  const quiet = await swept([]);
  expect(quiet.days[0]).toBeLessThan(1 / 24);
  await later();
  await swept([failed(1, 5 * MINUTE)], [1]);
  await later();
  const open = await swept([failed(1, 5 * MINUTE)]);
  expect(open.days[0]).toBeGreaterThan(4.9 / 1440);
  expect(open.again).toEqual([1]);
});

test('one that GitHub does not send now keeps no other back, and is open still', async () => {
  const { again } = await swept([failed(1, 2 * DAY), failed(2, DAY)], [1]);
  expect(again).toEqual([2]);
  expect(log.warn).toHaveBeenCalledWith(expect.anything(), 'GitHub does not send a delivery again now');
  await later();
  expect((await swept([failed(1, 2 * DAY)])).again).toEqual([1]);
});

test('of several processes one sweeps for all', async () => {
  await swept([failed(1, MINUTE)]);
  const second = await swept([failed(1, MINUTE)]);
  expect(second).toEqual({ days: [], again: [] });
});
