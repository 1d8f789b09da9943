import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePatch } from '../../src/git/patch.ts';
import { changedLines, oldLineOf } from '../../src/review/changed-lines.ts';

/** A diff without context of one line each: numbers are kept, removed or added. */
const edits = fc.array(fc.constantFrom('keep', 'remove', 'add'), { maxLength: 30 }).map((kinds) => {
  const hunks: string[] = [];
  const map: (number | undefined)[] = [];
  const removed: number[] = [];
  let oldLine = 1;
  for (const kind of kinds) {
    if (kind === 'keep') {
      map.push(oldLine);
      oldLine += 1;
    } else if (kind === 'add') {
      hunks.push(`@@ -${oldLine - 1},0 +${map.length + 1} @@\n+x`);
      map.push(undefined);
    } else {
      hunks.push(`@@ -${oldLine} +${map.length},0 @@\n-x`);
      removed.push(oldLine);
      oldLine += 1;
    }
  }
  return { patch: `--- a/x.c\n+++ b/x.c\n${hunks.join('\n')}\n`, map, removed, isEmpty: hunks.length === 0 };
});

test('each line of the new side is found on the old one, or is added', () => {
  fc.assert(
    fc.property(edits, ({ patch, map, removed, isEmpty }) => {
      fc.pre(!isEmpty);
      const diff = parsePatch(patch);
      const [file] = diff;
      if (!file) throw new Error('no file');
      const lines = changedLines(diff);
      for (const [index, old] of map.entries()) {
        expect([index, oldLineOf(file, index + 1)]).toEqual([index, old]);
        expect(lines.isAdded('x.c', index + 1)).toBe(old === undefined);
      }
      for (const line of removed) expect(lines.isRemoved('x.c', line)).toBe(true);
    }),
  );
});
