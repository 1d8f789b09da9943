import fc from 'fast-check';
import { expect, test } from 'vitest';
import { correctMessages } from '../../../src/checkers/trailers/correct.ts';
import { checkTrailers } from '../../../src/checkers/trailers/index.ts';
import { parseMessage } from '../../../src/checkers/trailers/message.ts';
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
        expect(times(corrected, words) > 1).toBe(times(message, words) > 1);
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

test.each([
  ['Change-Id: I0123456789abcdef0123456789abcdef01234567', {}],
  ['Bug-Id: 4711', { forbidden: ['Bug-Id'] }],
])('in a message without a subject the text does not become one: %s', async (first, options) => {
  const message = `\n${first}\n\nSome words that say why.\n\nSigned-off-by: Ann Author <ann@example.org>\n`;
  expect(await correctMessages([commit(message)], history, options)).toEqual(new Map());
});

/** The lines of `lines`, in their order, among those of `whole`. */
function areAmong(lines: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const line of whole) if (line === lines[at]) at += 1;
  return at === lines.length;
}

test('the lines of the text stay as they are, and in their order', async () => {
  /** What a comment, a diff or a tag that is no tag yet would be: a rule may point at it. */
  const isTouched = (line: string) =>
    /^\s*(?:#|[\w -]+[:;=]|Fixes\b|[-\w]+-(?:by|author)\b|Signed off by|diff |[-+@]|\()/i.test(line);
  await fc.assert(
    fc.asyncProperty(anyMessage, async (message) => {
      const corrected = (await correctMessages([commit(message)], history, {})).get('x') ?? message;
      const { paragraphs, lines, strays } = parseMessage(message);
      const ofTags = new Set(
        strays.flatMap(({ line, endLine }) => lines.slice(line - 1, endLine).map((_, index) => line + index)),
      );
      const text = paragraphs
        .filter(({ kind }) => kind === 'prose')
        .flatMap(({ line, endLine }) =>
          lines.slice(line - 1, endLine).map((words, index) => ({ words, at: line + index })),
        )
        .filter(({ words, at }) => !ofTags.has(at) && !isTouched(words))
        .map(({ words }) => words);
      expect(areAmong(text, parseMessage(corrected).lines)).toBe(true);
      expect(corrected.includes('\r')).toBe(message.includes('\r'));
    }),
    { numRuns: 1500 },
  );
});

test('where a subject is corrected, the commits that quote it quote what it is now', async () => {
  const id = '0123456789abcdef0123456789abcdef01234567';
  const signed = 'Signed-off-by: Ann Author <ann@example.org>\n';
  const first = { ...commit(`net: add the thing.\n\nWanted.\n\n${signed}`), id };
  const second = commit(
    `net: mend it\n\nIn commit 0123456789ab ("net: add the thing.") it was forgotten.\n\nFixes: 0123456789ab ("net: add the thing.")\n${signed}`,
  );
  const map = readCommitMap(`{"${id}":"net: add the thing."}`, 'commits');
  const corrected = await correctMessages([first, second], map, {});
  expect(corrected.get(id)).toBe(`net: add the thing\n\nWanted.\n\n${signed}`);
  expect(corrected.get('x')).toBe(second.message.replaceAll('thing.")', 'thing")'));
});
