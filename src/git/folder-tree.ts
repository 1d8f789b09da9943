/** A plain folder of sources as a SourceTree. Nothing outside it is read: symbolic links are left out. */
import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { UserError } from '../errors.ts';
import type { SourceTree } from './change.ts';
import { blobId } from './overlay.ts';

const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** The folder as it stands now. Throws a UserError where `folder` is not one. */
export async function folderTree(folder: string): Promise<SourceTree> {
  const root = await realpath(folder).catch(() => undefined);
  if (root === undefined || !(await lstat(root)).isDirectory())
    throw new UserError(`There is no folder ${folder}; --repo takes a git repository or a source tree.`);
  return {
    id: createHash('sha1').update(root).digest('hex'),
    root,
    async list() {
      const files = new Map<string, string>();
      for await (const path of walk(root, '')) {
        const bytes = await readRegularFile(root, path);
        if (bytes) files.set(path, blobId(bytes));
      }
      return files;
    },
    async paths(below) {
      const found: string[] = [];
      for await (const path of walk(root, below)) found.push(path);
      return found;
    },
    async read(paths) {
      const found = new Map<string, Uint8Array>();
      for (const path of paths) {
        const bytes = await readRegularFile(root, path);
        if (bytes) found.set(path, bytes);
      }
      return found;
    },
  };
}

/** How many files stand below `root`, counted up to `limit`. */
export async function countFiles(root: string, limit: number): Promise<number> {
  let count = 0;
  for await (const _ of walk(root, '')) {
    count += 1;
    if (count >= limit) break;
  }
  return count;
}

async function* walk(root: string, below: string): AsyncGenerator<string> {
  const folders = [below];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await entriesOf(root, folder);
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== '.git') folders.push(path);
      else if (entry.isFile()) yield path;
    }
  }
}

/** What is in a folder; nothing where there is no such folder inside the root. */
async function entriesOf(root: string, folder: string): Promise<Dirent[]> {
  const full = join(root, folder);
  try {
    if (folder !== '' && !(await realpath(full)).startsWith(root + sep)) return [];
    return await readdir(full, { withFileTypes: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

/** The file's bytes; undefined for what is no regular file inside the root. */
async function readRegularFile(root: string, path: string): Promise<Buffer | undefined> {
  const full = join(root, path);
  if (!full.startsWith(root + sep)) return undefined;
  try {
    const state = await lstat(full);
    if (!state.isFile() || state.size > MAX_FILE_BYTES) return undefined;
    // A folder on the way may be a link that leads out.
    if (!(await realpath(full)).startsWith(root + sep)) return undefined;
    return await readFile(full);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
