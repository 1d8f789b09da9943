/** What is said of the steps of a review must never come after its end. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CheckRunUpdate } from '../../src/jobs/forge.ts';
import { tellProgress } from '../../src/jobs/progress.ts';
import type { StoredReview } from '../../src/store/reviews.ts';

const review = {
  id: 'r',
  checkRuns: { 'lock-order': 1, 'null-deref': 2, trailers: 3 },
} as unknown as StoredReview;
const log = { info: () => undefined, warn: vi.fn(), error: () => undefined };

let said: { id: number; title: string }[];
/** Lets the oldest request that is under way end. */
let answer: (() => void)[];
const forge = {
  updateCheckRun: (id: number, { title }: CheckRunUpdate) =>
    new Promise<void>((resolve) => {
      said.push({ id, title });
      answer.push(resolve);
    }),
};

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  answer = [];
});
afterEach(() => vi.useRealTimers());

test('a step that takes long is said once on each check run, a short one not at all', async () => {
  const progress = tellProgress(log, forge, review);
  progress.at('Comparing');
  await vi.advanceTimersByTimeAsync(1000);
  progress.at('Fetching');
  await vi.advanceTimersByTimeAsync(20_000);
  for (let n = 0; n < 3; n++) {
    answer.shift()?.();
    await vi.advanceTimersByTimeAsync(10_000);
  }
  await progress.end();
  expect(said).toEqual([1, 2, 3].map((id) => ({ id, title: 'Fetching' })));
});

test('steps that follow quickly cost no more than a word every half a minute', async () => {
  const progress = tellProgress(
    log,
    { updateCheckRun: async (id, { title }) => void said.push({ id, title }) },
    review,
  );
  for (let n = 0; n < 10; n++) {
    progress.at(`step ${n}`);
    await vi.advanceTimersByTimeAsync(7000);
  }
  await progress.end();
  expect(said.filter(({ id }) => id === 1).map(({ title }) => title)).toEqual(['step 0', 'step 4', 'step 9']);
});

test('its end waits for what is under way, and nothing follows', async () => {
  const progress = tellProgress(log, forge, review);
  progress.at('Fetching');
  await vi.advanceTimersByTimeAsync(5000);
  let isOver = false;
  const end = progress.end().then(() => {
    isOver = true;
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(isOver).toBe(false);
  answer.shift()?.();
  await end;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said).toEqual([{ id: 1, title: 'Fetching' }]);
});

test('a word that GitHub does not take ends nothing', async () => {
  const failing = { updateCheckRun: () => Promise.reject(new Error('weather')) };
  const progress = tellProgress(log, failing, review);
  progress.at('Fetching');
  await vi.advanceTimersByTimeAsync(6000);
  await progress.end();
  expect(log.warn).toHaveBeenCalledOnce();
});
