/** Parts of the tree that have little to do with each other. */

/** The first two folders of a path: 'drivers/infiniband', 'fs/ext4'. */
export const areaOf = (path: string): string => path.split('/').slice(0, 2).join('/');

const SERVES_ALL = /^(mm|kernel|lib|include|block|ipc|init|security)\//;

/** Whether files lie in different parts of the tree; what serves all of it (mm, kernel, …) lies in each. */
export function areFarApart(paths: readonly string[]): boolean {
  return new Set(paths.filter((path) => !SERVES_ALL.test(path)).map(areaOf)).size > 1;
}
