/**
 * One segment of the store: `<n>.seg` has the bytes of records one after the other, `<n>.idx` an entry of
 * fixed size for each. A record counts when its entry is whole (the entry's checksum) and its bytes are (the
 * checksum in the entry), so a write that was torn at any point is no record.
 *
 * Whoever appends to a segment, or deletes it, owns `<n>.lock`. Readers need no lock.
 */
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { KEY_BYTES } from './blob-table.ts';

/** Words of an entry: key, offset, length, checksum of the record, checksum of the entry. */
const KEY_WORDS = KEY_BYTES / 4;
const ENTRY_WORDS = KEY_WORDS + 4;
export const ENTRY_BYTES = ENTRY_WORDS * 4;

/** A lock of another machine is forgotten after this time; of this one, when its process is gone. */
const FOREIGN_LOCK_MS = 24 * 3600 * 1000;

export const segmentPath = (folder: string, number: number, extension: 'seg' | 'idx' | 'lock'): string =>
  join(folder, `${String(number).padStart(6, '0')}.${extension}`);

/** Runs a file operation; undefined where there is no such file, or where it fails with one of `codes`. */
export function unlessMissing<T>(operation: () => T, ...codes: readonly string[]): T | undefined {
  try {
    return operation();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || codes.includes(code ?? '')) return undefined;
    throw error;
  }
}

/** Takes a segment for this process. False where another has it. */
export function lockSegment(folder: string, number: number): boolean {
  const path = segmentPath(folder, number, 'lock');
  try {
    const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o644);
    writeSync(fd, lockText(process.pid));
    closeSync(fd);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

export function unlockSegment(folder: string, number: number): void {
  unlessMissing(() => unlinkSync(segmentPath(folder, number, 'lock')));
}

/**
 * Removes the lock of a process that is gone. Two processes that do so at the same moment may both come to
 * own the segment: what one of them appends may then be lost, which costs a recomputation and no more.
 */
export function breakDeadLock(folder: string, number: number): void {
  const path = segmentPath(folder, number, 'lock');
  const text = unlessMissing(() => readFileSync(path, 'utf8'));
  if (text === undefined) return;
  const [pid, start, host] = text.split(' ');
  if (host !== hostname()) {
    const age = Date.now() - (unlessMissing(() => statSync(path).mtimeMs) ?? Date.now());
    if (age < FOREIGN_LOCK_MS) return;
  } else if (start === startOf(Number(pid))) return;
  unlockSegment(folder, number);
}

const lockText = (pid: number): string => `${pid} ${startOf(pid)} ${hostname()}`;

/** When a process started, so that one that has its number now is not taken for it; 'gone' where there is none. */
function startOf(pid: number): string {
  const stat = unlessMissing(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  if (stat !== undefined) return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '?';
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch {
    return 'gone';
  }
}

/** Appends records to a segment that this process owns. Writes are gathered; flush() and close() write them. */
export class SegmentWriter {
  readonly number: number;
  readonly #folder: string;
  readonly #seg: number;
  readonly #idx: number;
  readonly #bytes = Buffer.allocUnsafe(1 << 20);
  #pending = 0;
  #entries: Uint32Array[] = [];
  /** What is on disk. */
  #end: number;
  #indexEnd: number;

  constructor(folder: string, number: number) {
    this.#folder = folder;
    this.number = number;
    const flags = constants.O_RDWR | constants.O_CREAT;
    this.#seg = openSync(segmentPath(folder, number, 'seg'), flags, 0o644);
    this.#idx = openSync(segmentPath(folder, number, 'idx'), flags, 0o644);
    this.#end = fstatSync(this.#seg).size;
    const indexed = fstatSync(this.#idx).size;
    this.#indexEnd = indexed - (indexed % ENTRY_BYTES);
    if (this.#indexEnd < indexed) ftruncateSync(this.#idx, this.#indexEnd);
  }

  /** Bytes of the segment, those that are not written yet included. */
  get size(): number {
    return this.#end + this.#pending;
  }

  /** Bytes that readers can see. */
  get flushed(): number {
    return this.#end;
  }

  /** Adds a record; returns its offset and checksum. */
  append(key: Uint32Array, bytes: Uint8Array): { offset: number; checksum: number } {
    if (this.#pending + bytes.length > this.#bytes.length) this.flush();
    const offset = this.size;
    const checksum = crc32(bytes);
    if (bytes.length > this.#bytes.length) {
      writeFully(this.#seg, bytes, this.#end);
      this.#end += bytes.length;
    } else {
      this.#bytes.set(bytes, this.#pending);
      this.#pending += bytes.length;
    }
    const entry = new Uint32Array(ENTRY_WORDS);
    entry.set(key);
    entry[KEY_WORDS] = offset;
    entry[KEY_WORDS + 1] = bytes.length;
    entry[KEY_WORDS + 2] = checksum;
    entry[KEY_WORDS + 3] = entryChecksum(entry, 0);
    this.#entries.push(entry);
    return { offset, checksum };
  }

  /** Writes the records, then their entries. */
  flush(): void {
    if (this.#pending > 0) writeFully(this.#seg, this.#bytes.subarray(0, this.#pending), this.#end);
    this.#end += this.#pending;
    this.#pending = 0;
    if (this.#entries.length === 0) return;
    const entries = Buffer.concat(this.#entries.map((entry) => new Uint8Array(entry.buffer)));
    this.#entries = [];
    writeFully(this.#idx, entries, this.#indexEnd);
    this.#indexEnd += entries.length;
  }

  close(): void {
    this.flush();
    closeSync(this.#seg);
    closeSync(this.#idx);
    unlockSegment(this.#folder, this.number);
  }
}

function writeFully(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(fd, bytes, done, bytes.length - done, position + done);
  }
}

/** Fills `into` from the file; returns how many bytes there were. */
export function readFully(fd: number, into: Uint8Array, position: number): number {
  let done = 0;
  while (done < into.length) {
    const count = readSync(fd, into, done, into.length - done, position + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** Calls `visit` with each whole entry of an index file's words: key (a view), offset, length, checksum. */
export function eachEntry(
  words: Uint32Array,
  visit: (key: Uint32Array, offset: number, length: number, checksum: number) => void,
): void {
  const key = new Uint32Array(KEY_WORDS);
  for (let at = 0; at + ENTRY_WORDS <= words.length; at += ENTRY_WORDS) {
    if (entryChecksum(words, at) !== words[at + ENTRY_WORDS - 1]) continue;
    for (let i = 0; i < KEY_WORDS; i++) key[i] = words[at + i] as number;
    const value = at + KEY_WORDS;
    visit(key, words[value] as number, words[value + 1] as number, words[value + 2] as number);
  }
}

/** Of all words of an entry but its last. There are as many entries as files in all trees: a call of zlib's would cost more. */
function entryChecksum(words: Uint32Array, at: number): number {
  let sum = ENTRY_WORDS;
  for (let i = at; i < at + ENTRY_WORDS - 1; i++) {
    sum = Math.imul(sum ^ (words[i] as number), 0x85ebca6b);
    sum = Math.imul(sum ^ (sum >>> 15), 0xc2b2ae35);
  }
  return (sum ^ (sum >>> 16)) >>> 0;
}
