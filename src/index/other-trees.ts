import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { unlessMissing } from './segment.ts';
import type { TreeIndex } from './tree-index.ts';

/** Folders of the cache's other trees in which there is a file of this name, the latest first. */
export function otherTreesWith(index: TreeIndex, name: string): readonly string[] {
  const trees = dirname(index.folder);
  const folders = readdirSync(trees, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== basename(index.folder))
    .map((entry) => join(trees, entry.name));
  const withTime = folders.flatMap((folder) => {
    const time = unlessMissing(() => statSync(join(folder, name)).mtimeMs);
    return time === undefined ? [] : [{ folder, time }];
  });
  return withTime.sort((x, y) => y.time - x.time).map(({ folder }) => folder);
}
