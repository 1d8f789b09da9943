/**
 * Bytes by git blob id, on disk, shared by all processes of a machine: append-only segments (segment.ts).
 * Everything in it can be computed again, so nothing is ever repaired: what is not whole is not there.
 *
 *   store = BlobStore.open(folder);
 *   if (!store.has(id)) store.put(id, facts);
 *   store.close();
 */
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, statSync, unlinkSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { BlobTable, KEY_BYTES, type Location, parseId } from './blob-table.ts';
import {
  breakDeadLock,
  ENTRY_BYTES,
  eachEntry,
  lockSegment,
  readFully,
  SegmentWriter,
  segmentPath,
  unlessMissing,
  unlockSegment,
} from './segment.ts';

/** A writer goes on to another segment at this size. */
const SEGMENT_BYTES = 128 << 20;
/** Segments that are looked at for one to go on with, before a new one is made. */
const CLAIM_TRIES = 8;
/** Records closer together than this are read at once. */
const READ_GAP = 64 << 10;
const READ_BYTES = 8 << 20;

interface Segment {
  readonly number: number;
  /** Bytes of the index file that were read. */
  indexed: number;
  /** Of the segment file, once it was opened. */
  fd: number | undefined;
}

export class BlobStore {
  readonly folder: string;
  #table = new BlobTable();
  #segments = new Map<number, Segment>();
  #writer: SegmentWriter | undefined;
  readonly #key = new Uint32Array(KEY_BYTES / 4);

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Opens the store in a folder, which is made where it is missing. */
  static open(folder: string): BlobStore {
    mkdirSync(folder, { recursive: true });
    const store = new BlobStore(folder);
    store.refresh();
    return store;
  }

  /** Records that can be read. */
  get size(): number {
    return this.#table.size;
  }

  /** Sees what other processes have written since. */
  refresh(): void {
    this.#writer?.flush();
    const numbers = segmentNumbers(this.folder);
    const present = new Set(numbers);
    for (const segment of this.#segments.values()) {
      if (present.has(segment.number)) continue;
      // A segment that was compacted away: its records are in another one by now.
      this.#forgetAll();
      break;
    }
    for (const number of numbers) this.#readIndex(number);
  }

  has(id: string): boolean {
    return this.#table.has(id);
  }

  /** Bytes of a blob's record; 0 where there is none. */
  length(id: string): number {
    return this.#table.get(id)?.length ?? 0;
  }

