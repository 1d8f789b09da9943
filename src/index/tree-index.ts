/**
 * The index of one tree on disk, as link.ts writes it: files, includes and postings. Opening it reads the
 * list of files; everything else is read as it is asked for.
 */
import { join } from 'node:path';
import { touch } from './fact-store.ts';
import type { IncludeGraph } from './included-files.ts';
import { checkOf } from './link-record.ts';
import { nameHash } from './name-hash.ts';
import { bucketOf, matching, type Posting } from './postings.ts';
import { SectionFile } from './section-file.ts';
import { unlessMissing } from './segment.ts';

/** Name of the index in its tree's folder. */
export const INDEX_FILE = 'index';

/** What `adjutant index --stats` prints of a tree. */
export interface TreeStats {
  readonly files: number;
  readonly functions: number;
  /** Functions whose body could not be parsed or lowered. */
  readonly unparsed: number;
  readonly types: number;
  readonly tables: number;
  readonly errors: number;
  /** Calls through a field, and those through a field in which the tree stores some function. */
  readonly indirectCalls: number;
  readonly resolvedCalls: number;
}

/** What stands in the directory of an index file. */
export interface TreeInfo {
  readonly factsVersion: string;
  /** By LinkKind. */
  readonly bucketBits: readonly number[];
  readonly stats: TreeStats;
}

export class TreeIndex {
  readonly folder: string;
  readonly info: TreeInfo;
  readonly fileCount: number;
  readonly #file: SectionFile;
  readonly #pathOffsets: Uint32Array;
  readonly #paths: Buffer;
  readonly #functionStarts: Uint32Array;
  readonly #ids: Buffer;
  readonly #idLength: number;
  readonly #text: (string | undefined)[] = [];

  private constructor(folder: string, file: SectionFile) {
    this.folder = folder;
    this.#file = file;
    this.info = file.info as TreeInfo;
    this.#pathOffsets = new Uint32Array(file.bytes('path offsets').buffer);
    this.fileCount = this.#pathOffsets.length - 1;
    this.#paths = Buffer.from(file.bytes('paths').buffer);
    this.#ids = Buffer.from(file.bytes('ids').buffer);
    this.#functionStarts = new Uint32Array(file.bytes('function starts').buffer);
    this.#idLength = this.fileCount === 0 ? 0 : this.#ids.length / this.fileCount;
  }

  /** The index in a tree's folder; undefined where there is none. */
  static open(folder: string): TreeIndex | undefined {
    const index = TreeIndex.openUnused(folder);
    if (index !== undefined) touch(folder);
    return index;
  }

  /** open(), which eviction does not take for a use of the tree. */
  static openUnused(folder: string): TreeIndex | undefined {
    const file = unlessMissing(() => new SectionFile(join(folder, INDEX_FILE)));
    return file && new TreeIndex(folder, file);
  }

  /** Path of a file by its number. */
  path(file: number): string {
    const known = this.#text[file];
    if (known !== undefined) return known;
    const path = this.#paths.toString('utf8', this.#pathOffsets[file], this.#pathOffsets[file + 1]);
    this.#text[file] = path;
    return path;
  }

  /** Blob id of a file by its number. */
  id(file: number): string {
    const at = file * this.#idLength;
    return this.#ids.toString('latin1', at, at + this.#idLength);
  }

  /** Number of the first definition of a file; of `fileCount`, how many there are in all. */
  firstFunction(file: number): number {
    return this.#functionStarts[file] as number;
  }

  /** File of a definition by its number. */
  fileOfFunction(number: number): number {
    let low = 0;
    let high = this.fileCount;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if ((this.#functionStarts[middle] as number) <= number) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Whether somebody calls a function of that definition's name; those that are only stored somewhere need no summary. */
  isCalled(number: number): boolean {
    return ((this.#file.words('called', number >> 5, 1)[0] as number) & (1 << (number & 31))) !== 0;
  }

  /** Number of a file by its path; undefined where the tree has none. */
  fileOf(path: string): number | undefined {
    const file = this.firstBelow(path);
    return file < this.fileCount && this.path(file) === path ? file : undefined;
  }

  /** Number of the first file whose path is not before `start`: where a folder begins. */
  firstBelow(start: string): number {
    let low = 0;
    let high = this.fileCount;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.path(middle) < start) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Where a name of a LinkKind is, in order of path. Of the kinds that have no check a few may have another name with
   * the same hash.
   */
  postings(kind: number, name: string): Posting[] {
    const hash = nameHash(name);
    const bucket = bucketOf(hash, this.info.bucketBits[kind] as number);
    const [from = 0, to = 0] = this.#file.words(`starts ${kind}`, bucket, 2);
    if (from === to) return [];
    return matching(
      this.#file.words(`postings ${kind}`, from * 2, (to - from) * 2),
      hash,
      checkOf(kind, name),
    );
  }

  /** Which files include which, as they are written in them. */
  get includeGraph(): IncludeGraph {
    return {
      starts: new Uint32Array(this.#file.bytes('include starts').buffer),
      targets: new Uint32Array(this.#file.bytes('includes').buffer),
    };
  }

  /** Blob ids of all files. */
  get ids(): ReadonlySet<string> {
    const ids = new Set<string>();
    for (let file = 0; file < this.fileCount; file++) ids.add(this.id(file));
    return ids;
  }

  close(): void {
    this.#file.close();
  }
}
