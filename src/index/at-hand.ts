/** Whether a tree's index is there, or nearly: a review uses it then, and builds none of a whole tree unasked. */
import { existsSync } from 'node:fs';
import type { SourceTree } from '../git/change.ts';
import { aliasPath, cacheFolders } from './build.ts';
import { FactStore } from './fact-store.ts';
import { isSource, plainStatePath } from './plain-tree.ts';

/** Part of a git tree's sources whose facts must be known: the rest is read in seconds. */
const KNOWN = 0.9;

/** True where openIndex() has little left to do. */
export async function isIndexAtHand(tree: SourceTree, cacheDir: string): Promise<boolean> {
  const { facts, trees } = cacheFolders(cacheDir);
  if (!existsSync(trees)) return false;
  if (tree.root !== undefined) return existsSync(plainStatePath(cacheDir, tree.root));
  if (existsSync(aliasPath(trees, tree))) return true;
  const sources = [...(await tree.list())].filter(([path]) => isSource(path));
  const store = FactStore.open(facts);
  try {
    const known = sources.reduce((count, [, id]) => count + Number(store.has(id)), 0);
    return known >= sources.length * KNOWN;
  } finally {
    store.close();
  }
}
