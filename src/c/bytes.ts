/** Numbers and strings to bytes and back: the form in which facts are stored. */

/** A growing byte buffer that is used again and again. */
export class ByteWriter {
  bytes = new Uint8Array(1 << 16);
  length = 0;
  #view = Buffer.from(this.bytes.buffer);

  reset(): void {
    this.length = 0;
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.#view = Buffer.from(grown.buffer);
  }

  byte(value: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** A number from 0 to 2^32 - 1: seven bits a byte, the lowest first. */
  varint(value: number): void {
    if (this.length + 5 > this.bytes.length) this.reserve(5);
    let rest = value >>> 0;
    while (rest > 127) {
      this.bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  /** An int32, small where its distance from zero is. */
  signed(value: number): void {
    this.varint((value << 1) ^ (value >> 31));
  }

  /**
   * Strings, each as what it shares with the one before and the rest: the names of a register header are
   * nearly all alike.
   */
  strings(texts: readonly string[]): void {
    this.varint(texts.length);
    let previous = '';
    for (const text of texts) {
      const most = Math.min(previous.length, text.length);
      let shared = 0;
      while (shared < most && previous.charCodeAt(shared) === text.charCodeAt(shared)) shared++;
      this.varint(shared);
      this.#rest(text, shared);
      previous = text;
    }
  }

  string(text: string): void {
    this.#rest(text, 0);
  }

  /** Length and Latin-1 bytes, or, where there are other characters, length 2n + 1 and n bytes of UTF-16. */
  #rest(text: string, from: number): void {
    const count = text.length - from;
    this.reserve(count * 2 + 10);
    const start = this.length;
    this.varint(count * 2);
    let all = 0;
    for (let i = from; i < text.length; i++) {
      const code = text.charCodeAt(i);
      all |= code;
      this.bytes[this.length++] = code;
    }
    if (all < 256) return;
    this.length = start;
    this.varint(count * 2 + 1);
    this.length += this.#view.write(text.slice(from), this.length, 'utf16le');
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}

/** Reads what a ByteWriter wrote. Does not check: the store keeps a checksum. */
export class ByteReader {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    return this.bytes[this.at++] as number;
  }

  varint(): number {
    let byte = this.bytes[this.at++] as number;
    if (byte < 128) return byte;
    let value = byte & 127;
    for (let shift = 7; byte >= 128; shift += 7) {
      byte = this.bytes[this.at++] as number;
      value |= (byte & 127) << shift;
    }
    return value >>> 0;
  }

  signed(): number {
    const value = this.varint();
    return (value >>> 1) ^ -(value & 1);
  }

  string(): string {
    const length = this.varint();
    const end = this.at + (length & 1 ? length - 1 : length >>> 1);
    const bytes = Buffer.from(this.bytes.buffer, this.bytes.byteOffset + this.at, end - this.at);
    this.at = end;
    return bytes.toString(length & 1 ? 'utf16le' : 'latin1');
  }

  strings(): string[] {
    const buffer = Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    const count = this.varint();
    const texts: string[] = new Array(count);
    let previous = '';
    for (let i = 0; i < count; i++) {
      const shared = this.varint();
      const length = this.varint();
      const end = this.at + (length & 1 ? length - 1 : length >>> 1);
      const rest = buffer.toString(length & 1 ? 'utf16le' : 'latin1', this.at, end);
      this.at = end;
      previous = shared === 0 ? rest : previous.slice(0, shared) + rest;
      texts[i] = previous;
    }
    return texts;
  }
}
