/**
 * Records in bytes, declared by their shape. Texts are numbers into a table that the records of one batch share:
 * lock classes and places come again and again.
 */
import { ByteReader, ByteWriter } from '../../c/bytes.ts';

export class RecordWriter extends ByteWriter {
  /** The texts of all records since the writer was made, by number. */
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  text(text: string): void {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.texts.push(text) - 1;
      this.#numbers.set(text, number);
    }
    this.varint(number);
  }
}

export class RecordReader extends ByteReader {
  readonly #texts: readonly string[];

  constructor(bytes: Uint8Array, texts: readonly string[], at = 0) {
    super(bytes, at);
    this.#texts = texts;
  }

  text(): string {
    return this.#texts[this.varint()] as string;
  }
}

/** How values of one shape are written and read. */
export interface Codec<T> {
  write(w: RecordWriter, value: T): void;
  read(r: RecordReader): T;
}

/** From 0 to 2^32 - 1. */
export const uint: Codec<number> = { write: (w, value) => w.varint(value), read: (r) => r.varint() };
/** An int32. */
export const int: Codec<number> = { write: (w, value) => w.signed(value), read: (r) => r.signed() };
export const bool: Codec<boolean> = {
  write: (w, value) => w.byte(value ? 1 : 0),
  read: (r) => r.byte() !== 0,
};
export const text: Codec<string> = { write: (w, value) => w.text(value), read: (r) => r.text() };

/** One of a few texts. */
export function choice<const T extends string>(values: readonly T[]): Codec<T> {
  return {
    write: (w, value) => w.byte(values.indexOf(value)),
    read: (r) => values[r.byte()] as T,
  };
}

export function list<T>(item: Codec<T>): Codec<readonly T[]> {
  return {
    write(w, values) {
      w.varint(values.length);
      for (const value of values) item.write(w, value);
    },
    read(r) {
      const values: T[] = new Array(r.varint());
      for (let i = 0; i < values.length; i++) values[i] = item.read(r);
      return values;
    },
  };
}

export function optional<T>(of: Codec<T>): Codec<T | undefined> {
  return {
    write(w, value) {
      w.byte(value === undefined ? 0 : 1);
      if (value !== undefined) of.write(w, value);
    },
    read: (r) => (r.byte() === 0 ? undefined : of.read(r)),
  };
}

/** An object with exactly these fields. */
export function record<T extends object>(fields: { readonly [K in keyof T]-?: Codec<T[K]> }): Codec<T> {
  const entries = Object.entries(fields) as [keyof T, Codec<T[keyof T]>][];
  return {
    write(w, value) {
      for (const [name, field] of entries) field.write(w, value[name]);
    },
    read(r) {
      const value = {} as T;
      for (const [name, field] of entries) value[name] = field.read(r);
      return value;
    },
  };
}
