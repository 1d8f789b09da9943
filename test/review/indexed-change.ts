/** A change of one file of a tree that has an index. */
import { buildTreeEffects } from '../../src/effects/tree/build.ts';
import { openEffects } from '../../src/effects/tree/related-effects.ts';
import type { Change } from '../../src/git/change.ts';
import { folderTree } from '../../src/git/folder-tree.ts';
import { overlayTree } from '../../src/git/overlay.ts';
import { parsePatch } from '../../src/git/patch.ts';
import { openIndex } from '../../src/index/open-index.ts';
import { programsOver } from '../../src/review/indexed-programs.ts';
import type { Sides } from '../../src/review/programs.ts';
import { scratchFolder, writeTree } from '../index/scratch.ts';

const PATH = 'drivers/dev.c';

/**
 * Asks about the change that makes `after` of `before` in a file's text; its programs are open until it is answered.
 * `others`: texts of further files, by path.
 */
export async function withIndexedChange<T>(
  text: string,
  before: string,
  after: string,
  ask: (change: Change, sides: Sides) => T | Promise<T>,
  others: Readonly<Record<string, string>> = {},
): Promise<T> {
  const [root, cacheDir] = [scratchFolder(), scratchFolder()];
  writeTree(root, { [PATH]: text, ...others });
  const base = await folderTree(root);
  const opened = await openIndex(base, { cacheDir, threads: 1 });
  const { index, store } = opened.report;
  await buildTreeEffects(index, { cacheDir, factsFolder: store.folder, threads: 1 });
  const effects = openEffects(index);
  if (effects === undefined || !text.includes(before)) throw new Error('the test is wrong');
  try {
    const now = text.replace(before, () => after);
    const head = overlayTree(base, new Map([[PATH, Buffer.from(now)]]));
    const diff = parsePatch(Buffer.from(patch(text.split('\n'), now.split('\n'))));
    const change = { base, head, baseName: 'a', headName: 'b', commits: [], diff };
    return await ask(change, await programsOver(opened, effects, head, diff));
  } finally {
    effects.close();
    opened.close();
  }
}

/** One hunk, without context. */
function patch(old: readonly string[], now: readonly string[]): string {
  let first = 0;
  while (old[first] === now[first]) first++;
  let last = 0;
  while (old.at(-1 - last) === now.at(-1 - last)) last++;
  const [gone, come] = [old.slice(first, old.length - last), now.slice(first, now.length - last)];
  const start = (count: number): string => `${count === 0 ? first : first + 1},${count}`;
  const lines = [...gone.map((line) => `-${line}`), ...come.map((line) => `+${line}`)];
  return `--- a/${PATH}\n+++ b/${PATH}\n@@ -${start(gone.length)} +${start(come.length)} @@\n${lines.join('\n')}\n`;
}
