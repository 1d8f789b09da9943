/** Which file an #include means, in a tree that is read without its build's -I options. */

import { posix } from 'node:path';
import { folderOf } from './folder.ts';
import { sharedFolders } from './resolve.ts';

/** Folders that a kernel build searches for all files, in order; the architecture's own come before. */
const SEARCH = ['include/', 'include/uapi/'];
const MAIN_ARCHITECTURE = 'x86';

/** Resolves the includes of the files of one tree. Remembers its answers. */
export class IncludePaths {
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #byName = new Map<string, string[]>();
  /** Answers by folder. */
  readonly #known = new Map<string, Map<string, number>>();
  /** What the folders that all files search have, by architecture. */
  readonly #searched = new Map<string, Map<string, number>>();

  /** @param numbers file number by path; paths in order. */
  constructor(numbers: ReadonlyMap<string, number>) {
    this.#numbers = numbers;
    for (const path of numbers.keys()) {
      if (!path.endsWith('.h')) continue;
      const name = path.slice(path.lastIndexOf('/') + 1);
      const same = this.#byName.get(name);
      if (same === undefined) this.#byName.set(name, [path]);
      else same.push(path);
    }
  }

  /** The number of the file that `include` (with its quotes or brackets) means in the file `from`; -1 where none does. */
  resolve(include: string, from: string): number {
    const folder = folderOf(from);
    const known = entryOf(this.#known, folder);
    let number = known.get(include);
    if (number === undefined) {
      number = this.#find(include.slice(1, -1), include.startsWith('"'), folder);
      known.set(include, number);
    }
    return number;
  }

  #find(name: string, isQuoted: boolean, folder: string): number {
    const isRelative = name.includes('./');
    const beside = isQuoted
      ? this.#numbers.get(isRelative ? posix.join(folder, name) : folder + name)
      : undefined;
    if (beside !== undefined) return beside;
    const number = this.#searchAs(name, isRelative, folder);
    return number < 0 ? this.#nearest(name, folder) : number;
  }

  /** resolve() of an include with brackets, in the folders that all files of an architecture search; -1 where it is not there. */
  search(include: string, from: string): number {
    const name = include.slice(1, -1);
    return this.#searchAs(name, name.includes('./'), from);
  }

  #searchAs(name: string, isRelative: boolean, from: string): number {
    const arch = from.startsWith('arch/') ? (from.split('/')[1] as string) : MAIN_ARCHITECTURE;
    const known = entryOf(this.#searched, arch);
    let number = known.get(name);
    if (number === undefined) {
      number = this.#search(isRelative ? posix.normalize(name) : name, arch);
      known.set(name, number);
    }
    return number;
  }

  #search(name: string, arch: string): number {
    for (const place of [`arch/${arch}/include/`, ...SEARCH, `arch/${arch}/include/uapi/`, '']) {
      const number = this.#numbers.get(place + name);
      if (number !== undefined) return number;
    }
    if (!name.startsWith('asm/')) return -1;
    // What an architecture does not have itself is made from the generic header (scripts/Makefile.asm-headers).
    const generic = `asm-generic/${name.slice(4)}`;
    return this.#numbers.get(`include/${generic}`) ?? this.#numbers.get(`include/uapi/${generic}`) ?? -1;
  }

  /** A header with this name at its end, found through an -I option of some Makefile: the one that is nearest. */
  #nearest(name: string, folder: string): number {
    const end = `/${name.replace(/^(\.\.?\/)+/, '')}`;
    let most = -1;
    let found = -1;
    for (const path of this.#byName.get(end.slice(end.lastIndexOf('/') + 1)) ?? []) {
      if (!`/${path}`.endsWith(end)) continue;
      const shared = sharedFolders(path, folder);
      if (shared > most) {
        most = shared;
        found = this.#numbers.get(path) as number;
      }
    }
    return found;
  }
}

/** What a header of all architectures took from the main one is taken from the asker's own, where that has it. */
export class OwnArchitecture<File> {
  readonly isMain: boolean;
  readonly #own: string;
  readonly #find: (path: string) => File | undefined;

  constructor(from: string, find: (path: string) => File | undefined) {
    this.#own = /^arch\/[^/]+\//.exec(from)?.[0] ?? MAIN_FOLDER;
    this.isMain = this.#own === MAIN_FOLDER;
    this.#find = find;
  }

  /** The file that stands for `file`, which is at `path`, in the asker's architecture. */
  of(file: File, path: string): File {
    if (this.isMain || !path.startsWith(MAIN_FOLDER)) return file;
    return this.#find(this.#own + path.slice(MAIN_FOLDER.length)) ?? file;
  }
}

const MAIN_FOLDER = `arch/${MAIN_ARCHITECTURE}/`;

/** The files that a file includes, directly or not. `includes` gives those of one file, `has` tells which files there are. */
export function reachable(
  from: string,
  includes: (path: string) => Iterable<string>,
  has: (path: string) => boolean,
): ReadonlySet<string> {
  const found = new Set<string>();
  const work = [from];
  const ours = new OwnArchitecture(from, (path) => (has(path) ? path : undefined));
  for (const file of work) {
    for (const included of includes(file)) {
      const target = ours.of(included, included);
      if (target === from || found.has(target)) continue;
      found.add(target);
      work.push(target);
    }
  }
  return found;
}

function entryOf(maps: Map<string, Map<string, number>>, key: string): Map<string, number> {
  let map = maps.get(key);
  if (map === undefined) {
    map = new Map();
    maps.set(key, map);
  }
  return map;
}
