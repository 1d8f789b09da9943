/**
 * The states of a walk, by block: what was seen is not walked again, and at the bound states merge by forgetting. That
 * may lose a finding but invents none. Those of blocks that come first are taken first.
 */
import type { Flow } from '../c/flow.ts';
import type { Domain, Past } from './domain.ts';
import { stripCasts } from './flow-expressions.ts';
import type { Layout } from './layout.ts';
import { ANY } from './values.ts';
import { HEADER, type WorkingState } from './working-state.ts';

/** Bounds of a walk. */
export interface WalkLimits {
  /** States of one block before they merge, and merges before everything is forgotten. */
  readonly statesPerBlock: number;
  readonly merges: number;
  /** Of one function. */
  readonly states: number;
}

const MAX_WORDS = 1 << 20;
const NONE = -1;

// The header of a state.
const PARENT = 0;
const BLOCK = 1;
const START = 2;
const NEXT_SEEN = 3;
const NEXT_PENDING = 4;
const HASH = 5;
const FORKS = 6;
const MERGED = 7;

export class StateStore {
  flow!: Flow;
  layout!: Layout;
  /** Of the working state, since next() made it so: the block, and the instruction to go on with. */
  block = 0;
  start = 0;
  count = 0;
  /** False where the bounds were too small: some paths were not walked. */
  isComplete = true;
  readonly #state: WorkingState;
  #limits!: WalkLimits;
  #domains: readonly Domain[] = [];
  #arena = new Int32Array(1 << 14);
  #pending = new Int32Array(64);
  #seen = new Int32Array(64);
  #seenCount = new Int32Array(64);
  #merged = new Int32Array(64);
  #merges = new Int32Array(64);
  #low = 0;

  constructor(state: WorkingState) {
    this.#state = state;
  }

  begin(flow: Flow, layout: Layout, domains: readonly Domain[], limits: WalkLimits): void {
    this.flow = flow;
    this.layout = layout;
    this.#domains = domains;
    this.#limits = limits;
    this.count = 0;
    this.isComplete = true;
    this.#low = 0;
    const blocks = layout.blockCount;
    if (this.#pending.length < blocks) {
      this.#pending = new Int32Array(blocks * 2);
      this.#seen = new Int32Array(blocks * 2);
      this.#seenCount = new Int32Array(blocks * 2);
      this.#merged = new Int32Array(blocks * 2);
      this.#merges = new Int32Array(blocks * 2);
    }
    this.#pending.fill(NONE, 0, blocks);
    this.#seen.fill(NONE, 0, blocks);
    this.#seenCount.fill(0, 0, blocks);
    this.#merged.fill(NONE, 0, blocks);
    this.#merges.fill(0, 0, blocks);
  }

