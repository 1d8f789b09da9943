/** Those of `paths` that are in the folder of `path`, in order. */
export function pathsInFolder(paths: Iterable<string>, path: string): readonly string[] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const found: string[] = [];
  for (const other of paths) {
    if (other.startsWith(folder) && !other.includes('/', folder.length)) found.push(other);
  }
  return found.sort();
}
