/** Subject prefixes as the rule learns them from the history of the files that a commit touches. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkTrailers } from '../../../src/checkers/trailers/index.ts';
import { type GitHistory, openHistory } from '../../../src/git/history.ts';
import { openRepository, type Repository } from '../../../src/git/repository.ts';
import { type Files, TemporaryRepository } from '../../git/temporary-repository.ts';

const signed =
  'Signed-off-by: Ann Author <ann@example.org>\nSigned-off-by: Carl Committer <carl@example.org>';
const WHAT = ['begin', 'count the things', 'drop a lock', 'name the things', 'use the helper', 'fix a leak'];
let scratch: TemporaryRepository;
let repository: Repository;
let history: GitHistory;
let base: string;

beforeAll(async () => {
  scratch = new TemporaryRepository();
  for (const [index, what] of WHAT.entries()) {
    scratch.commit(`wifi: acme: ${what}`, { 'drivers/acme.c': `${index}\n` });
    scratch.commit(`${what} in the ${index}th way`, { 'mixed.c': `${index}\n` });
  }
  scratch.commit('Revert "wifi: acme: use the helper"', { 'drivers/acme.c': 'reverted\n' });
  for (const what of WHAT.slice(0, 4)) scratch.commit(`mm: ${what}`, { 'young.c': `${what}\n` });
  base = scratch.git('rev-parse', 'HEAD').trim();
  const opened = await openRepository(scratch.path);
  if (opened === undefined) throw new Error('no repository');
  repository = opened;
  history = await openHistory(repository, { at: base });
});

afterAll(async () => {
  await history.close();
  repository.close();
  scratch.remove();
});

async function findings(subject: string, files: Files) {
  scratch.git('checkout', '-q', '-B', 'change', base);
  const head = scratch.commit(`${subject}\n\nThe thing breaks when it is used twice.\n\n${signed}`, files);
  return checkTrailers(await repository.commits(base, head), history);
}

describe('a file whose commits agree on a prefix', () => {
  test.each(['sound: fix the thing', 'fix the thing'])('%j is told which one it is', async (subject) => {
    expect(await findings(subject, { 'drivers/acme.c': 'new\n' })).toMatchObject([
      {
        rule: 'trailers/subject-prefix',
        severity: 'note',
        line: 1,
        explanation: 'Commits to them begin with `wifi: acme:`.',
      },
    ]);
  });

  test.each([
    'wifi: acme: fix the thing',
    'wifi: fix the thing',
    'wifi: acme: pci: fix the thing',
    'Revert "acme: fix the thing"',
  ])('%j is right', async (subject) => {
    const found = await findings(subject, { 'drivers/acme.c': 'new\n' });
    expect(found.map(({ rule }) => rule)).not.toContain('trailers/subject-prefix');
  });

  test('a new file beside it does not change the custom', async () => {
    const files = { 'drivers/acme.c': 'new\n', 'drivers/new.c': 'new\n' };
    expect(await findings('wifi: acme: fix the thing', files)).toEqual([]);
    expect((await findings('sound: fix the thing', files)).map(({ rule }) => rule)).toEqual([
      'trailers/subject-prefix',
    ]);
  });
});

test.each([
  ['whose commits do not agree', 'mixed.c'],
  ['with few commits', 'young.c'],
  ['that is new', 'new.c'],
])('nothing is said about a file %s', async (_, path) => {
  expect(await findings('sound: fix the thing', { [path]: 'new\n' })).toEqual([]);
});

test('the commits under review teach nothing', async () => {
  scratch.git('checkout', '-q', '-B', 'series', base);
  for (const what of [...WHAT, ...WHAT])
    scratch.commit(`sound: ${what}\n\nThe thing breaks.\n\n${signed}`, { 'drivers/acme.c': `${what}\n` });
  const head = scratch.git('rev-parse', 'HEAD').trim();
  const commits = await repository.commits(base, head);
  const found = await checkTrailers(commits, history);
  const told = found.filter(({ rule }) => rule === 'trailers/subject-prefix').map(({ commit }) => commit);
  expect(told).toEqual(commits.map(({ id }) => id));
});