  /** Pairs of block and forks before it, from the entry to here. */
  pathForks(): [number, number][] {
    const pairs: [number, number][] = [];
    for (let s = this.#state.parent; s !== NONE; ) {
      const at = s * this.#state.stride;
      if (
        (this.#arena[at + START] as number) ===
        (this.flow.blocks[this.#arena[at + BLOCK] as number] as number)
      )
        pairs.push([this.#arena[at + BLOCK] as number, this.#arena[at + FORKS] as number]);
      s = this.#arena[at + PARENT] as number;
    }
    return pairs.reverse();
  }

  /** The blocks from the entry to here, with what was known of an expression there. */
  history(expression: number): Past[] {
    const e = stripCasts(this.flow, expression);
    const slot = e > 0 ? (this.layout.slotOf[e] as number) : NONE;
    const past: Past[] = [];
    for (let s = this.#state.parent; s !== NONE; ) {
      const at = s * this.#state.stride;
      const block = this.#arena[at + BLOCK] as number;
      const v = slot < 0 ? 0 : (this.#arena[at + this.#state.slotsAt + slot] as number) >> 1;
      if ((this.#arena[at + START] as number) === (this.flow.blocks[block] as number))
        past.push({
          block,
          forks: this.#arena[at + FORKS] as number,
          bits: v === 0 ? ANY : (this.#arena[at + this.#state.valuesAt + v * 2] as number),
        });
      s = this.#arena[at + PARENT] as number;
    }
    return past.reverse();
  }

  /** Takes the working state to the start of a block. */
  arrive(block: number): void {
    this.#state.forgetDead(block);
    const hash = this.#state.hash();
    const stride = this.#state.stride;
    const arena = this.#arena;
    for (let s = this.#seen[block] as number; s !== NONE; s = arena[s * stride + NEXT_SEEN] as number) {
      if (arena[s * stride + HASH] === hash && this.#equals(s)) return;
    }
    if ((this.#seenCount[block] as number) >= this.#limits.statesPerBlock) {
      this.#merge(block);
      return;
    }
    this.store(block, this.flow.blocks[block] as number, hash, this.#state.isMerged ? 1 : 0);
  }

  /** Stores the working state at instruction `start` of a block; returns its number, NONE where there is no room. */
  store(block: number, start: number, hash: number, merged: number): number {
    const stride = this.#state.stride;
    if (this.count >= this.#limits.states || this.count * stride >= MAX_WORDS) {
      this.isComplete = false;
      return NONE;
    }
    const s = this.count++;
    const at = s * stride;
    if (at + stride > this.#arena.length) {
      const grown = new Int32Array(Math.max(this.#arena.length * 2, at + stride));
      grown.set(this.#arena.subarray(0, at));
      this.#arena = grown;
    }
    const arena = this.#arena;
    const cur = this.#state.words;
    for (let i = HEADER; i < stride; i++) arena[at + i] = cur[i] as number;
    arena[at + PARENT] = this.#state.parent;
    arena[at + BLOCK] = block;
    arena[at + START] = start;
    arena[at + HASH] = hash;
    arena[at + FORKS] = this.#state.forks;
    arena[at + MERGED] = merged;
    arena[at + NEXT_PENDING] = this.#pending[block] as number;
    this.#pending[block] = s;
    if (block < this.#low) this.#low = block;
    if (start === this.flow.blocks[block]) {
      arena[at + NEXT_SEEN] = this.#seen[block] as number;
      this.#seen[block] = s;
      this.#seenCount[block] = (this.#seenCount[block] as number) + 1;
    }
    return s;
  }

  #equals(state: number): boolean {
    const at = state * this.#state.stride;
    const cur = this.#state.words;
    const arena = this.#arena;
    for (let i = HEADER; i < this.#state.stride; i++) if (arena[at + i] !== cur[i]) return false;
    return true;
  }

  /** Joins the working state into the block's merged state; goes on with that where it has changed. */
  #merge(block: number): void {
    const cur = this.#state.words;
    const previous = this.#merged[block] as number;
    const forgetAll = (this.#merges[block] as number) >= this.#limits.merges;
    if (previous !== NONE) {
      const at = previous * this.#state.stride;
      const arena = this.#arena;
      for (let d = 0; d < this.#domains.length; d++) {
        const i = this.#state.domainsAt + d;
        const a = arena[at + i] as number;
        const b = cur[i] as number;
        if (a !== b) cur[i] = (this.#domains[d] as Domain).join(a, b);
      }
      for (let s = 0; s < this.layout.slotCount; s++) {
        const i = this.#state.slotsAt + s;
        const word = cur[i] as number;
        if (word === 0) continue;
        const v = word >> 1;
        const isSame =
          !forgetAll &&
          arena[at + i] === word &&
          arena[at + this.#state.valuesAt + v * 2] === cur[this.#state.valuesAt + v * 2] &&
          arena[at + this.#state.valuesAt + v * 2 + 1] === cur[this.#state.valuesAt + v * 2 + 1];
        if (!isSame) cur[i] = 0;
      }
      this.#state.forgetDead(block);
    }
    const hash = this.#state.hash();
    if (previous !== NONE && this.#equals(previous)) return;
    for (
      let s = this.#seen[block] as number;
      s !== NONE;
      s = this.#arena[s * this.#state.stride + NEXT_SEEN] as number
    ) {
      if (this.#arena[s * this.#state.stride + HASH] === hash && this.#equals(s)) {
        this.#merged[block] = s;
        return;
      }
    }
    this.#merges[block] = (this.#merges[block] as number) + 1;
    // The first state over the bound is as it is: nothing was forgotten yet.
    const stored = this.store(
      block,
      this.flow.blocks[block] as number,
      hash,
      previous === NONE && !this.#state.isMerged ? 0 : 1,
    );
    if (stored !== NONE) this.#merged[block] = stored;
  }

  /** Makes the next state that nobody has gone on from the working one. False where there is none. */
  next(): boolean {
    while (this.#low < this.layout.blockCount && this.#pending[this.#low] === NONE) this.#low++;
    if (this.#low >= this.layout.blockCount) return false;
    const block = this.#low;
    const state = this.#pending[block] as number;
    const at = state * this.#state.stride;
    const arena = this.#arena;
    this.#pending[block] = arena[at + NEXT_PENDING] as number;
    for (let i = HEADER; i < this.#state.stride; i++) this.#state.words[i] = arena[at + i] as number;
    this.#state.parent = state;
    this.#state.forks = arena[at + FORKS] as number;
    this.#state.isMerged = (arena[at + MERGED] as number) !== 0;
    this.block = block;
    this.start = arena[at + START] as number;
    return true;
  }
}
