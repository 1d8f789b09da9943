/**
 * Texts as numbers. One interner serves all the files that a parser reads, so that the names which the whole
 * kernel shares are made into strings once. It starts again (a new epoch) when it has grown too large.
 */
import { KEYWORDS, Token } from './token.ts';
import { NameFlag, nameFlags } from './word-shapes.ts';

/** Node's own method behind toString('latin1'), which the type definitions leave out. */
export type Source = Buffer & { latin1Slice(start: number, end: number): string };

const NAME_LIMIT = 150_000;
const FIRST_TABLE_BITS = 16;

/** Of all interners: a number that one gives a name says nothing of another's. */
let epochs = 0;

export class Interner {
  /** Text of each name. */
  names: string[] = [''];
  /** Token kind of each name: Identifier or a keyword. */
  tokenKinds = new Uint8Array(1 << 14);
  #flags = new Uint16Array(1 << 14);
  epoch = epochs++;
  #bytes = Buffer.alloc(1 << 18);
  #bytesUsed = 0;
  #starts = new Int32Array(1 << 14);
  /** Pairs: hash, name. An empty slot has name 0. */
  #table = new Int32Array(2 << FIRST_TABLE_BITS);
  #mask = (1 << FIRST_TABLE_BITS) - 1;
  #joined = new Map<number, number>();

  constructor() {
    this.#internKeywords();
  }

  /** Starts again when too many names have gathered; to be called between files. */
  startFile(): void {
    if (this.names.length <= NAME_LIMIT) return;
    this.names = [''];
    this.#bytesUsed = 0;
    this.#table.fill(0);
    this.#joined.clear();
    this.epoch = epochs++;
    this.#internKeywords();
  }

  /** Number of source[start, end), whose hash is `hash` (see HASH_SEED). */
  intern(source: Source, start: number, end: number, hash: number): number {
    const table = this.#table;
    const bytes = this.#bytes;
    const starts = this.#starts;
    const length = end - start;
    let slot = hash & this.#mask;
    for (;;) {
      const name = table[2 * slot + 1] as number;
      if (name === 0) return this.#insert(source, start, end, hash, slot);
      if (table[2 * slot] === hash) {
        const from = starts[name] as number;
        if ((starts[name + 1] as number) - from === length) {
          let k = 0;
          while (k < length && bytes[from + k] === source[start + k]) k++;
          if (k === length) return name;
        }
      }
      slot = (slot + 1) & this.#mask;
    }
  }

  /** NameFlag bits of a name. */
  flagsOf(name: number): number {
    let flags = this.#flags[name] as number;
    if (flags === 0) {
      flags = nameFlags(this.names[name] as string) | NameFlag.Known;
      this.#flags[name] = flags;
    }
    return flags;
  }

  /** Number of a text. */
  internText(text: string): number {
    const source = Buffer.from(text, 'latin1') as Source;
    let hash = HASH_SEED;
    for (let i = 0; i < source.length; i++) hash = (Math.imul(hash, 31) + (source[i] as number)) | 0;
    return this.intern(source, 0, source.length, hash);
  }

  /** Number of the text of two names with a space between: 'unsigned' and 'int', 'struct' and 'foo'. */
  join(first: number, second: number): number {
    const key = first * 0x1000000 + second;
    let name = this.#joined.get(key);
    if (name === undefined) {
      name = this.internText(`${this.names[first]} ${this.names[second]}`);
      this.#joined.set(key, name);
    }
    return name;
  }

  #insert(source: Source, start: number, end: number, hash: number, slot: number): number {
    const name = this.names.length;
    const length = end - start;
    if (name + 2 > this.#starts.length) this.#growNames();
    while (this.#bytesUsed + length > this.#bytes.length) this.#growBytes();
    this.#bytes.set(source.subarray(start, end), this.#bytesUsed);
    const text = source.latin1Slice(start, end);
    this.names.push(text);
    this.#starts[name] = this.#bytesUsed;
    this.#bytesUsed += length;
    this.#starts[name + 1] = this.#bytesUsed;
    this.tokenKinds[name] = Token.Identifier;
    this.#flags[name] = 0;
    this.#table[2 * slot] = hash;
    this.#table[2 * slot + 1] = name;
    if (2 * name > this.#mask) this.#growTable();
    return name;
  }

  #internKeywords(): void {
    this.#starts[1] = 0;
    for (const [word, kind] of KEYWORDS) {
      const name = this.internText(word);
      this.tokenKinds[name] = kind;
      this.#flags[name] = NameFlag.Keyword;
    }
  }

  #growNames(): void {
    const size = 2 * this.#starts.length;
    const starts = new Int32Array(size);
    starts.set(this.#starts);
    this.#starts = starts;
    const kinds = new Uint8Array(size);
    kinds.set(this.tokenKinds);
    this.tokenKinds = kinds;
    const flags = new Uint16Array(size);
    flags.set(this.#flags);
    this.#flags = flags;
  }

  #growBytes(): void {
    const bytes = Buffer.alloc(2 * this.#bytes.length);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }

  #growTable(): void {
    const old = this.#table;
    const slots = old.length; // twice as many slots: each slot has two words
    const table = new Int32Array(2 * slots);
    const mask = slots - 1;
    for (let i = 0; i < old.length; i += 2) {
      if (old[i + 1] === 0) continue;
      let slot = (old[i] as number) & mask;
      while (table[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
      table[2 * slot] = old[i] as number;
      table[2 * slot + 1] = old[i + 1] as number;
    }
    this.#table = table;
    this.#mask = mask;
  }
}

/** Hash of no bytes; each byte makes it hash * 31 + byte, in 32 bits. */
export const HASH_SEED = 7;
