/**
 * What later stages keep of each definition beside a tree's index, in a file of their own name in the tree's
 * folder: written whole, read lazily, gone when the tree is evicted. Records lie in batches, each with the
 * texts that its records refer to; a batch is what a reader loads.
 *
 *   const writer = new AttachmentWriter(index, `effects-${version}`);
 *   for (const batch of batches) writer.add(first, batchBytes(records, texts));
 *   writer.finish();
 *   Attachment.open(index, `effects-${version}`)?.get(ref.number);
 *
 * A name should contain the version of the format (moduleVersion() in analyser-version.ts), so that a file of
 * another version is not found.
 */
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ByteReader, ByteWriter } from '../c/bytes.ts';
import { BoundedMap } from './bounded-map.ts';
import { SectionFile, writeSectionFile } from './section-file.ts';
import { unlessMissing } from './segment.ts';
import type { TreeIndex } from './tree-index.ts';

/** Bytes of decoded batches that a reader keeps. */
const KEPT_BYTES = 16 << 20;

const pathOf = (index: TreeIndex, name: string): string => join(index.folder, `${name}.attachment`);

/** The bytes of one batch: records of consecutive definitions, compressed (to 28 % for those of the kernel). */
export function batchBytes(records: readonly Uint8Array[], texts: readonly string[]): Uint8Array {
  const w = new ByteWriter();
  w.varint(records.length);
  for (const record of records) w.varint(record.length);
  w.strings(texts);
  for (const record of records) {
    w.reserve(record.length);
    w.bytes.set(record, w.length);
    w.length += record.length;
  }
  return zstdCompressSync(w.bytes.subarray(0, w.length));
}

/** Gathers batches; finish() makes them visible, all at once. */
export class AttachmentWriter {
  readonly #path: string;
  readonly #batches: { first: number; bytes: Uint8Array }[] = [];

  constructor(index: TreeIndex, name: string) {
    this.#path = pathOf(index, name);
  }

  /** Adds a batch whose first record is that of definition `first`; in any order. */
  add(first: number, bytes: Uint8Array): void {
    this.#batches.push({ first, bytes });
  }

  finish(): void {
    const batches = this.#batches.sort((x, y) => x.first - y.first);
    const starts = new Uint32Array(batches.length + 1);
    for (const [number, { bytes }] of batches.entries()) {
      starts[number + 1] = (starts[number] as number) + bytes.length;
    }
    writeSectionFile(
      this.#path,
      [
        ['firsts', Uint32Array.from(batches, ({ first }) => first)],
        ['starts', starts],
        ['data', Buffer.concat(batches.map(({ bytes }) => bytes))],
      ],
      {},
    );
  }
}

/** A record, with the texts that it refers to by number. */
export interface AttachedRecord {
  readonly bytes: Uint8Array;
  readonly texts: readonly string[];
}

interface Batch {
  readonly bytes: Uint8Array;
  /** Where each record starts in `bytes`; behind the last one its end. */
  readonly starts: Uint32Array;
  readonly texts: readonly string[];
}

export class Attachment {
  readonly #file: SectionFile;
  readonly #firsts: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #batches = new BoundedMap<number, Batch>(KEPT_BYTES, ({ bytes }) => bytes.length);

  private constructor(file: SectionFile) {
    this.#file = file;
    this.#firsts = new Uint32Array(file.bytes('firsts').buffer);
    this.#starts = new Uint32Array(file.bytes('starts').buffer);
  }

  /** The attachment of this name; undefined where the tree has none. */
  static open(index: TreeIndex, name: string): Attachment | undefined {
    const file = unlessMissing(() => new SectionFile(pathOf(index, name)));
    return file && new Attachment(file);
  }

  /** The record of a definition (a view that must not be written to); undefined where there is none. */
  get(number: number): AttachedRecord | undefined {
    const at = this.#batchOf(number);
    if (at < 0) return undefined;
    const { bytes, starts, texts } = this.#batches.get(at, () => this.#read(at));
    const record = number - (this.#firsts[at] as number);
    if (record + 1 >= starts.length) return undefined;
    return { bytes: bytes.subarray(starts[record], starts[record + 1]), texts };
  }

  close(): void {
    this.#file.close();
  }

  /** The last batch that does not begin behind `number`; -1 where all do. */
  #batchOf(number: number): number {
    let low = -1;
    let high = this.#firsts.length;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if ((this.#firsts[middle] as number) <= number) low = middle;
      else high = middle;
    }
    return low;
  }

  #read(at: number): Batch {
    const from = this.#starts[at] as number;
    const compressed = this.#file.slice('data', from, (this.#starts[at + 1] as number) - from);
    const bytes = zstdDecompressSync(compressed);
    const r = new ByteReader(bytes);
    const count = r.varint();
    const lengths = Array.from({ length: count }, () => r.varint());
    const texts = r.strings();
    const starts = new Uint32Array(count + 1);
    starts[0] = r.at;
    for (const [n, length] of lengths.entries()) starts[n + 1] = (starts[n] as number) + length;
    return { bytes, starts, texts };
  }
}
