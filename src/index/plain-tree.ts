/**
 * The C sources of a plain folder and their blob ids, without hashing a file twice: size, times and inode of
 * each are kept with its id in the cache, like git's own index does. Nothing is written into the tree.
 */

import { createHash } from 'node:crypto';
import {
  type Dirent,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { unlessMissing } from './segment.ts';

/**
 * A file may change after it was read and keep its time, as far as the file system tells times apart (two
 * seconds at worst). What was written this shortly before a scan is hashed again in the next one.
 */
const RACY_MS = 2000;

const FORMAT = 'adjutant plain tree 1';

/** True for the files that the index reads. */
export const isSource = (path: string): boolean => path.endsWith('.c') || path.endsWith('.h');

export interface PlainFile {
  readonly path: string;
  readonly size: number;
  /** Size, times and inode, as one string: equal where the file was not touched. */
  readonly state: string;
  /** Git's blob id; undefined until somebody hashes the file. */
  id: string | undefined;
  /** Changed so shortly before the scan that the next one can't rely on `state`. */
  readonly isRacy: boolean;
}

/** Where the state of the folder `root` is kept. */
export function plainStatePath(cacheDir: string, root: string): string {
  return join(cacheDir, 'plain', createHash('sha1').update(realpathSync(root)).digest('hex'));
}

/** The .c and .h files below `root`, in order of path; links are not followed. Ids are those that `statePath` still vouches for. */
export function scanPlainTree(root: string, statePath: string, now = Date.now()): PlainFile[] {
  const known = readState(statePath);
  const files: PlainFile[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of entriesOf(`${root}/${folder}`)) {
      const path = folder + entry.name;
      if (entry.isDirectory()) {
        if (entry.name !== '.git') folders.push(`${path}/`);
        continue;
      }
      if (!entry.isFile() || !isSource(path)) continue;
      const stat = lstatSync(`${root}/${path}`, { throwIfNoEntry: false });
      if (!stat?.isFile()) continue;
      const state = `${stat.size} ${stat.mtimeMs} ${stat.ctimeMs} ${stat.ino}`;
      const before = known.get(path);
      const id = before?.state === state ? before.id : undefined;
      files.push({
        path,
        size: stat.size,
        state,
        id,
        isRacy: Math.max(stat.mtimeMs, stat.ctimeMs) > now - RACY_MS,
      });
    }
  }
  return files.sort((x, y) => comparePaths(x.path, y.path));
}

/** The order of paths in an index: by UTF-16 code units, so that it depends on no locale. */
export const comparePaths = (x: string, y: string): number => (x < y ? -1 : x > y ? 1 : 0);

/** Keeps the ids of a scan for the next one. */
export function savePlainTree(statePath: string, files: readonly PlainFile[]): void {
  const lines = [FORMAT];
  for (const { path, state, id, isRacy } of files) {
    if (id !== undefined && !isRacy) lines.push(`${id} ${state}\t${path}`);
  }
  const text = lines.join('\0');
  const sum = createHash('sha1').update(text).digest('hex');
  mkdirSync(dirname(statePath), { recursive: true });
  const temporary = `${statePath}.${process.pid}`;
  writeFileSync(temporary, `${sum}\0${text}`);
  renameSync(temporary, statePath);
}

/** What savePlainTree() kept; nothing where there is no such file or it is not whole. */
function readState(statePath: string): Map<string, { id: string; state: string }> {
  const known = new Map<string, { id: string; state: string }>();
  const bytes = unlessMissing(() => readFileSync(statePath));
  if (bytes === undefined) return known;
  const content = bytes.subarray(41);
  if (createHash('sha1').update(content).digest('hex') !== bytes.toString('latin1', 0, 40)) return known;
  const [format, ...lines] = content.toString('utf8').split('\0');
  if (format !== FORMAT) return known;
  for (const line of lines) {
    const tab = line.indexOf('\t');
    const space = line.indexOf(' ');
    known.set(line.slice(tab + 1), { id: line.slice(0, space), state: line.slice(space + 1, tab) });
  }
  return known;
}

/** A folder that vanished meanwhile is empty. */
function entriesOf(folder: string): Dirent[] {
  return unlessMissing(() => readdirSync(folder, { withFileTypes: true })) ?? [];
}
