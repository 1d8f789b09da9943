import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { migrate, newest } from '../../src/store/migrations.ts';
import { PutBack, type Queue, startQueue, type Work } from '../../src/store/queue.ts';
import { keepHead, keepSaid, newestHead, saidOn } from '../../src/store/remarks.ts';
import {
  addReview,
  countFailure,
  endReview,
  findReview,
  reviewsOf,
  setCheckRun,
} from '../../src/store/reviews.ts';
import type { Turn } from '../../src/store/turns.ts';
import { type Postgres, startPostgres } from './postgres.ts';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const folders: string[] = [];
function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'adjutant-store-'));
  folders.push(folder);
  return folder;
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const kinds = {
  PGlite: async () => {
    const folder = scratch();
    return () => openDatabase(undefined, folder);
  },
  PostgreSQL: async () => {
    const url = await postgres.createDatabase();
    return () => openDatabase(url, '/nowhere');
  },
};

describe.each(Object.keys(kinds) as (keyof typeof kinds)[])('on %s', (kind) => {
  let open: () => Promise<Database>;
  let database: Database;
  beforeAll(async () => {
    open = await kinds[kind]();
    database = await open();
    await migrate(database);
  });
  afterAll(() => database.close());

  test('a second migration changes nothing, and a newer database is refused', async () => {
    await migrate(database);
    await database.query('UPDATE adjutant.version SET version = version + 1');
    await expect(migrate(database)).rejects.toThrow(/newer Adjutant/);
    await expect(migrate(database)).rejects.toBeInstanceOf(UserError);
    await database.query('UPDATE adjutant.version SET version = version - 1');
  });

  test('a review is kept once and read back as it was', async () => {
    const review = {
      id: randomUUID(),
      installation: 5_000_000_000,
      repository: 6_000_000_000,
      number: 7,
      head: 'a'.repeat(40),
      baseRef: "it's",
      checkRuns: { trailers: null, 'lock-order': null },
    };
    await addReview(database, review);
    await setCheckRun(database, review.id, 'trailers', 8_000_000_000);
    await addReview(database, { ...review, head: 'another' });
    expect(await findReview(database, review.id)).toEqual({
      ...review,
      state: 'queued',
      checkRuns: { trailers: 8_000_000_000, 'lock-order': null },
      failures: 0,
    });
    const fails = (kind: string) => countFailure(database, review.id, kind);
    expect([await fails('weather'), await fails('stopped'), await fails('weather')]).toEqual([
      { all: 1, same: 1 },
      { all: 2, same: 1 },
      { all: 3, same: 2 },
    ]);
    expect(await findReview(database, review.id)).toMatchObject({ failures: 3 });
    await endReview(database, review.id, 'failed', 'no reason');
    expect(await reviewsOf(database, review.repository, review.head)).toMatchObject([{ state: 'failed' }]);
    expect(await findReview(database, randomUUID())).toBeUndefined();
  });

  test('what was said is remembered for its pull request alone', async () => {
    const pull = { repository: { id: 1 }, number: 1 };
    await keepSaid(database, pull, 'head', ['a', "b'; --"]);
    await keepSaid(database, pull, 'head2', ['a', 'c']);
    expect([...(await saidOn(database, pull))].sort()).toEqual(['a', "b'; --", 'c']);
    expect(await saidOn(database, { ...pull, number: 2 })).toEqual(new Set());
    await keepHead(database, pull, 'one');
    await keepHead(database, pull, 'two');
    expect(await newestHead(database, pull)).toBe('two');
    // An event that is delivered again comes after later ones.
    await keepHead(database, pull, 'four', '2026-11-01T00:00:04Z');
    await keepHead(database, pull, 'three', '2026-11-01T00:00:03Z');
    expect(await newestHead(database, pull)).toBe('four');
    await keepHead(database, pull, 'five', '2026-11-01T00:00:04Z');
    expect(await newestHead(database, pull)).toBe('five');
  });

  describe('the queue', () => {
    let queue: Queue;
    const errors: Error[] = [];
    beforeEach(async () => {
      queue = await startQueue(database, (error) => errors.push(error));
    });
    afterEach(async () => {
      await queue.stop(100);
      expect(errors).toEqual([]);
    });

    test('a job of a known id is not kept again, also after it is done', async () => {
      const seen: Work<object>[] = [];
      await queue.work('comment', { concurrency: 1 }, async (work) => void seen.push(work));
      const job = { id: randomUUID(), key: 'k', data: { x: 1 } };
      expect(await queue.enqueue('comment', job)).toBe(true);
      expect(await queue.enqueue('comment', job)).toBe(false);
      await expect.poll(() => seen.length).toBe(1);
      expect(await queue.enqueue('comment', job)).toBe(false);
      expect(seen).toMatchObject([{ id: job.id, data: { x: 1 }, attempt: 1 }]);
    });

    test('jobs of one key run in order and one at a time, others beside them', async () => {
      const running = new Set<string>();
      const order: string[] = [];
      let most = 0;
      await queue.work<{ key: string; n: number }>('intake', { concurrency: 4 }, async ({ data }) => {
        expect(running.has(data.key)).toBe(false);
        running.add(data.key);
        most = Math.max(most, running.size);
        await new Promise((resolve) => setTimeout(resolve, 500));
        order.push(`${data.key}${data.n}`);
        running.delete(data.key);
      });
      for (let n = 0; n < 4; n++) {
        for (const key of ['a', 'b'])
          await queue.enqueue('intake', { id: randomUUID(), key, data: { key, n } });
      }
      await expect.poll(() => order.length, { timeout: 20_000 }).toBe(8);
      expect(order.filter((name) => name.startsWith('a'))).toEqual(['a0', 'a1', 'a2', 'a3']);
      expect(order.filter((name) => name.startsWith('b'))).toEqual(['b0', 'b1', 'b2', 'b3']);
      expect(most).toBeGreaterThan(1);
    });

    test('a job that fails comes again with the next attempt, before those behind it', async () => {
      const seen: string[] = [];
      await queue.work<{ n: number }>('review', { concurrency: 2 }, async ({ data, attempt }) => {
        seen.push(`${data.n}.${attempt}`);
        if (data.n === 1 && attempt === 1) throw new Error('weather');
      });
      for (const n of [1, 2]) await queue.enqueue('review', { id: randomUUID(), key: 'same', data: { n } });
      await expect.poll(() => seen, { timeout: 20_000 }).toEqual(['1.1', '1.2', '2.1']);
    });

    const add = (name: string, turn: Turn) =>
      queue.enqueue('review', {
        id: randomUUID(),
        key: name,
        turn,
        data: { name, pull: { repository: { id: turn.repository } } },
      });

    test('installations take turns, and within one its repositories: who has many waiting keeps nobody waiting', async () => {
      const order: string[] = [];
      for (let n = 0; n < 6; n++) await add(`busy${n}`, { installation: 1, repository: 10 });
      for (let n = 0; n < 2; n++) await add(`quiet${n}`, { installation: 1, repository: 11 });
      for (let n = 0; n < 3; n++) await add(`other${n}`, { installation: 2, repository: 20 });
      await queue.work<{ name: string }>('review', { concurrency: 1 }, async ({ data }) => {
        order.push(data.name);
        // Who comes late waits for the round that is under way, not for those who were there before.
        if (order.length === 1) await add('late', { installation: 3, repository: 30 });
      });
      await expect.poll(() => order.length, { timeout: 30_000 }).toBe(12);
      expect(order.slice(0, 4)).toEqual(['busy0', 'other0', 'late', 'quiet0']);
      expect(order.slice(4, 8)).toEqual(['other1', 'busy1', 'other2', 'quiet1']);
      expect(order.slice(8)).toEqual(['busy2', 'busy3', 'busy4', 'busy5']);
    });

    test('many that ask at once are all dealt a turn', async () => {
      const order: string[] = [];
      const names = Array.from({ length: 20 }, (_, n) => `at once ${n}`);
      await Promise.all(names.map((name, n) => add(name, { installation: 4, repository: n % 3 })));
      await queue.work<{ name: string }>('review', { concurrency: 4 }, async ({ data }) => {
        order.push(data.name);
      });
      await expect.poll(() => order.toSorted(), { timeout: 30_000 }).toEqual(names.toSorted());
    });

    test('an installation has no more jobs at a time than its limit, and others run beside it', async () => {
      const running = new Map<number, number>();
      const most = new Map<number, number>();
      let together = 0;
      let done = 0;
      for (let n = 0; n < 6; n++) await add(`first${n}`, { installation: 5, repository: 5 });
      for (let n = 0; n < 3; n++) await add(`second${n}`, { installation: 6, repository: 6 });
      const limits = { concurrency: 4, perInstallation: 1 };
      await queue.work<{ pull: { repository: { id: number } } }>('review', limits, async ({ data }) => {
        const { id } = data.pull.repository;
        running.set(id, (running.get(id) ?? 0) + 1);
        most.set(id, Math.max(most.get(id) ?? 0, running.get(id) ?? 0));
        together = Math.max(
          together,
          [...running.values()].reduce((sum, count) => sum + count),
        );
        await new Promise((resolve) => setTimeout(resolve, 300));
        running.set(id, (running.get(id) ?? 0) - 1);
        done += 1;
      });
      await expect.poll(() => done, { timeout: 60_000 }).toBe(9);
      expect([...most.values()]).toEqual([1, 1]);
      expect(together).toBe(2);
    });

    test('a job that is put back comes again, and that try does not count', async () => {
      const attempts: number[] = [];
      await queue.work('comment', { concurrency: 1 }, async ({ attempt }) => {
        attempts.push(attempt);
        if (attempts.length < 4) throw new PutBack('not now');
        if (attempts.length === 4) throw new Error('weather');
      });
      await queue.enqueue('comment', { id: randomUUID(), key: 'put back', data: {} });
      await expect.poll(() => attempts, { timeout: 30_000 }).toEqual([1, 1, 1, 1, 2]);
    });
  });

  test('a job that a stopped process left is done by the next one', async () => {
    const id = randomUUID();
    const first = await startQueue(database, () => undefined);
    let began = false;
    await first.work('comment', { concurrency: 1 }, async ({ signal }) => {
      began = true;
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    await first.enqueue('comment', { id, key: 'left', data: {} });
    await expect.poll(() => began, { timeout: 10_000 }).toBe(true);
    await first.stop(100);
    const second = await startQueue(database, () => undefined);
    const done: string[] = [];
    await second.work('comment', { concurrency: 1 }, async (work) => void done.push(work.id));
    await expect.poll(() => done, { timeout: 25_000 }).toEqual([id]);
    await second.stop(100);
  });
});

test('tables of each older version are brought forward, with what is in them, also by several processes at once', async () => {
  const id = randomUUID();
  for (let version = 1; version < newest; version++) {
    const url = await postgres.createDatabase();
    const databases = await Promise.all([1, 2, 3].map(() => openDatabase(url, '/nowhere')));
    const [database] = databases as [Database];
    await migrate(database, version);
    await database.query(
      `INSERT INTO adjutant.review (id, installation, repository, number, head, base_ref, state, check_runs)
       VALUES ($1, 1, 2, 3, 'abc', 'master', 'queued', '{"trailers": 4}')`,
      [id],
    );
    await Promise.all(databases.map((one) => migrate(one)));
    expect(await findReview(database, id)).toMatchObject({
      head: 'abc',
      checkRuns: { trailers: 4 },
      failures: 0,
    });
    expect(await database.query('SELECT version FROM adjutant.version')).toEqual([{ version: newest }]);
    for (const one of databases) await one.close();
  }
});

test('a database that cannot be reached is a clear error without the password', async () => {
  const attempt = openDatabase('postgres://adjutant:hunter2@127.0.0.1:1/none', '/nowhere');
  await expect(attempt).rejects.toThrow(/DATABASE_URL can't be reached \(ECONNREFUSED\)/);
  await expect(attempt).rejects.not.toThrow(/hunter2/);
});

test('a stalled database fails the enqueuing at its limit, and a later try finds the job only once', async () => {
  const database = await openDatabase(await postgres.createDatabase(), '/nowhere');
  const queue = await startQueue(database, () => undefined);
  const job = { id: randomUUID(), key: 'k', data: {} };
  // One lock and no more: with the partitions, which LOCK TABLE takes one by one without ONLY, the statement
  // could end in a deadlock with the upkeep that pg-boss does beside it.
  const stall = database.exec('LOCK TABLE ONLY pgboss.job IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(3)');
  await new Promise((resolve) => setTimeout(resolve, 200));
  await expect(queue.enqueue('review', job, 300)).rejects.toThrow(/did not answer within 300 ms/);
  await stall;
  await queue.enqueue('review', job);
  const rows = await database.query('SELECT FROM pgboss.job WHERE id = $1', [job.id]);
  expect(rows).toHaveLength(1);
  await queue.stop(100);
  await database.close();
});
