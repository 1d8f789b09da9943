/**
 * The effects of the functions that are done, as bytes in memory that all threads have: what one has made the others
 * read. A record is written once, and whoever makes it makes the same one. Those of a cycle are there all at once.
 */
import { ByteReader, ByteWriter } from '../../c/bytes.ts';
import { BoundedMap } from '../../index/bounded-map.ts';
import { RecordReader, RecordWriter } from './codec.ts';
import { type FunctionEffects, readEffects, writeEffects } from './function-effects.ts';
import { dependenciesCodec, type StoredDependency } from './stored-dependencies.ts';

/** What a function does, and what it adds to the lock graph. */
export interface Solved extends FunctionEffects {
  readonly dependencies: readonly StoredDependency[];
}

/** A thread is given this as it is. */
export interface SharedMemory {
  /** By number: where the record is; 0 where there is none. */
  readonly starts: SharedArrayBuffer;
  /** By number of a member of a cycle: 1 + the number of the one whose start is set last. */
  readonly last: SharedArrayBuffer;
  /** By number: 1 + the first thread that works on it or below it. */
  readonly claims: SharedArrayBuffer;
  /** The first free byte of `records`. */
  readonly next: SharedArrayBuffer;
  readonly records: SharedArrayBuffer;
}

/** Room for records. What is not written to takes no memory; those of the kernel are 200 bytes on average. */
const ROOM_PER_FUNCTION = 1 << 10;
const LEAST_ROOM = 64 << 20;
const MOST_ROOM = 2 ** 31;
/** A thread takes so much of it at a time. */
const CHUNK = 1 << 16;
/** Functions whose effects a thread keeps as objects, and texts that it keeps. */
const DECODED = 20_000;
const TEXTS = 400_000;

export function shareMemory(functions: number): SharedMemory {
  const words = (): SharedArrayBuffer => new SharedArrayBuffer(functions * 4);
  const room = Math.min(MOST_ROOM, LEAST_ROOM + functions * ROOM_PER_FUNCTION);
  const next = new SharedArrayBuffer(4);
  // So that nothing lies at 0.
  new Uint32Array(next)[0] = 1;
  return { starts: words(), last: words(), claims: words(), next, records: new SharedArrayBuffer(room) };
}

export class SharedEffects {
  readonly #starts: Uint32Array;
  readonly #last: Uint32Array;
  readonly #claims: Uint32Array;
  readonly #records: Records;
  readonly #thread: number;
  readonly #writer: SharedWriter;
  readonly #decoded = new BoundedMap<number, FunctionEffects>(DECODED);
  /** What there was no room for: others make it themselves. */
  readonly #own = new Map<number, Solved>();

  /** `thread` counts from 0: the first has precedence. */
  constructor(memory: SharedMemory, thread: number) {
    this.#starts = new Uint32Array(memory.starts);
    this.#last = new Uint32Array(memory.last);
    this.#claims = new Uint32Array(memory.claims);
    this.#records = new Records(memory);
    this.#thread = thread;
    this.#writer = new SharedWriter(this.#records);
  }

  has(number: number): boolean {
    if (Atomics.load(this.#starts, number) === 0) return this.#own.has(number);
    const last = this.#last[number] as number;
    return last === 0 || Atomics.load(this.#starts, last - 1) !== 0;
  }

  /** Says that this thread works on a function; false where an earlier one does. */
  claim(number: number): boolean {
    const mine = this.#thread + 1;
    const claim = Atomics.load(this.#claims, number);
    if (claim !== 0 && claim < mine) return false;
    if (claim !== mine) Atomics.store(this.#claims, number, mine);
    return true;
  }

  /** Puts the effects of a function, or of all members of a cycle. */
  put(solved: readonly (readonly [number, Solved])[]): void {
    const starts = solved.map(([number, one]) => {
      const w = this.#writer;
      w.reset();
      writeEffects(w, one);
      dependenciesCodec.write(w, one.dependencies);
      this.#decoded.set(number, { summary: one.summary, locks: one.locks });
      return w.isWhole ? this.#records.add(w.bytes.subarray(0, w.length)) : 0;
    });
    if (starts.includes(0)) {
      for (const [number, one] of solved) this.#own.set(number, one);
      return;
    }
    const [last] = solved.at(-1) as (typeof solved)[number];
    for (const [i, [number]] of solved.entries()) {
      if (number !== last) this.#last[number] = last + 1;
      Atomics.store(this.#starts, number, starts[i] as number);
    }
  }

  get(number: number): FunctionEffects | undefined {
    const own = this.#own.get(number);
    if (own !== undefined) return own;
    return this.has(number) ? this.#decoded.get(number, () => readEffects(this.#reader(number))) : undefined;
  }

  /** What a function that is done adds to the lock graph. */
  dependencies(number: number): readonly StoredDependency[] {
    const own = this.#own.get(number);
    if (own !== undefined) return own.dependencies;
    const r = this.#reader(number);
    readEffects(r);
    return dependenciesCodec.read(r);
  }

  #reader(number: number): RecordReader {
    return new SharedReader(this.#records, Atomics.load(this.#starts, number));
  }
}

/** Records, and the texts that they refer to by where they are. */
class Records {
  readonly bytes: Uint8Array;
  readonly #next: Uint32Array;
  readonly #texts = new BoundedMap<number, string>(TEXTS);
  readonly #places = new BoundedMap<string, number>(TEXTS);
  readonly #writer = new ByteWriter();
  #at = 0;
  #end = 0;

  constructor(memory: SharedMemory) {
    this.bytes = new Uint8Array(memory.records);
    this.#next = new Uint32Array(memory.next);
  }

  /** Where the bytes are now; 0 where there is no room. */
  add(bytes: Uint8Array): number {
    if (this.#at + bytes.length > this.#end && !this.#take(bytes.length)) return 0;
    const at = this.#at;
    this.bytes.set(bytes, at);
    this.#at += bytes.length;
    return at;
  }

  placeOf(text: string): number {
    return this.#places.get(text, () => {
      this.#writer.reset();
      this.#writer.string(text);
      return this.add(this.#writer.bytes.subarray(0, this.#writer.length));
    });
  }

  textAt(place: number): string {
    return this.#texts.get(place, () => new ByteReader(this.bytes, place).string());
  }

  #take(length: number): boolean {
    const size = Math.max(CHUNK, length);
    // Others may take some in between: so it is taken before it is looked at, unless there is none in any case.
    if (Atomics.load(this.#next, 0) + size > this.bytes.length) return false;
    const at = Atomics.add(this.#next, 0, size);
    if (at + size > this.bytes.length) return false;
    this.#at = at;
    this.#end = at + size;
    return true;
  }
}

class SharedWriter extends RecordWriter {
  readonly #records: Records;
  /** False where there was no room for a text. */
  isWhole = true;

  constructor(records: Records) {
    super();
    this.#records = records;
  }

  override reset(): void {
    super.reset();
    this.isWhole = true;
  }

  override text(text: string): void {
    const place = this.#records.placeOf(text);
    if (place === 0) this.isWhole = false;
    this.varint(place);
  }
}

class SharedReader extends RecordReader {
  readonly #records: Records;

  constructor(records: Records, at: number) {
    super(records.bytes, [], at);
    this.#records = records;
  }

  override text(): string {
    return this.#records.textAt(this.varint());
  }
}
