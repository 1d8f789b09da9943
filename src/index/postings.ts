/**
 * Postings: where in a tree a name is, found by the name's hash. A table has a bucket for each value of the
 * hash's upper bits, and in it, in order of files, two words for each posting: the lower bits of the hash
 * beside the number of the file, and the value of the link record (ordinal and flags).
 */

import { hasCheck, LINK_KINDS, type LinkRecords } from './link-record.ts';

const FILE_BITS = 20;
/** Files that one index can hold. */
export const MAX_FILES = 1 << FILE_BITS;
const FILE_MASK = MAX_FILES - 1;
const CHECK_MASK = (1 << (32 - FILE_BITS)) - 1;

/** At least as many as the hash's bits that a posting does not hold would need for small trees to be exact. */
const MIN_BUCKET_BITS = 10;
const MAX_BUCKET_BITS = 20;
const POSTINGS_PER_BUCKET = 4;

export interface Posting {
  readonly file: number;
  readonly value: number;
}

/** A table in words: bucket starts (in postings; one more than buckets), then the postings. */
export interface PostingTable {
  readonly bucketBits: number;
  readonly starts: Uint32Array;
  readonly words: Uint32Array;
}

/** Bits of hashes: a set that may say yes too often, by the upper 26 bits. */
export class HashSet {
  readonly #bits = new Uint32Array(1 << 21);

  add(hash: number): void {
    const at = hash >>> 11;
    this.#bits[at] = (this.#bits[at] as number) | (1 << ((hash >>> 6) & 31));
  }

  has(hash: number): boolean {
    return ((this.#bits[hash >>> 11] as number) & (1 << ((hash >>> 6) & 31))) !== 0;
  }
}

/**
 * Makes the table of one kind over files, given as the number of each file's record. `wanted` leaves out other
 * hashes. The same files give the same table, byte by byte.
 */
export function buildPostings(
  records: LinkRecords,
  files: Uint32Array,
  kind: number,
  wanted?: HashSet,
): PostingTable {
  const { words } = records;
  const [from, to] = ranges(records, files, kind);
  let most = 0;
  for (let file = 0; file < files.length; file++) most += ((to[file] as number) - (from[file] as number)) / 2;
  const bits = Math.ceil(Math.log2(most / POSTINGS_PER_BUCKET + 1));
  const bucketBits = Math.min(MAX_BUCKET_BITS, Math.max(MIN_BUCKET_BITS, bits));
  const shift = 32 - bucketBits;
  const starts = new Uint32Array((1 << bucketBits) + 1);
  let count = 0;
  for (let file = 0; file < files.length; file++) {
    const end = to[file] as number;
    for (let i = from[file] as number; i < end; i += 2) {
      const hash = words[i] as number;
      if (wanted !== undefined && !wanted.has(hash)) continue;
      const bucket = hash >>> shift;
      starts[bucket + 1] = (starts[bucket + 1] as number) + 1;
      count++;
    }
  }
  for (let bucket = 0; bucket < 1 << bucketBits; bucket++) {
    starts[bucket + 1] = (starts[bucket + 1] as number) + (starts[bucket] as number);
  }
  const next = starts.slice();
  const out = new Uint32Array(count * 2);
  for (let file = 0; file < files.length; file++) {
    const end = to[file] as number;
    for (let i = from[file] as number; i < end; i += 2) {
      const hash = words[i] as number;
      if (wanted !== undefined && !wanted.has(hash)) continue;
      const bucket = hash >>> shift;
      const at = next[bucket] as number;
      next[bucket] = at + 1;
      out[at * 2] = ((hash & CHECK_MASK) << FILE_BITS) | file;
      out[at * 2 + 1] = words[i + 1] as number;
    }
  }
  return { bucketBits, starts, words: out };
}

/** Calls `visit` with hash and value of each pair of a kind, file by file. */
export function eachPair(
  records: LinkRecords,
  files: Uint32Array,
  kind: number,
  visit: (hash: number, value: number) => void,
): void {
  const { words } = records;
  const [from, to] = ranges(records, files, kind);
  for (let file = 0; file < files.length; file++) {
    const end = to[file] as number;
    for (let i = from[file] as number; i < end; i += 2) visit(words[i] as number, words[i + 1] as number);
  }
}

/** Where the pairs of a kind start and end, per file. */
function ranges({ starts }: LinkRecords, files: Uint32Array, kind: number): [Uint32Array, Uint32Array] {
  const at = (offset: number): Uint32Array =>
    files.map((record) => starts[record * (LINK_KINDS + 1) + kind + offset] as number);
  return [at(0), at(1)];
}

/** Bucket of a hash. */
export const bucketOf = (hash: number, bucketBits: number): number => hash >>> (32 - bucketBits);

/** The postings of a hash among the words of its bucket; only those with this check, where the kind has one. */
export function matching(words: Uint32Array, hash: number, check: number | undefined): Posting[] {
  const found: Posting[] = [];
  for (let i = 0; i < words.length; i += 2) {
    const word = words[i] as number;
    if (word >>> FILE_BITS !== (hash & CHECK_MASK)) continue;
    const value = words[i + 1] as number;
    if (check === undefined || hasCheck(value, check)) found.push({ file: word & FILE_MASK, value });
  }
  return found;
}