  /** The bytes that were put for a blob; undefined where there are none, or where they are damaged. */
  get(id: string): Uint8Array | undefined {
    const found = this.#read(id);
    if (found !== undefined || !this.#table.has(id)) return found;
    this.#forgetAll();
    this.refresh();
    return this.#read(id);
  }

  /**
   * Calls `visit` with the bytes of each blob that is there (views, valid during the call), in whatever order
   * reads fastest. Returns the ids that are not there.
   */
  getAll(ids: Iterable<string>, visit: (id: string, bytes: Uint8Array) => void): string[] {
    this.#writer?.flush();
    const missing: string[] = [];
    const found: { id: string; location: Location }[] = [];
    for (const id of ids) {
      const location = this.#table.get(id);
      if (location === undefined) missing.push(id);
      else found.push({ id, location });
    }
    found.sort((x, y) => x.location.segment - y.location.segment || x.location.offset - y.location.offset);
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    for (let from = 0; from < found.length; ) {
      const first = found[from]?.location as Location;
      let end = first.offset + first.length;
      let to = from + 1;
      for (; to < found.length; to++) {
        const next = found[to]?.location as Location;
        const nextEnd = Math.max(end, next.offset + next.length);
        if (next.segment !== first.segment || next.offset - end > READ_GAP) break;
        if (nextEnd - first.offset > READ_BYTES) break;
        end = nextEnd;
      }
      const length = end - first.offset;
      const run = length <= READ_BYTES ? buffer.subarray(0, length) : Buffer.allocUnsafe(length);
      const fd = this.#open(first.segment);
      const count = fd === undefined ? 0 : readFully(fd, run, first.offset);
      for (; from < to; from++) {
        const { id, location } = found[from] as { id: string; location: Location };
        const at = location.offset - first.offset;
        const bytes = run.subarray(at, at + location.length);
        if (at + location.length <= count && crc32(bytes) === location.checksum) visit(id, bytes);
        else missing.push(id);
      }
    }
    return missing;
  }

  /** Adds a record. Other processes see it after flush() or close(). */
  put(id: string, bytes: Uint8Array): void {
    if (this.#writer !== undefined && this.#writer.size + bytes.length > SEGMENT_BYTES) this.#release();
    this.#writer ??= this.#claim();
    parseId(id, this.#key);
    const { offset, checksum } = this.#writer.append(this.#key, bytes);
    this.#table.setKey(this.#key, this.#writer.number, offset, bytes.length, checksum);
  }

  flush(): void {
    this.#writer?.flush();
  }

  close(): void {
    this.#release();
    this.#forgetAll();
  }

  /** Bytes on disk. */
  bytes(): number {
    let total = 0;
    for (const number of segmentNumbers(this.folder)) {
      for (const extension of ['seg', 'idx'] as const) {
        total += unlessMissing(() => statSync(segmentPath(this.folder, number, extension)).size) ?? 0;
      }
    }
    return total;
  }

  /**
   * Drops the records that are not `live`, and joins small segments: copies what is live into new segments,
   * then deletes the old ones. Segments that a living process appends to are left alone.
   */
  compact(live: (id: string) => boolean): void {
    this.#release();
    this.refresh();
    const owned: number[] = [];
    for (const number of segmentNumbers(this.folder)) {
      breakDeadLock(this.folder, number);
      if (lockSegment(this.folder, number)) owned.push(number);
    }
    for (const number of owned) {
      const ids = new Set(this.#entriesOf(number));
      const kept = [...ids].filter((id) => live(id) && this.#table.get(id)?.segment === number);
      this.getAll(kept, (id, bytes) => this.put(id, bytes));
    }
    this.#release();
    for (const number of owned) {
      this.#delete(number);
      unlockSegment(this.folder, number);
    }
    this.#forgetAll();
    this.refresh();
  }

  /**
   * Deletes the segments in which a record is damaged: what they had is computed again. A write that was torn
   * leaves no record; this is for disks that lost what was written before a power cut.
   */
  repair(): void {
    this.#release();
    for (const number of segmentNumbers(this.folder)) {
      breakDeadLock(this.folder, number);
      if (!lockSegment(this.folder, number)) continue;
      if (!this.#isSound(number)) this.#delete(number);
      unlockSegment(this.folder, number);
    }
    this.#forgetAll();
    this.refresh();
  }

  #isSound(number: number): boolean {
    const ids = new Set(this.#entriesOf(number).filter((id) => this.#table.get(id)?.segment === number));
    return this.getAll(ids, () => undefined).length === 0;
  }

  #delete(number: number): void {
    for (const extension of ['idx', 'seg'] as const) {
      unlessMissing(() => unlinkSync(segmentPath(this.folder, number, extension)));
    }
  }

  #read(id: string): Uint8Array | undefined {
    const location = this.#table.get(id);
    if (location === undefined) return undefined;
    if (this.#writer?.number === location.segment) this.#writer.flush();
    const fd = this.#open(location.segment);
    if (fd === undefined) return undefined;
    const bytes = new Uint8Array(location.length);
    if (readFully(fd, bytes, location.offset) < bytes.length) return undefined;
    return crc32(bytes) === location.checksum ? bytes : undefined;
  }

  #readIndex(number: number): void {
    const path = segmentPath(this.folder, number, 'idx');
    const fd = unlessMissing(() => openSync(path, 'r'));
    if (fd === undefined) return;
    let segment = this.#segments.get(number);
    if (segment === undefined) {
      segment = { number, indexed: 0, fd: undefined };
      this.#segments.set(number, segment);
    }
    const { size } = fstatSync(fd);
    const words = entriesIn(fd, segment.indexed, size);
    closeSync(fd);
    segment.indexed += words.length * 4;
    eachEntry(words, (key, offset, length, checksum) => {
      this.#table.setKey(key, number, offset, length, checksum);
    });
  }

  #entriesOf(number: number): string[] {
    const path = segmentPath(this.folder, number, 'idx');
    const fd = unlessMissing(() => openSync(path, 'r'));
    if (fd === undefined) return [];
    const words = entriesIn(fd, 0, fstatSync(fd).size);
    closeSync(fd);
    const ids: string[] = [];
    eachEntry(words, (key) => ids.push(Buffer.from(key.buffer).toString('hex')));
    return ids;
  }

  #open(number: number): number | undefined {
    const segment = this.#segments.get(number);
    if (segment === undefined) return undefined;
    segment.fd ??= unlessMissing(() => openSync(segmentPath(this.folder, number, 'seg'), 'r'));
    return segment.fd;
  }

  /** A segment to append to: one that nobody has and that is not full, or a new one. */
  #claim(): SegmentWriter {
    const numbers = segmentNumbers(this.folder).reverse();
    for (const number of numbers.slice(0, CLAIM_TRIES)) {
      const seg = segmentPath(this.folder, number, 'seg');
      const size = unlessMissing(() => statSync(seg).size);
      if (size === undefined || size > SEGMENT_BYTES / 2 || !lockSegment(this.folder, number)) continue;
      if (unlessMissing(() => statSync(seg)) !== undefined) return this.#openWriter(number);
      unlockSegment(this.folder, number);
    }
    for (let number = (numbers[0] ?? 0) + 1; ; number++) {
      if (!lockSegment(this.folder, number)) continue;
      const isNew = unlessMissing(() => statSync(segmentPath(this.folder, number, 'seg'))) === undefined;
      if (isNew) return this.#openWriter(number);
      unlockSegment(this.folder, number);
    }
  }

  #openWriter(number: number): SegmentWriter {
    const writer = new SegmentWriter(this.folder, number);
    this.#readIndex(number);
    return writer;
  }

  #release(): void {
    this.#writer?.close();
    this.#writer = undefined;
  }

  #forgetAll(): void {
    for (const segment of this.#segments.values()) if (segment.fd !== undefined) closeSync(segment.fd);
    this.#segments = new Map();
    this.#table = new BlobTable();
  }
}

function segmentNumbers(folder: string): number[] {
  const numbers: number[] = [];
  for (const name of readdirSync(folder)) {
    const match = /^(\d{6,})\.seg$/.exec(name);
    if (match) numbers.push(Number(match[1]));
  }
  return numbers.sort((x, y) => x - y);
}

/** The words of the whole entries of an index file from `start` on. */
function entriesIn(fd: number, start: number, end: number): Uint32Array {
  const length = Math.max(0, end - start);
  const words = new Uint32Array((length - (length % ENTRY_BYTES)) / 4);
  const count = readFully(fd, new Uint8Array(words.buffer), start);
  return words.subarray(0, (count - (count % ENTRY_BYTES)) / 4);
}
