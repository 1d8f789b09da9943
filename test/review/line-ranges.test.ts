import fc from 'fast-check';
import { expect, test } from 'vitest';
import { containing, lastBefore } from '../../src/review/line-ranges.ts';

const lines = fc.integer({ min: 1, max: 60 });
const ranges = fc.array(
  fc
    .record({ line: lines, length: fc.nat(12) })
    .map(({ line, length }) => ({ line, endLine: line + length })),
);

test('a line is in one of some ranges where it is in any, also where they overlap', () => {
  fc.assert(
    fc.property(ranges, lines, (all, at) => {
      const isIn = all.some(({ line, endLine }) => line <= at && at <= endLine);
      expect(containing(all)(at)).toBe(isIn);
    }),
  );
});

test('of places on one line the last counts', () => {
  fc.assert(
    fc.property(ranges, lines, (all, at) => {
      const places = all.toSorted((a, b) => a.line - b.line);
      expect(lastBefore(places, at)).toBe(places.findLastIndex(({ line }) => line <= at));
    }),
  );
});
