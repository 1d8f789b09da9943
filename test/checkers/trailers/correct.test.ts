import fc from 'fast-check';
import { expect, test } from 'vitest';
import { correctMessages } from '../../../src/checkers/trailers/correct.ts';
import { checkTrailers } from '../../../src/checkers/trailers/index.ts';
import type { Commit } from '../../../src/git/change.ts';
import { readCommitMap } from '../../../src/git/commit-map.ts';
import { anyMessage } from './messages.ts';

const ann = { name: 'Ann Author', email: 'ann@example.org' };
const history = readCommitMap(
  '{"0123456789ab":"net: add the thing","fedcba987654":"net: drop the thing","bad0bad0bad0":null}',
  'commits',
);
const commit = (message: string): Commit => ({
  id: 'x',
  author: ann,
  authorDate: undefined,
  committer: ann,
  message,
  parents: [],
  files: [],
});

/** Letters and digits alone: what is left when the form is taken away. */
const letters = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

const spoken = /^(?:Signed-off|Reviewed|Acked|Tested|Co-developed)-by:(.*)$/gm;

test('what is corrected has nothing left that a machine can correct', async () => {
  await fc.assert(
    fc.asyncProperty(anyMessage, async (message) => {
      const corrected = (await correctMessages([commit(message)], history, {})).get('x') ?? message;
      const left = await checkTrailers([commit(corrected)], history, {});
      expect(left.filter((finding) => finding.suggestion !== undefined)).toEqual([]);
    }),
    { numRuns: 1500 },
  );
});

test('no statement by a person is added', async () => {
  await fc.assert(
    fc.asyncProperty(anyMessage, async (message) => {
      const corrected = (await correctMessages([commit(message)], history, {})).get('x') ?? message;
      const before = letters(message);
      for (const [, person = ''] of corrected.matchAll(spoken)) expect(before).toContain(letters(person));
      const count = (text: string) =>
        text.split('\n').filter((line) => /^\s*\S*(?:si[gn]*ed|sign)\W?off/i.test(line)).length;
      expect(count(corrected)).toBeLessThanOrEqual(count(message));
    }),
    { numRuns: 1500 },
  );
});

test('the words of the text are all still there', async () => {
  await fc.assert(
    fc.asyncProperty(anyMessage, async (text) => {
      const message = `net: x\n\n${text}`;
      const corrected = (await correctMessages([commit(message)], history, {})).get('x') ?? message;
      const times = (whole: string, words: string) => letters(whole).split(words).length;
      for (const words of ['somewordsthatsaywhy', 'indentedtext', 'annreworded', 'v2reworded'])
        expect(times(corrected, words)).toBe(times(message, words));
      expect(corrected.endsWith('\n')).toBe(true);
    }),
    { numRuns: 1500 },
  );
});

test('a message without findings is not touched', async () => {
  const message =
    'net: fix the thing\n\nWhy.\n\nFixes: 0123456789ab ("net: add the thing")\nSigned-off-by: Ann Author <ann@example.org>\n';
  expect(await correctMessages([commit(message)], history, {})).toEqual(new Map());
});
