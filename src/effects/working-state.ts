/**
 * A state of a walk, in words: a header that the store of states fills (state-store.ts), one word of each domain, then of
 * each slot (an expression worth keeping, see layout.ts) which value it has, times two, plus one where a call may
 * have changed it since, and of each value its bits (values.ts) and the expression of the constant that it is.
 */
import type { Layout } from './layout.ts';
import { settle } from './values.ts';

const NONE = -1;
export const HEADER = 8;

/** The state that a walk works on. */
export class WorkingState {
  layout!: Layout;
  words = new Int32Array(256);
  stride = 0;
  readonly domainsAt = HEADER;
  slotsAt = HEADER;
  valuesAt = HEADER;
  valueCount = 0;
  /** The stored state that it comes from. */
  parent = NONE;
  /** Branches on the way here that could have gone either way. */
  forks = 0;
  /** Whether paths were joined by forgetting on the way here. */
  isMerged = false;
  #usedValue = new Uint8Array(256);
  #kept = new Int32Array(256);

  /** Begins with a state of which nothing is known. */
  begin(layout: Layout, domains: number): void {
    this.layout = layout;
    this.slotsAt = HEADER + domains;
    this.valuesAt = this.slotsAt + layout.slotCount;
    this.valueCount = 1 + layout.slotCount + layout.resultCalls.length;
    this.stride = this.valuesAt + this.valueCount * 2;
    if (this.words.length < this.stride) this.words = new Int32Array(this.stride * 2);
    if (this.#usedValue.length < this.valueCount) this.#usedValue = new Uint8Array(this.valueCount * 2);
    this.words.fill(0, 0, this.stride);
    this.parent = NONE;
    this.forks = 0;
    this.isMerged = false;
  }

  /** Sets what is known of value `v`. */
  setValue(v: number, bits: number, constant: number): void {
    this.words[this.valuesAt + v * 2] = settle(bits);
    this.words[this.valuesAt + v * 2 + 1] = constant;
  }

  /** Forgets the slots that are not needed from a block on, and values that no slot has. */
  forgetDead(block: number): void {
    const cur = this.words;
    const { layout } = this;
    const used = this.#usedValue;
    used.fill(0, 0, this.valueCount);
    const { slotCount, liveness } = layout;
    const { live, words, isKnown } = liveness;
    const base = block * words;
    for (let s = 0; s < slotCount; s++) {
      const word = cur[this.slotsAt + s] as number;
      if (word === 0) continue;
      if (isKnown && ((live[base + (s >> 5)] as number) & (1 << (s & 31))) === 0) {
        cur[this.slotsAt + s] = 0;
        continue;
      }
      used[word >> 1] = 1;
    }
    for (let v = 1; v < this.valueCount; v++) {
      if (used[v] !== 0) continue;
      cur[this.valuesAt + v * 2] = 0;
      cur[this.valuesAt + v * 2 + 1] = 0;
    }
  }

  /** The same for equal states. */
  hash(): number {
    const cur = this.words;
    let h = 0x811c9dc5;
    for (let i = HEADER; i < this.stride; i++) h = Math.imul(h ^ (cur[i] as number), 0x01000193) + (h >>> 15);
    return h | 0;
  }

  /** Forgets what lies behind a slot. */
  forgetDependents(slot: number): void {
    const { dependents, dependentAt } = this.layout;
    for (let i = dependentAt[slot] as number; i < (dependentAt[slot + 1] as number); i++) {
      this.words[this.slotsAt + (dependents[i] as number)] = 0;
    }
  }

  /** The value number that belongs to a slot, made free for a new value. */
  own(slot: number): number {
    const v = 1 + slot;
    this.release(v, slot);
    return v;
  }

  /** Whatever else has value `v` keeps it under another number. */
  release(v: number, except: number): void {
    const cur = this.words;
    const { slotCount } = this.layout;
    let holder = NONE;
    for (let s = 0; s < slotCount; s++) {
      if (s === except || (cur[this.slotsAt + s] as number) >> 1 !== v) continue;
      holder = s;
      break;
    }
    if (holder === NONE) return;
    const free = this.#freeValue(holder, v);
    cur[this.valuesAt + free * 2] = cur[this.valuesAt + v * 2] as number;
    cur[this.valuesAt + free * 2 + 1] = cur[this.valuesAt + v * 2 + 1] as number;
    for (let s = holder; s < slotCount; s++) {
      const word = cur[this.slotsAt + s] as number;
      if (s !== except && word >> 1 === v) cur[this.slotsAt + s] = free * 2 + (word & 1);
    }
  }

  /** There are as many numbers as slots, and `v` itself is held by one of them: one is always free. */
  #freeValue(preferred: number, v: number): number {
    const cur = this.words;
    const { slotCount } = this.layout;
    const isFree = (candidate: number): boolean => {
      if (candidate === v) return false;
      for (let s = 0; s < slotCount; s++)
        if ((cur[this.slotsAt + s] as number) >> 1 === candidate) return false;
      return true;
    };
    if (isFree(1 + preferred)) return 1 + preferred;
    for (let s = 0; s < slotCount; s++) if (isFree(1 + s)) return 1 + s;
    return 1 + preferred;
  }

  /** Copies the working state; the copy is good until the next one is made. */
  keep(): Int32Array {
    if (this.#kept.length < this.stride) this.#kept = new Int32Array(this.stride * 2);
    const kept = this.#kept;
    for (let i = 0; i < this.stride; i++) kept[i] = this.words[i] as number;
    return kept;
  }

  /** Takes back what keep() copied. */
  restore(kept: Int32Array): void {
    for (let i = 0; i < this.stride; i++) this.words[i] = kept[i] as number;
  }
}
