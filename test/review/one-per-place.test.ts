import { expect, test } from 'vitest';
import type { Finding } from '../../src/checkers/checker.ts';
import { onePerPlace } from '../../src/review/one-per-place.ts';

const cycle = (fingerprint: string, part: Partial<Finding> = {}): Finding => ({
  checker: 'lock-order',
  rule: 'lock-order/circular',
  severity: 'error',
  confidence: 'low',
  path: 'a.c',
  line: 7,
  endLine: 7,
  function: 'f',
  message: `cycle ${fingerprint}`,
  explanation: 'why',
  fingerprint,
  trace: [],
  hasSeveralPlaces: true,
  ...part,
});

test('what is sure stays, and names what is in doubt', () => {
  const found = onePerPlace([
    cycle('1'),
    cycle('2', { confidence: 'high' }),
    cycle('3', { confidence: 'medium' }),
    cycle('4'),
  ]);
  expect(found.map(({ fingerprint }) => fingerprint)).toEqual(['2', '3']);
  expect(found[0]?.explanation).toContain('- cycle 1\n- cycle 4');
  expect(found[1]?.explanation).toBe('why');
});

test('many others are counted', () => {
  const [only] = onePerPlace(['1', '2', '3', '4', '5', '6'].map((n) => cycle(n)));
  expect(only?.fingerprint).toBe('1');
  expect(only?.explanation).toContain('- and 2 more');
});

test.each([
  ['of another line', { line: 8 }],
  ['of another function', { function: 'g' }],
  ['of another rule', { rule: 'lock-order/reclaim' }],
  ['of another file', { path: 'b.c' }],
])('a finding %s stays', (_, part) => {
  expect(onePerPlace([cycle('1'), cycle('2', part)])).toHaveLength(2);
});

test('two pointers of one line are two findings', () => {
  const { hasSeveralPlaces: _, ...single } = cycle('1');
  const found = [single, { ...single, fingerprint: '2' }];
  expect(onePerPlace(found)).toEqual(found);
});
