/**
 * A file of named sections of numbers and bytes, of which a reader loads only the pages that it asks for.
 *
 *   magic, length of the directory, directory (JSON: sections and whatever else), sections on 8-byte borders
 */
import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { readFully } from './segment.ts';

const MAGIC = 0x584a4441; // "ADJX"
const PREFIX_BYTES = 8;
const PAGE_BYTES = 64 << 10;

interface Place {
  readonly offset: number;
  readonly length: number;
}

interface Directory {
  readonly sections: Readonly<Record<string, Place>>;
  readonly info: unknown;
}

/** Writes a file whole: it appears under its name when it is complete. */
export function writeSectionFile(
  path: string,
  sections: readonly (readonly [name: string, content: ArrayBufferView])[],
  info: unknown,
): void {
  const places: Record<string, Place> = {};
  let offset = 0;
  for (const [name, content] of sections) {
    places[name] = { offset, length: content.byteLength };
    offset = align(offset + content.byteLength);
  }
  // Offsets count from the end of the directory, whose own length they would change.
  const directory = Buffer.from(JSON.stringify({ sections: places, info } satisfies Directory));
  const head = Buffer.alloc(align(PREFIX_BYTES + directory.length));
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt32LE(directory.length, 4);
  directory.copy(head, PREFIX_BYTES);
  const temporary = `${path}.${process.pid}.new`;
  const fd = openSync(temporary, 'w');
  try {
    writeAt(fd, head, 0);
    for (const [name, content] of sections)
      writeAt(fd, content, head.length + (places[name] as Place).offset);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
}

const align = (offset: number): number => (offset + 7) & ~7;

function writeAt(fd: number, content: ArrayBufferView, position: number): void {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(fd, bytes, done, bytes.length - done, position + done);
  }
}

export class SectionFile {
  readonly #fd: number;
  readonly #start: number;
  readonly #directory: Directory;
  readonly #pages = new Map<number, Uint8Array<ArrayBuffer>>();
  readonly #maxPages: number;

  /** @throws where the file is missing or is not one of these. */
  constructor(path: string, cacheBytes = 64 << 20) {
    this.#maxPages = Math.ceil(cacheBytes / PAGE_BYTES);
    this.#fd = openSync(path, 'r');
    try {
      const prefix = Buffer.alloc(PREFIX_BYTES);
      const { size } = fstatSync(this.#fd);
      const isWhole = readFully(this.#fd, prefix, 0) === PREFIX_BYTES && prefix.readUInt32LE(0) === MAGIC;
      const length = prefix.readUInt32LE(4);
      if (!isWhole || PREFIX_BYTES + length > size) throw new Error(`not an index: ${path}`);
      const directory = Buffer.alloc(length);
      readFully(this.#fd, directory, PREFIX_BYTES);
      this.#directory = JSON.parse(directory.toString('utf8')) as Directory;
      this.#start = align(PREFIX_BYTES + length);
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
  }

  /** What was handed to writeSectionFile() as `info`. */
  get info(): unknown {
    return this.#directory.info;
  }

  has(section: string): boolean {
    return this.#directory.sections[section] !== undefined;
  }

  /** Length of a section in bytes; 0 where there is none. */
  length(section: string): number {
    return this.#directory.sections[section]?.length ?? 0;
  }

  /** A whole section, by itself. */
  bytes(section: string): Uint8Array<ArrayBuffer> {
    return this.#direct(section, 0, this.length(section));
  }

  /** `count` words of a section from word `from`. */
  words(section: string, from: number, count: number): Uint32Array {
    const bytes = this.slice(section, from * 4, count * 4);
    return new Uint32Array(bytes.buffer, bytes.byteOffset, count);
  }

  /** Bytes of a section, through the page cache; a copy where they cross pages. `from` must be a multiple of 4 for words(). */
  slice(section: string, from: number, length: number): Uint8Array<ArrayBuffer> {
    const place = this.#directory.sections[section];
    if (place === undefined || from + length > place.length) {
      throw new Error(`index: ${section} has no bytes ${from} to ${from + length}`);
    }
    if (length > PAGE_BYTES) return this.#direct(section, from, length);
    const at = place.offset + from;
    const first = Math.floor(at / PAGE_BYTES);
    const inPage = at - first * PAGE_BYTES;
    const page = this.#page(first);
    if (inPage + length <= PAGE_BYTES) return page.subarray(inPage, inPage + length);
    const joined = new Uint8Array(length);
    const head = PAGE_BYTES - inPage;
    joined.set(page.subarray(inPage));
    joined.set(this.#page(first + 1).subarray(0, length - head), head);
    return joined;
  }

  close(): void {
    this.#pages.clear();
    closeSync(this.#fd);
  }

  #direct(section: string, from: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    const offset = this.#directory.sections[section]?.offset ?? 0;
    if (readFully(this.#fd, bytes, this.#start + offset + from) < length) {
      throw new Error(`index: ${section} is cut short`);
    }
    return bytes;
  }

  #page(number: number): Uint8Array<ArrayBuffer> {
    let page = this.#pages.get(number);
    if (page !== undefined) return page;
    page = new Uint8Array(PAGE_BYTES);
    readFully(this.#fd, page, this.#start + number * PAGE_BYTES);
    if (this.#pages.size >= this.#maxPages) {
      const oldest = this.#pages.keys().next();
      if (!oldest.done) this.#pages.delete(oldest.value);
    }
    this.#pages.set(number, page);
    return page;
  }
}
