/**
 * What later stages keep beside a tree's index: bytes by key, in a file of their own name in the tree's folder,
 * written whole and read lazily. It goes when the tree is evicted.
 *
 * Effects are the first of these: `adjutant index` computes a summary of each function as its last stage and
 * puts it under the function's id; the bytes begin with a digest of what the summary was made of, by which a
 * review tells whether it still holds for a changed tree. A name should contain the version of the format
 * (moduleVersion() in analyser-version.ts), so that a file of another version is not found.
 *
 *   const writer = new AttachmentWriter(index, `effects-${version}`);
 *   writer.put(ref.id, summary);
 *   writer.finish();
 *   Attachment.open(index, `effects-${version}`)?.get(ref.id);
 */
import { join } from 'node:path';
import { ByteWriter } from '../c/bytes.ts';
import { nameHash } from './name-hash.ts';
import { SectionFile, writeSectionFile } from './section-file.ts';
import { unlessMissing } from './segment.ts';
import type { TreeIndex } from './tree-index.ts';

/** Hash, offset and length of key and value. */
const ENTRY_WORDS = 4;

const pathOf = (index: TreeIndex, name: string): string => join(index.folder, `${name}.attachment`);

interface Info {
  readonly bucketBits: number;
}

/** Gathers records; finish() makes them visible, all at once. */
export class AttachmentWriter {
  readonly #path: string;
  readonly #data = new ByteWriter();
  #entries = new Uint32Array(ENTRY_WORDS << 10);
  #count = 0;

  constructor(index: TreeIndex, name: string) {
    this.#path = pathOf(index, name);
  }

  /** Adds a record. A key is put once. */
  put(key: string, value: Uint8Array): void {
    if ((this.#count + 1) * ENTRY_WORDS > this.#entries.length) {
      const grown = new Uint32Array(this.#entries.length * 2);
      grown.set(this.#entries);
      this.#entries = grown;
    }
    const keyBytes = Buffer.from(key);
    this.#entries.set(
      [nameHash(key), this.#data.length, keyBytes.length, value.length],
      this.#count * ENTRY_WORDS,
    );
    this.#count++;
    for (const part of [keyBytes, value]) {
      this.#data.reserve(part.length);
      this.#data.bytes.set(part, this.#data.length);
      this.#data.length += part.length;
    }
  }

  finish(): void {
    const bucketBits = Math.min(24, Math.ceil(Math.log2(this.#count + 2)));
    const starts = new Uint32Array((1 << bucketBits) + 1);
    const bucketAt = (entry: number): number =>
      (this.#entries[entry * ENTRY_WORDS] as number) >>> (32 - bucketBits);
    for (let entry = 0; entry < this.#count; entry++) {
      const bucket = bucketAt(entry);
      starts[bucket + 1] = (starts[bucket + 1] as number) + 1;
    }
    for (let bucket = 0; bucket < 1 << bucketBits; bucket++) {
      starts[bucket + 1] = (starts[bucket + 1] as number) + (starts[bucket] as number);
    }
    const next = starts.slice();
    const entries = new Uint32Array(this.#count * ENTRY_WORDS);
    for (let entry = 0; entry < this.#count; entry++) {
      const bucket = bucketAt(entry);
      const at = next[bucket] as number;
      next[bucket] = at + 1;
      entries.set(this.#entries.subarray(entry * ENTRY_WORDS, (entry + 1) * ENTRY_WORDS), at * ENTRY_WORDS);
    }
    const data = this.#data.bytes.subarray(0, this.#data.length);
    const sections: [string, ArrayBufferView][] = [
      ['starts', starts],
      ['entries', entries],
      ['data', data],
    ];
    writeSectionFile(this.#path, sections, { bucketBits } satisfies Info);
  }
}

export class Attachment {
  readonly #file: SectionFile;
  readonly #bucketBits: number;

  private constructor(file: SectionFile) {
    this.#file = file;
    this.#bucketBits = (file.info as Info).bucketBits;
  }

  /** The attachment of this name; undefined where the tree has none. */
  static open(index: TreeIndex, name: string): Attachment | undefined {
    const file = unlessMissing(() => new SectionFile(pathOf(index, name)));
    return file && new Attachment(file);
  }

  /** The bytes that were put under a key (a view that must not be written to); undefined where none were. */
  get(key: string): Uint8Array | undefined {
    const hash = nameHash(key);
    const bucket = hash >>> (32 - this.#bucketBits);
    const [from = 0, to = 0] = this.#file.words('starts', bucket, 2);
    const entries = this.#file.words('entries', from * ENTRY_WORDS, (to - from) * ENTRY_WORDS);
    for (let at = 0; at < entries.length; at += ENTRY_WORDS) {
      if (entries[at] !== hash) continue;
      const [, offset = 0, keyLength = 0, length = 0] = entries.subarray(at, at + ENTRY_WORDS);
      const record = this.#file.slice('data', offset, keyLength + length);
      if (Buffer.from(record.buffer, record.byteOffset, keyLength).toString() === key)
        return record.subarray(keyLength);
    }
    return undefined;
  }

  close(): void {
    this.#file.close();
  }
}
