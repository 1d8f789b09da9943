/** A month of a service that never was, for the picture of its dashboard. The same each time. */
import { giveUp } from '../src/jobs/dead-letter.ts';
import { keepBudget } from '../src/store/budget.ts';
import type { Database } from '../src/store/database.ts';
import { keepDiskUse } from '../src/store/findings.ts';
import type { Queue } from '../src/store/queue.ts';

const INSTALLATION = 60_000_001;
const REPOSITORIES = [
  ['torvalds', 'linux', 48],
  ['netdev', 'net-next', 52],
  ['rdma', 'rdma', 31],
] as const;
/** Findings of a day, how many of a hundred are mended, and dismissed. */
const RULES = [
  ['trailers/fixes-sha-too-short', 7, 58, 2],
  ['null-deref/unchecked-alloc', 6, 44, 6],
  ['trailers/subject-prefix', 5, 34, 16],
  ['null-deref/unchecked-lookup', 4, 14, 45],
  ['lock-order/sleep-in-atomic', 3, 30, 9],
  ['lock-order/unbalanced', 2, 50, 3],
  ['lock-order/reclaim', 2, 40, 12],
] as const;
const DAYS = 30;
const MINUTE = 60_000;

export async function inventFigures(database: Database, queue: Queue): Promise<void> {
  const random = sequence(20_641);
  const now = Date.now();
  for (const [at, [owner, name, mirror]] of REPOSITORIES.entries()) {
    const id = 100 + at;
    const installation = INSTALLATION + at;
    await database.query(
      `INSERT INTO adjutant.repository (id, installation, owner, name, base_ref, base, updated)
       VALUES ($1, $2, $3, $4, 'master', $5, $6)`,
      [id, installation, owner, name, hex(random, 40), new Date(now - (4 + at * 37) * MINUTE).toISOString()],
    );
    const disk = {
      mirror: mirror * 1e6,
      index: (190 + at * 3) * 1e6,
      indexed: new Date(now - (2 + at * 5) * 3_600_000),
    };
    await keepDiskUse(database, id, disk);
  }
  for (let day = 0; day < DAYS; day++) {
    const end = now - day * 86_400_000;
    const isWeekend = [0, 6].includes(new Date(end).getUTCDay());
    const count = Math.round((isWeekend ? 14 : 38) * (0.7 + random() * 0.7));
    for (let index = 0; index < count; index++) {
      const finished = end - Math.floor(random() * Math.min(18 * 3_600_000, end % 86_400_000));
      const took = random() < 0.02 ? 40 + random() * 90 : 0.7 + random() ** 3 * 9;
      await keepReview(database, random, finished, took, random() < 0.02);
    }
    for (const [rule, each, mended, dismissed] of RULES)
      for (let index = 0; index < each; index++)
        await keepFinding(database, random, rule, end, random() * 100, mended, dismissed);
  }
  for (const [resource, remaining, minutes] of [
    ['core', 4312, 40],
    ['graphql', 4960, 20],
  ] as const) {
    const reset = new Date(now + minutes * MINUTE);
    await keepBudget(database, {
      installation: INSTALLATION,
      resource,
      limit: 5000,
      remaining,
      reset,
      requests: 1,
    });
  }
  const repository = { id: 101, installation: INSTALLATION, owner: 'netdev', name: 'net-next' };
  const pull = { repository, number: 812 };
  await giveUp(
    queue,
    'review',
    uuid(random),
    { pull },
    'The review was stopped: the analysis took longer than 600 s.',
  );
}

async function keepReview(
  database: Database,
  random: () => number,
  finished: number,
  seconds: number,
  failed: boolean,
): Promise<string> {
  const id = uuid(random);
  await database.query(
    `INSERT INTO adjutant.review (id, installation, repository, number, head, base_ref, state, check_runs, requested, finished, report)
     VALUES ($1, $2, 100, $3, $4, 'master', $5, '{}', $6, $7, '{}')`,
    [
      id,
      INSTALLATION,
      1 + Math.floor(random() * 1e6),
      hex(random, 40),
      failed ? 'failed' : 'completed',
      new Date(finished - seconds * 1000).toISOString(),
      new Date(finished).toISOString(),
    ],
  );
  return id;
}

/** A finding of a push; a later push without it where it is mended. `fate` is of a hundred. */
async function keepFinding(
  database: Database,
  random: () => number,
  rule: string,
  at: number,
  fate: number,
  mended: number,
  dismissed: number,
): Promise<void> {
  const fingerprint = hex(random, 16);
  const review = uuid(random);
  const number = 1_000_000 + Math.floor(random() * 1e6);
  const keep = (id: string, time: number) =>
    database.query(
      `INSERT INTO adjutant.review (id, installation, repository, number, head, base_ref, state, check_runs, requested, report)
       VALUES ($1, $2, 100, $3, $4, 'master', 'superseded', '{}', $5, '{}')`,
      [id, INSTALLATION, number, hex(random, 40), new Date(time).toISOString()],
    );
  await keep(review, at - 60 * MINUTE);
  await database.query(
    `INSERT INTO adjutant.finding (review, ordinal, fixed, fingerprint, rule, severity, body)
     VALUES ($1, 0, false, $2, $3, 'error', '{}')`,
    [review, fingerprint, rule],
  );
  if (fate < mended) await keep(uuid(random), at);
  else if (fate < mended + dismissed)
    await database.query(
      `INSERT INTO adjutant.dismissal (repository, number, fingerprint, login, reason) VALUES (100, $1, $2, 'mara', 'no')`,
      [number, fingerprint],
    );
}

/** Numbers from 0 to 1 that look like chance (Lehmer's, with the constants of Park and Miller). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function hex(random: () => number, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
}

function uuid(random: () => number): string {
  return `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-8${hex(random, 3)}-${hex(random, 12)}`;
}
