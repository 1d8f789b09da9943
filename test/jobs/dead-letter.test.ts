/** Work that was given up waits for an administrator, of whatever kind it is. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { giveUp, jobLines, retryDeadLetters } from '../../src/jobs/dead-letter.ts';
import type { Database } from '../../src/store/database.ts';
import { type Queue, startQueue } from '../../src/store/queue.ts';
import { openScratchDatabase, type ScratchDatabase } from '../store/scratch-database.ts';

const repository = { installation: 1, id: 2, owner: 'torvalds', name: 'linux' };
const push = { kind: 'push', pull: { repository, number: 7 }, head: 'a'.repeat(40), baseRef: 'master' };
const comment = { pull: { repository, number: 8 }, comment: 9, invocations: [] };
const ids = { intake: randomUUID(), comment: randomUUID() };
let scratch: ScratchDatabase;
let database: Database;
let queue: Queue;
beforeAll(async () => {
  scratch = await openScratchDatabase();
  database = scratch.database;
  queue = await startQueue(database, () => undefined);
});
afterAll(async () => {
  await queue.stop(100);
  await scratch.remove();
});

test('it is listed with its kind, its place and the reason, once however often it is given up', async () => {
  for (let n = 0; n < 2; n++) await giveUp(queue, 'intake', ids.intake, push, 'GitHub refused');
  await giveUp(queue, 'comment', ids.comment, comment, 'an error');
  expect(await jobLines(database)).toMatchObject([
    {
      id: ids.intake,
      what: 'intake',
      state: 'given up',
      about: 'torvalds/linux#7',
      reason: 'GitHub refused',
    },
    { id: ids.comment, what: 'comment', state: 'given up', about: 'torvalds/linux#8', reason: 'an error' },
  ]);
});

test('one of them is done again, then the rest, each with all that it was about', async () => {
  const done: object[] = [];
  await queue.work('intake', { concurrency: 1 }, async ({ data }) => void done.push(data));
  await queue.work('comment', { concurrency: 1 }, async ({ data }) => void done.push(data));
  expect(await retryDeadLetters({ database, queue }, randomUUID())).toBe(0);
  expect(await retryDeadLetters({ database, queue }, ids.intake)).toBe(1);
  await expect.poll(() => done, { timeout: 20_000 }).toEqual([push]);
  expect((await jobLines(database)).map(({ id }) => id)).toEqual([ids.comment]);
  expect(await retryDeadLetters({ database, queue }, undefined)).toBe(1);
  await expect.poll(() => done, { timeout: 20_000 }).toEqual([push, comment]);
  await expect.poll(() => jobLines(database), { timeout: 20_000 }).toEqual([]);
});
