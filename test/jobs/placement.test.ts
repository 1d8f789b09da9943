import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { takePlace } from '../../src/jobs/placement.ts';
import { openScratchDatabase, type ScratchDatabase } from '../store/scratch-database.ts';

let scratch: ScratchDatabase;
beforeAll(async () => {
  scratch = await openScratchDatabase();
});
afterAll(() => scratch.remove());

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function worker(name: string, mirrors: readonly number[]) {
  const dataDir = join(scratch.folder, name);
  for (const mirror of mirrors) mkdirSync(join(dataDir, `mirrors/${mirror}.git`), { recursive: true });
  return takePlace(scratch.database, dataDir, 1, log);
}

test('a young job is left to a worker that has the mirror and has time', async () => {
  const [has, hasNot] = [await worker('has', [7]), await worker('has-not', [8])];
  expect(await hasNot.isBetterElsewhere(7, 0)).toBe(true);
  expect(await has.isBetterElsewhere(7, 0)).toBe(false);
  expect(await hasNot.isBetterElsewhere(8, 0)).toBe(false);
  // Nobody has that one.
  expect(await hasNot.isBetterElsewhere(9, 0)).toBe(false);
  // It has waited long enough.
  expect(await hasNot.isBetterElsewhere(7, 60)).toBe(false);
  // The other is busy, as it says at its next beat.
  has.count(1);
  await expect.poll(() => hasNot.isBetterElsewhere(7, 0), { timeout: 15_000 }).toBe(false);
  has.count(-1);
  await expect.poll(() => hasNot.isBetterElsewhere(7, 0), { timeout: 15_000 }).toBe(true);
  await has.stop();
  expect(await hasNot.isBetterElsewhere(7, 0)).toBe(false);
  await hasNot.stop();
});

test('a worker that fell silent is not waited for', async () => {
  const silent = await worker('silent', [7]);
  const other = await worker('other', []);
  await silent.stop();
  await scratch.database.query(
    `INSERT INTO adjutant.worker (id, repositories, free, seen)
     VALUES ('00000000-0000-4000-8000-000000000000', '{7}', 1, now() - interval '1 minute')`,
  );
  expect(await other.isBetterElsewhere(7, 0)).toBe(false);
  await other.stop();
});
