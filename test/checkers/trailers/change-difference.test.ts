import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changeDifference } from '../../../src/checkers/trailers/change-difference.ts';
import type { FileDiff } from '../../../src/git/change.ts';

/** A file's change of these lines, each with its sign. */
function file(path: string, ...lines: string[]): FileDiff {
  const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length;
  const hunk = { oldStart: 1, oldCount: count('-'), newStart: 1, newCount: count('+'), lines };
  return { oldPath: path, newPath: path, binary: false, hunks: [hunk] };
}

test('the lines of each side are told, file by file', () => {
  const here = [file('net/a.c', '-\told(x);', '+\tnew_helper(x);'), file('net/b.c', '+int b;')];
  const upstream = [file('net/a.c', '-\told(x);', '+\tnewer(x);', '+\tand(y);'), file('net/b.c', '+int b;')];
  expect(changeDifference(here, upstream)).toEqual([
    'net/a.c, upstream:',
    '  +\tnewer(x);',
    '  +\tand(y);',
    'net/a.c, here:',
    '  +\tnew_helper(x);',
  ]);
});

test('a line counts as often as it is there', () => {
  expect(changeDifference([file('a.c', '+x')], [file('a.c', '+x', '+x')])).toEqual([
    'a.c, upstream:',
    '  +x',
  ]);
});

test('files that one side leaves alone are named', () => {
  expect(changeDifference([file('new.c', '+a')], [file('old.c', '+a', '-b', '-c')])).toEqual([
    'old.c: changed upstream only (+1 -2)',
    'new.c: changed here only (+1 -0)',
  ]);
});

test('a file that was moved between the trees is compared', () => {
  const [here, upstream] = [file('fs/old/a.c', '+x', '+y'), file('fs/new/a.c', '+x')];
  expect(changeDifference([here], [upstream])).toEqual(['fs/old/a.c (fs/new/a.c upstream), here:', '  +y']);
});

test('spaces and blank lines make no difference', () => {
  expect(changeDifference([file('a.c', '+\tx = 1;', '+')], [file('a.c', '+        x = 1;')])).toEqual([]);
});

test('long differences are cut, and both sides are still seen', () => {
  const many = (name: string) => Array.from({ length: 50 }, (_, index) => `+${name}${index};`);
  expect(changeDifference([file('a.c', ...many('own'))], [file('a.c', ...many('theirs'))])).toEqual([
    'a.c, upstream:',
    '  +theirs0;',
    '  +theirs1;',
    '  +theirs2;',
    '  … and 47 more',
    'a.c, here:',
    '  +own0;',
    '  +own1;',
    '  +own2;',
    '  … and 47 more',
  ]);
});

test('never more than twelve lines, and none for a change against itself', () => {
  const line = fc
    .tuple(fc.constantFrom('+', '-'), fc.string({ maxLength: 300 }))
    .map((parts) => parts.join(''));
  const change = fc.uniqueArray(
    fc.tuple(
      fc.constantFrom('a.c', 'b.c', 'x/a.c', 'y/a.c', 'c.c', 'd.c'),
      fc.array(line, { maxLength: 12 }),
    ),
    { selector: ([path]) => path },
  );
  const files = change.map((all) => all.map(([path, lines]) => file(path, ...lines)));
  fc.assert(
    fc.property(files, files, (here, upstream) => {
      const lines = changeDifference(here, upstream);
      expect(lines.length).toBeLessThanOrEqual(12);
      for (const text of lines) expect(text.length).toBeLessThanOrEqual(110);
      expect(changeDifference(here, here)).toEqual([]);
    }),
  );
});
