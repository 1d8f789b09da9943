/** Parts of the tree that have little to do with each other. */
import { folderOf } from '../../index/folder.ts';

const SERVES_ALL =
  /^(mm|kernel|lib|include|block|ipc|init|security|net\/core|drivers\/base|drivers\/dma-buf)\//;

/** Folders that two drivers may share and still be two. */
const SHARED = 4;

/** The first folders of a path: 'drivers/infiniband', 'fs/ext4'. */
export const areaOf = (path: string): string => path.split('/').slice(0, 2).join('/');

/**
 * Whether files lie in different parts of the tree: neither in the folder of the other nor below it, nor both deep
 * in one driver. What serves all of it (mm, kernel, …) and the core of a subsystem lie in each.
 */
export function areFarApart(paths: readonly string[]): boolean {
  const folders = [...new Set(paths.filter((path) => !SERVES_ALL.test(path)).map(areaFolder))];
  return folders.some((a, i) => folders.slice(i + 1).some((b) => !areNear(a, b)));
}

/** The folder, with that of a subsystem's core standing for the subsystem. */
const areaFolder = (path: string): string => folderOf(path).replace(/\bcore\/$/, '');

function areNear(a: string, b: string): boolean {
  if (a.startsWith(b) || b.startsWith(a)) return true;
  const [x, y] = [a.split('/'), b.split('/')];
  let shared = 0;
  while (shared < x.length - 1 && x[shared] === y[shared]) shared++;
  return shared >= SHARED;
}
