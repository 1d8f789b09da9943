/** The effects of a tree's functions, as build.ts wrote them. */
import { Attachment } from '../../index/attachment.ts';
import { BoundedMap } from '../../index/bounded-map.ts';
import type { FunctionRef } from '../../index/program.ts';
import type { TreeIndex } from '../../index/tree-index.ts';
import type { LockSummary } from '../locks/lock-summary.ts';
import type { EffectStore } from '../stores.ts';
import type { Summary } from '../summary.ts';
import { RecordReader } from './codec.ts';
import { type FunctionEffects, readEffects } from './function-effects.ts';
import { TreeLockGraph } from './lock-graph.ts';
import { effectsName } from './version.ts';

/** Functions whose effects are kept as objects. */
const DECODED = 50_000;

export class TreeEffects implements EffectStore {
  readonly #attachment: Attachment;
  readonly #decoded = new BoundedMap<number, FunctionEffects>(DECODED);

  readonly #lockGraph: TreeLockGraph | undefined;

  private constructor(attachment: Attachment, lockGraph?: TreeLockGraph) {
    this.#attachment = attachment;
    this.#lockGraph = lockGraph;
  }

  /** Undefined where they were not computed, or by another version. */
  static open(index: TreeIndex): TreeEffects | undefined {
    const graph = TreeLockGraph.open(index, effectsName());
    const attachment = graph && Attachment.open(index, effectsName());
    return attachment && new TreeEffects(attachment, graph);
  }

  /** Effects without a lock graph: for making that. */
  static openAlone(index: TreeIndex, name: string): TreeEffects {
    const attachment = Attachment.open(index, name);
    if (attachment === undefined)
      throw new Error(`the effects that were just written are gone: ${index.folder}`);
    return new TreeEffects(attachment);
  }

  get lockGraph(): TreeLockGraph {
    if (this.#lockGraph === undefined) throw new Error('these effects were opened without their lock graph');
    return this.#lockGraph;
  }

  summary(ref: FunctionRef): Summary | undefined {
    return this.summaryOf(ref.number);
  }

  locks(ref: FunctionRef): LockSummary | undefined {
    return this.locksOf(ref.number);
  }

  /** summary() by the function's number in this tree. */
  summaryOf(number: number): Summary | undefined {
    return this.#get(number)?.summary;
  }

  /** locks() by the function's number in this tree. */
  locksOf(number: number): LockSummary | undefined {
    return this.#get(number)?.locks;
  }

  witness(number: number): number {
    return number;
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
