/** How much of the disk a repository takes, and how old its index is: for the dashboard. */
import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '../git/repository.ts';
import { aliasPath, cacheFolders } from '../index/build.ts';
import type { DiskUse } from '../store/findings.ts';

/** @param base commit of the base branch, whose tree is indexed where it is a large one */
export async function diskUse(gitDir: string, base: string, cacheDir: string): Promise<DiskUse> {
  const mirror = await bytesIn(gitDir);
  const repository = await openRepository(gitDir);
  if (repository === undefined) return { mirror, index: undefined, indexed: undefined };
  try {
    const { trees } = cacheFolders(cacheDir);
    const alias = aliasPath(trees, await repository.tree(base));
    const digest = readFileSync(alias, 'latin1');
    return { mirror, index: await bytesIn(join(trees, digest)), indexed: (await stat(alias)).mtime };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { mirror, index: undefined, indexed: undefined };
  } finally {
    repository.close();
  }
}

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    // Gone since it was listed: git repacks, the cache is evicted.
    bytes += await stat(join(entry.parentPath, entry.name)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return bytes;
}
