/** Copies of the sources of a tree: of all, or of the part that a hash of their paths picks. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nameHash } from '../../src/index/name-hash.ts';

/** Paths of the .c and .h files below a folder, in order. */
export function sourcesOf(root: string): string[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder + entry.name;
      if (entry.isDirectory() && entry.name !== '.git') walk(`${path}/`);
      else if (entry.isFile() && /\.[ch]$/.test(entry.name)) found.push(path);
    }
  };
  walk('');
  return found.sort();
}

/** Copies `part` (0 to 1) of the files that `isWanted` to a new folder; returns their paths. */
export function copySubset(
  root: string,
  to: string,
  part: number,
  isWanted = (_: string): boolean => true,
): string[] {
  const paths = sourcesOf(root).filter((path) => nameHash(path) < part * 2 ** 32 && isWanted(path));
  for (const path of paths) {
    mkdirSync(join(to, dirname(path)), { recursive: true });
    copyFileSync(join(root, path), join(to, path));
  }
  return paths;
}

/** Changes `count` of the files, spread over the tree, as a merge would: each gets a function more. */
export function touchFiles(root: string, paths: readonly string[], count: number): void {
  const step = paths.length / count;
  for (let n = 0; n < count; n++) {
    const path = join(root, paths[Math.floor(n * step)] as string);
    writeFileSync(
      path,
      `${readFileSync(path, 'latin1')}\nstatic int added_${n}(void)\n{\n\treturn ${n};\n}\n`,
      'latin1',
    );
  }
}
