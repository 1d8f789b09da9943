/** The effects of the functions that are done, as bytes: as objects those of a whole tree would not fit in a thread. */
import { BoundedMap } from '../../index/bounded-map.ts';
import { RecordReader, RecordWriter } from './codec.ts';
import { type FunctionEffects, readEffects, writeEffects } from './function-effects.ts';

/** Functions whose effects are kept as objects. */
const DECODED = 20_000;

export class EffectsTable {
  readonly #writer = new RecordWriter();
  /** By number: where the record is; 0 where there is none. */
  readonly #starts: Uint32Array;
  readonly #decoded = new BoundedMap<number, FunctionEffects>(DECODED);

  constructor(functions: number) {
    this.#starts = new Uint32Array(functions);
    // So that no record starts at 0.
    this.#writer.byte(0);
  }

  put(number: number, effects: FunctionEffects): void {
    this.#starts[number] = this.#writer.length;
    writeEffects(this.#writer, effects);
    this.#decoded.set(number, effects);
  }

  get(number: number): FunctionEffects | undefined {
    const start = this.#starts[number];
    if (start === undefined || start === 0) return undefined;
    return this.#decoded.get(number, () =>
      readEffects(new RecordReader(this.#writer.bytes, this.#writer.texts, start)),
    );
  }
}
