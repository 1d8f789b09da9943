/** A hash table from git blob ids to where their bytes are: typed arrays, so that a million entries cost no objects. */

/** Words of a key: the first 20 bytes of an object id, which tells SHA-256 ids apart as well. */
const KEY_WORDS = 5;
export const KEY_BYTES = KEY_WORDS * 4;

/** Where a record is: the number of its segment, its place in it, and the checksum of its bytes. */
export interface Location {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
  readonly checksum: number;
}

const VALUE_WORDS = 4;
const WORDS = KEY_WORDS + VALUE_WORDS;

export class BlobTable {
  #slots = new Int32Array(1024);
  #entries = new Uint32Array(WORDS * 512);
  #count = 0;
  readonly #key = new Uint32Array(KEY_WORDS);

  get size(): number {
    return this.#count;
  }

  get(id: string): Location | undefined {
    parseId(id, this.#key);
    const entry = (this.#slots[this.#find(this.#key)] as number) - 1;
    return entry < 0 ? undefined : this.#location(entry);
  }

  has(id: string): boolean {
    parseId(id, this.#key);
    return this.#slots[this.#find(this.#key)] !== 0;
  }

  /** The newest location of an id wins. */
  set(id: string, location: Location): void {
    parseId(id, this.#key);
    this.setKey(this.#key, location.segment, location.offset, location.length, location.checksum);
  }

  /** set() with the key as words, for reading an index file. */
  setKey(key: Uint32Array, segment: number, offset: number, length: number, checksum: number): void {
    if ((this.#count + 1) * 2 > this.#slots.length) this.#grow();
    const slot = this.#find(key);
    let entry = (this.#slots[slot] as number) - 1;
    if (entry < 0) {
      entry = this.#count++;
      this.#slots[slot] = entry + 1;
      if (this.#count * WORDS > this.#entries.length) {
        const grown = new Uint32Array(this.#entries.length * 2);
        grown.set(this.#entries);
        this.#entries = grown;
      }
      this.#entries.set(key, entry * WORDS);
    }
    const at = entry * WORDS + KEY_WORDS;
    this.#entries[at] = segment;
    this.#entries[at + 1] = offset;
    this.#entries[at + 2] = length;
    this.#entries[at + 3] = checksum;
  }

  #location(entry: number): Location {
    const at = entry * WORDS + KEY_WORDS;
    return {
      segment: this.#entries[at] as number,
      offset: this.#entries[at + 1] as number,
      length: this.#entries[at + 2] as number,
      checksum: this.#entries[at + 3] as number,
    };
  }

  #find(key: Uint32Array): number {
    const mask = this.#slots.length - 1;
    // An object id is a hash already.
    let slot = (key[0] as number) & mask;
    for (;;) {
      const entry = (this.#slots[slot] as number) - 1;
      if (entry < 0 || this.#hasKey(entry, key)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #hasKey(entry: number, key: Uint32Array): boolean {
    const at = entry * WORDS;
    for (let i = 0; i < KEY_WORDS; i++) if (this.#entries[at + i] !== key[i]) return false;
    return true;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let entry = 0; entry < this.#count; entry++) {
      const at = entry * WORDS;
      this.#slots[this.#find(this.#entries.subarray(at, at + KEY_WORDS))] = entry + 1;
    }
  }
}

/** The key of an object id in hex, as five little-endian words of its bytes. @throws where it is not one. */
export function parseId(id: string, key: Uint32Array): void {
  for (let word = 0; word < KEY_WORDS; word++) {
    let value = 0;
    for (let byte = 3; byte >= 0; byte--) {
      const at = word * 8 + byte * 2;
      const digits = (hexDigit(id.charCodeAt(at)) << 4) | hexDigit(id.charCodeAt(at + 1));
      if (digits < 0) throw new Error(`not an object id: ${id}`);
      value = (value << 8) | digits;
    }
    key[word] = value;
  }
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  return -1;
}
