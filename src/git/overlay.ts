/** A tree with some files put over it or taken out of it, in memory. */
import { createHash } from 'node:crypto';
import type { SourceTree } from './change.ts';

/** New content by path; undefined for a file that is gone. */
export type FileChanges = ReadonlyMap<string, Uint8Array | undefined>;

/** `base` with `changes` over it. Its id is made of both; `base.root` does not show the changes and is left out. */
export function overlayTree(base: SourceTree, changes: FileChanges): SourceTree {
  const blobs = new Map([...changes].map(([path, bytes]) => [path, bytes && blobId(bytes)] as const));
  const digest = createHash('sha1').update(base.id);
  for (const [path, id] of [...blobs].sort(([a], [b]) => (a < b ? -1 : 1))) digest.update(`\0${path}\0${id}`);
  return {
    id: digest.digest('hex'),
    async list() {
      const files = new Map(await base.list());
      for (const [path, id] of blobs) {
        if (id === undefined) files.delete(path);
        else files.set(path, id);
      }
      return files;
    },
    async paths(folder) {
      const found = new Set(await base.paths(folder));
      for (const [path, bytes] of changes) {
        if (bytes === undefined) found.delete(path);
        else if (isBelow(path, folder)) found.add(path);
      }
      return [...found];
    },
    async read(paths) {
      const files = new Map(await base.read(paths.filter((path) => !changes.has(path))));
      for (const path of paths) {
        const bytes = changes.get(path);
        if (bytes) files.set(path, bytes);
      }
      return files;
    },
  };
}

/** A tree of nothing but these files. */
export function memoryTree(files: ReadonlyMap<string, Uint8Array>): SourceTree {
  const nothing: SourceTree = {
    id: '',
    list: async () => new Map(),
    paths: async () => [],
    read: async () => new Map(),
  };
  return overlayTree(nothing, files);
}

/** Whether a path lies in a folder or below; '' is the top. */
export const isBelow = (path: string, folder: string): boolean =>
  folder === '' || path.startsWith(`${folder}/`);

/** Git's id of a file's content. */
export function blobId(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
