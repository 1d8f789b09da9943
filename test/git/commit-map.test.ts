import { expect, test } from 'vitest';
import { readCommitMap } from '../../src/git/commit-map.ts';

const map = readCommitMap(
  '{"0123456789ab":"net: a","0123456789abcd":"net: a","fff0000":null,"aaaaaaa1":{"starts":"net: b"}}',
  'c.json',
);

test('answers for what is listed, as quoted or longer, and knows nothing else', async () => {
  const answers = await map.commits([
    '0123456789ab',
    '0123456',
    '0123456789abff',
    'fff0000',
    'fff00',
    'aaaaaaa1',
    '1234567',
  ]);
  const states = [...answers].map(([sha, answer]) => `${sha} ${answer.state}`);
  expect(states).toEqual([
    '0123456789ab found',
    '0123456 found',
    '0123456789abff found',
    'fff0000 missing',
    'fff00 unknown',
    'aaaaaaa1 found',
    '1234567 unknown',
  ]);
});

test('finds a commit by its whole subject', async () => {
  const found = await map.withSubjects(['net: a', 'net: b']);
  expect([...found].map(([subject, commits]) => [subject, commits.length])).toEqual([['net: a', 1]]);
});

test.each([
  ['nonsense', /is not JSON/],
  ['[]', /one object/],
  ['{"HEAD":"x"}', /"HEAD" is not a SHA1/],
  ['{"0123456":1}', /must be a subject/],
])('%s is refused', (text, message) => {
  expect(() => readCommitMap(text, 'c.json')).toThrow(message);
});
