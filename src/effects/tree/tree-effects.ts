/** The effects of a tree's functions, as build.ts wrote them. */
import { Attachment } from '../../index/attachment.ts';
import { BoundedMap } from '../../index/bounded-map.ts';
import type { FunctionRef } from '../../index/program.ts';
import type { TreeIndex } from '../../index/tree-index.ts';
import type { LockSummary } from '../locks/lock-summary.ts';
import type { EffectStore } from '../stores.ts';
import type { Summary } from '../summary.ts';
import { effectsName } from './build.ts';
import { RecordReader } from './codec.ts';
import { type FunctionEffects, readEffects } from './function-effects.ts';

/** Functions whose effects are kept as objects. */
const DECODED = 50_000;

export class TreeEffects implements EffectStore {
  readonly #attachment: Attachment;
  readonly #decoded = new BoundedMap<number, FunctionEffects>(DECODED);

  private constructor(attachment: Attachment) {
    this.#attachment = attachment;
  }

  /** Undefined where they were not computed, or by another version. */
  static open(index: TreeIndex): TreeEffects | undefined {
    const attachment = Attachment.open(index, effectsName());
    return attachment && new TreeEffects(attachment);
  }

  summary(ref: FunctionRef): Summary | undefined {
    return this.#get(ref.number)?.summary;
  }

  locks(ref: FunctionRef): LockSummary | undefined {
    return this.#get(ref.number)?.locks;
  }

  close(): void {
    this.#attachment.close();
  }

  #get(number: number): FunctionEffects | undefined {
    if (number < 0) return undefined;
    const known = this.#decoded.find(number);
    if (known !== undefined) return known;
    const record = this.#attachment.get(number);
    return record && this.#decoded.set(number, readEffects(new RecordReader(record.bytes, record.texts)));
  }
}
