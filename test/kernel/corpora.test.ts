/**
 * Thirty real cases of the shared corpora, scored by the tools that come with them. cases.json has their ids and what is
 * reached on them: a change may raise the floor, never fall below it. `npm run bench` scores them all.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import cases from './cases.json' with { type: 'json' };
import {
  CLI,
  indexed,
  kernelTree,
  missing,
  missingPython,
  must,
  run,
  sharedPath,
  skipAll,
} from './kernel-tree.ts';

const MINUTES = 60_000;
const reason = missing ?? missingPython;
const COMMAND = ['--', process.execPath, CLI];

interface Result {
  readonly case: string;
  readonly outcome: string;
  readonly note: string;
}

let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'adjutant-corpora-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

skipAll(reason);

/** The outcome of each case, by its id. */
async function score(tool: string, ids: readonly string[], args: readonly string[]): Promise<Result[]> {
  const file = join(scratch, `${tool}.json`);
  await must(
    run(sharedPath('tools', tool), [
      ...args,
      '--only',
      ids.join(),
      '--jobs',
      '2',
      '--json',
      file,
      ...COMMAND,
    ]),
  );
  return JSON.parse(readFileSync(file, 'utf8'));
}

const withOutcome = (results: readonly Result[], ...outcomes: string[]): string[] =>
  results.filter(({ outcome }) => outcomes.includes(outcome)).map((one) => `${one.case} ${one.note}`.trim());

describe('bugs', () => {
  const { floor, clean, ...bugs } = cases.bugs;
  let results: Result[] = [];
  const of = (ids: readonly string[]) => results.filter((one) => ids.includes(one.case));

  beforeAll(async () => {
    if (reason !== undefined) return;
    await indexed();
    const ids = [...Object.values(bugs).flat(), ...clean];
    const args = ['--tree', kernelTree, '--corpus', sharedPath('corpus', 'bugs'), '--timeout', '300'];
    results = await score('score-bugs', ids, args);
    expect(results.map((one) => one.case).sort()).toEqual(ids.sort());
  }, 20 * MINUTES);

  test('every case is answered', () => {
    expect(withOutcome(results, 'error')).toEqual([]);
  });

  test.for(Object.keys(bugs) as (keyof typeof bugs)[])('%s: as many are seen as before', (kind, { skip }) => {
    const unfit = withOutcome(of(bugs[kind]), 'skipped');
    skip(unfit.length > 0, `the tree is not the one that the cases are for: ${unfit.join(', ')}`);
    skip(floor[kind] === 0, 'none is seen yet, so there is nothing to hold');
    expect(withOutcome(of(bugs[kind]), 'seen').length).toBeGreaterThanOrEqual(floor[kind]);
  });

  test('clean: no false alarm', () => {
    expect(withOutcome(of(clean), 'false alarm')).toEqual([]);
  });
});

test('trailers: every problem is named, and no clean message is complained of', {
  timeout: 5 * MINUTES,
}, async () => {
  const { problems, clean } = cases.trailers;
  const results = await score(
    'score-trailers',
    [...problems, ...clean],
    ['--corpus', sharedPath('corpus', 'trailers')],
  );
  expect(withOutcome(results, 'named').sort()).toEqual([...problems].sort());
  expect(withOutcome(results, 'quiet').sort()).toEqual([...clean].sort());
});
