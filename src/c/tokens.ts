import { columnOf, lineOf } from './flow.ts';
import type { Source } from './interner.ts';
import { BYTE_CLASS, ByteClass, OPERATOR_TEXTS } from './token.ts';

/** Directive kinds of DirectiveList. */
export const Directive = {
  Removed: 0, // in an arm that is not read
  Include: 1, // name = path with its quotes
  Define: 2, // name; bytes [start, end) are what follows the name
  Constant: 3, // #define NAME NUMBER: name, `end` holds the name of the number
  Undef: 4, // name
  If: 5, // bytes [start, end) are the condition
  Ifdef: 6, // name
  Ifndef: 7, // name
  Elif: 8,
  Elifdef: 9, // name
  Elifndef: 10, // name
  Else: 11,
  Endif: 12,
} as const;

const WIDTH = 6;

/** The directives of a file in order; six numbers each. */
class DirectiveList {
  count = 0;
  #data = new Int32Array(WIDTH * 256);

  add(kind: number, name: number, start: number, end: number, line: number, lineStart: number): number {
    if (WIDTH * (this.count + 1) > this.#data.length) {
      const data = new Int32Array(2 * this.#data.length);
      data.set(this.#data);
      this.#data = data;
    }
    const data = this.#data;
    const at = WIDTH * this.count;
    data[at] = kind;
    data[at + 1] = name;
    data[at + 2] = start;
    data[at + 3] = end;
    data[at + 4] = line;
    data[at + 5] = lineStart;
    return this.count++;
  }

  kind(i: number): number {
    return this.#data[WIDTH * i] as number;
  }
  name(i: number): number {
    return this.#data[WIDTH * i + 1] as number;
  }
  start(i: number): number {
    return this.#data[WIDTH * i + 2] as number;
  }
  end(i: number): number {
    return this.#data[WIDTH * i + 3] as number;
  }
  line(i: number): number {
    return this.#data[WIDTH * i + 4] as number;
  }
  lineStart(i: number): number {
    return this.#data[WIDTH * i + 5] as number;
  }
  remove(i: number): void {
    this.#data[WIDTH * i] = Directive.Removed;
  }
}

/** Tokens of one file in typed arrays, and the directives that were taken out of the stream. */
export class Tokens {
  /** Token kinds; see token.ts. */
  kind = new Uint8Array(1 << 14);
  /** Name of an identifier, keyword, number or character; number of the directive for Hash tokens. */
  name = new Int32Array(1 << 14);
  /** Offset of the first byte. */
  start = new Int32Array(1 << 14);
  /** position() of flow.ts. */
  position = new Int32Array(1 << 14);
  /** For ( [ {: index of the token that closes it, or of the token before which it must end. */
  close = new Int32Array(1 << 14);
  count = 0;
  readonly directives = new DirectiveList();
  /** The bytes, with zeros after `size`. */
  source: Source = Buffer.alloc(1 << 16) as Source;
  size = 0;

  grow(): void {
    const size = 2 * this.kind.length;
    const kind = new Uint8Array(size);
    kind.set(this.kind);
    this.kind = kind;
    this.name = copied(this.name, size);
    this.start = copied(this.start, size);
    this.position = copied(this.position, size);
    this.close = copied(this.close, size);
  }

  /** Takes the bytes of the next file. Room that an enormous file took is given back. */
  load(bytes: Uint8Array): void {
    const needed = bytes.length + PADDING;
    if (this.source.length < needed || this.source.length > 8 * needed + (4 << 20)) {
      this.source = Buffer.alloc(Math.max(1 << 16, needed + (needed >> 1))) as Source;
    }
    this.source.set(bytes);
    this.source.fill(0, bytes.length, needed);
    this.size = bytes.length;
    this.count = 0;
    this.directives.count = 0;
    if (this.kind.length > 1 << 22 && bytes.length < 1 << 22) this.#shrink();
  }

  /** Source text of a token, found again from its first byte. */
  textOf(token: number): string {
    const start = this.start[token] as number;
    const quote = this.source[start];
    let end = start;
    if (quote === 34 || quote === 39) {
      end++;
      while (end < this.size && this.source[end] !== quote && this.source[end] !== 10) {
        end += this.source[end] === 92 ? 2 : 1;
      }
      return this.source.toString('utf8', start, Math.min(end + 1, this.size));
    }
    const operator = OPERATOR_TEXTS.get(this.kind[token] as number);
    if (operator !== undefined) return operator;
    while (end < this.size && (BYTE_CLASS[this.source[end] as number] as number) >= ByteClass.Word) end++;
    return this.source.toString('utf8', start, end);
  }

  #shrink(): void {
    this.kind = new Uint8Array(1 << 14);
    this.name = new Int32Array(1 << 14);
    this.start = new Int32Array(1 << 14);
    this.position = new Int32Array(1 << 14);
    this.close = new Int32Array(1 << 14);
  }

  /** Exact 1-based line of a token. */
  lineOf(token: number): number {
    const line = lineOf(this.position[token] as number);
    if (line < 0x1fffff) return line;
    let exact = 1;
    const start = this.start[token] as number;
    for (let i = 0; i < start; i++) if (this.source[i] === 10) exact++;
    return exact;
  }

  /** Exact 1-based column of a token, in bytes. */
  columnOf(token: number): number {
    const column = columnOf(this.position[token] as number);
    if (column < 0x3ff) return column;
    const start = this.start[token] as number;
    return start - this.source.lastIndexOf(10, start - 1);
  }
}

const PADDING = 16;

const copied = (from: Int32Array, size: number): Int32Array<ArrayBuffer> => {
  const to = new Int32Array(size);
  to.set(from);
  return to;
};
