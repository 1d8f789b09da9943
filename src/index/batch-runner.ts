/** Reads, hashes and analyses batches of files: puts facts and link records of those that the store does not have yet. */
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { ObjectReader } from '../git/objects.ts';
import { Analyser } from './analyse.ts';
import type { FactStore } from './fact-store.ts';
import { readFully, unlessMissing } from './segment.ts';

/** Where the files of a tree are read from. */
export type FileSource =
  | { readonly kind: 'folder'; readonly root: string }
  | { readonly kind: 'git'; readonly gitDir: string }
  | { readonly kind: 'memory' };

/** Files to work on: their names, as the source reads them, and their contents where the source is the memory. */
export interface Batch {
  /** Paths of a folder, blob ids of git or memory. */
  readonly names: readonly string[];
  readonly contents?: readonly (Uint8Array | undefined)[];
}

export interface BatchDone {
  /** Blob id of each file of the batch; '' where there was nothing to read. */
  readonly ids: readonly string[];
  readonly bytes: number;
  /** Files that were parsed. */
  readonly parsed: number;
}

/** Larger files are no source code: they are left out. */
const MAX_FILE_BYTES = 64 << 20;

/** Room in front of a file's bytes for git's header, so that both are hashed at once. */
const HEADER_ROOM = 32;

export class BatchRunner {
  readonly #source: FileSource;
  readonly #store: FactStore;
  readonly #analyser = new Analyser();
  readonly #objects: ObjectReader | undefined;
  #buffer = Buffer.allocUnsafe(1 << 20);
  #bytes = 0;
  #parsed = 0;

  constructor(source: FileSource, store: FactStore) {
    this.#source = source;
    this.#store = store;
    this.#objects = source.kind === 'git' ? new ObjectReader(source.gitDir) : undefined;
  }

  async run({ names, contents }: Batch): Promise<BatchDone> {
    this.#bytes = 0;
    this.#parsed = 0;
    const ids: string[] = [];
    const { root } = this.#source.kind === 'folder' ? this.#source : { root: '' };
    // git works on the next objects while this thread parses.
    const reads = names.map((id) => this.#objects?.read(id));
    for (const [index, name] of names.entries()) {
      if (this.#source.kind === 'folder') {
        ids.push(this.#file(join(root, name)));
        continue;
      }
      const bytes = contents?.[index] ?? (await reads[index])?.bytes;
      ids.push(bytes === undefined ? '' : name);
      if (bytes !== undefined) this.#analyse(name, bytes);
    }
    this.#store.flush();
    return { ids, bytes: this.#bytes, parsed: this.#parsed };
  }

  /** Leaves the store open. */
  close(): void {
    this.#objects?.close();
  }

  /** Reads, hashes and analyses a file; its id, or '' where it is gone, a link, or too large. */
  #file(path: string): string {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const fd = unlessMissing(() => openSync(path, flags), 'ENOENT', 'ENOTDIR', 'ELOOP');
    if (fd === undefined) return '';
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile() || stat.size > MAX_FILE_BYTES) return '';
      if (stat.size + HEADER_ROOM > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(stat.size * 2);
      const content = this.#buffer.subarray(HEADER_ROOM, HEADER_ROOM + stat.size);
      const length = readFully(fd, content, 0);
      const header = `blob ${length}\0`;
      const start = HEADER_ROOM - header.length;
      this.#buffer.write(header, start, 'latin1');
      const hashed = this.#buffer.subarray(start, HEADER_ROOM + length);
      const id = createHash('sha1').update(hashed).digest('hex');
      this.#analyse(id, content.subarray(0, length));
      return id;
    } finally {
      closeSync(fd);
    }
  }

  #analyse(id: string, bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#store.has(id)) return;
    this.#parsed++;
    const { facts, link } = this.#analyser.analyse(bytes);
    this.#store.put(id, facts, link);
  }
}
