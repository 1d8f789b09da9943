/** The folder of a path, with the slash at its end; '' for one in the root. */
export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** Those of `paths` that are in the folder of `path`, in order. */
export function pathsInFolder(paths: Iterable<string>, path: string): readonly string[] {
  const folder = folderOf(path);
  const found: string[] = [];
  for (const other of paths) {
    if (other.startsWith(folder) && !other.includes('/', folder.length)) found.push(other);
  }
  return found.sort();
}
