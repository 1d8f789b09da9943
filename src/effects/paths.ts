/**
 * The path engine: walks a flow with a bounded set of states at each block. What a domain and an observer
 * are, and how to write one, is in domain.ts.
 *
 * A state says of each slot (an expression worth keeping, see layout.ts) which value it has, and of each
 * value what is known of it (values.ts). Equal values have one number, so a test of `p` after `p = q` tells
 * of q, and a test of `ret` after `ret = f(&x)` tells of x where f's summary correlates them. Whatever is not
 * needed any more is forgotten at once, so that paths that differ in nothing of interest are one.
 *
 * At the bound states merge by forgetting: that may lose a finding but invents none. Loops end because
 * there are finitely many states. The budget bounds time and memory whatever the input.
 */
import { Operator } from '../c/ast.ts';
import { Expr, type Flow, Op } from '../c/flow.ts';
import { endOfBlock } from '../c/flow-blocks.ts';
import { RETURN_VOID_MACROS } from '../kernel/pointers.ts';
import type { Domain, Observer, Outcome, Past, View } from './domain.ts';
import { type CallKnowledge, CONTINUES, RETURNS_UNKNOWN, UNKNOWN_CALL } from './knowledge.ts';
import { Layout, pointerOf, stripCasts } from './layout.ts';
import {
  ANY,
  bitsOfInteger,
  ERR,
  MAY_NULL,
  mayBeError,
  mayBeNull,
  NONZERO,
  negate,
  OTHER,
  settle,
  ZERO,
} from './values.ts';

/** Bounds of a walk. */
export interface WalkLimits {
  /** States of one block before they merge, and merges before everything is forgotten. */
  readonly statesPerBlock: number;
  readonly merges: number;
  /** Of one function. */
  readonly states: number;
}

const LIMITS: WalkLimits = { statesPerBlock: 20, merges: 6, states: 3000 };
const MAX_WORDS = 1 << 20;

const NONE = -1;

// A state in the arena: header, domains, slots (value * 2 + weak), then per value bits and constant.
const PARENT = 0;
const BLOCK = 1;
const START = 2;
const NEXT_SEEN = 3;
const NEXT_PENDING = 4;
const HASH = 5;
const FORKS = 6;
const MERGED = 7;
const HEADER = 8;

export interface WalkOptions {
  readonly domains?: readonly Domain[];
  readonly observers?: readonly Observer[];
  readonly knowledge?: (call: number) => CallKnowledge;
  /** Value of a global that is a constant; undefined otherwise. */
  readonly constant?: (name: string) => number | undefined;
  readonly limits?: WalkLimits;
}

export interface WalkResult {
  /** False where the budget ran out: some paths were not walked. */
  readonly complete: boolean;
  readonly states: number;
}

/** One per thread and nesting depth; walks one flow at a time. */
export class Walker implements View {
  flow!: Flow;
  readonly layout = new Layout();
  at = 0;
  isMerged = false;
  forks = 0;

  #domains: Domain[] = [];
  #observers: readonly Observer[] = [];
  #knowledgeOf: (call: number) => CallKnowledge = () => UNKNOWN_CALL;
  #constantOf: (name: string) => number | undefined = () => undefined;
  #known: (CallKnowledge | undefined)[] = [];
  #limits = LIMITS;

  #arena = new Int32Array(1 << 14);
  #count = 0;
  #stride = 0;
  #slots = 0;
  #valueAt = 0;
  #values = 0;
  #domainAt = HEADER;
  /** The state that is being worked on. */
  #cur = new Int32Array(256);
  #parent = NONE;
  #block = 0;

  #pending = new Int32Array(64);
  #seen = new Int32Array(64);
  #seenCount = new Int32Array(64);
  #merged = new Int32Array(64);
  #merges = new Int32Array(64);
  #low = 0;
  #complete = true;
  #usedValue = new Uint8Array(256);

  walk(flow: Flow, options: WalkOptions): WalkResult {
    this.flow = flow;
    this.#known.length = 0;
    this.#knowledgeOf = options.knowledge ?? (() => UNKNOWN_CALL);
    this.#constantOf = options.constant ?? (() => undefined);
    this.#observers = options.observers ?? [];
    this.#limits = options.limits ?? LIMITS;
    this.#domains = (options.domains ?? []).filter((d) => d.begin(flow, this));
    if (this.#domains.length === 0 && this.#observers.length === 0) return { complete: true, states: 0 };
    if (!this.layout.build(flow)) return { complete: false, states: 0 };
    this.#prepare();
    this.#start();
    while (this.#runNext()) {
      /* each step takes one pending state */
    }
    return { complete: this.#complete, states: this.#count };
  }

  // ---- View

  bits(expression: number): number {
    return this.#bitsOf(expression);
  }

  isWeak(expression: number): boolean {
    const e = stripCasts(this.flow, expression);
    const s = e > 0 ? (this.layout.slotOf[e] as number) : NONE;
    return s !== NONE && ((this.#cur[this.#slots + s] as number) & 1) !== 0;
  }

  forget(expression: number): void {
    const e = stripCasts(this.flow, expression);
    const s = e > 0 ? (this.layout.slotOf[e] as number) : NONE;
    if (s !== NONE) this.#cur[this.#slots + s] = 0;
  }

  originCall(expression: number): number {
    const e = stripCasts(this.flow, expression);
    const s = e > 0 ? (this.layout.slotOf[e] as number) : NONE;
    if (s === NONE) return NONE;
    const v = (this.#cur[this.#slots + s] as number) >> 1;
    return v > this.layout.slotCount
      ? (this.layout.resultCalls[v - 1 - this.layout.slotCount] as number)
      : NONE;
  }

  knowledge(call: number): CallKnowledge {
    let known = this.#known[call];
    if (known === undefined) {
      known = this.#knowledgeOf(call);
      this.#known[call] = known;
    }
    return known;
  }

  resultOf(call: number): number {
    return this.layout.resultOf(call);
  }

  nullParameters(): number {
    let mask = 0;
    const { entrySlot } = this.layout;
    for (let k = 0; k < entrySlot.length && k < 31; k++) {
      const s = entrySlot[k] as number;
      if (s === NONE) continue;
      const v = (this.#cur[this.#slots + s] as number) >> 1;
      if (v !== 0 && ((this.#cur[this.#valueAt + v * 2] as number) & ANY) === ZERO) mask |= 1 << k;
    }
    return mask;
  }

  entryBits(parameter: number): number {
    const s = this.layout.entrySlot[parameter] ?? NONE;
    if (s === NONE) return ANY;
    const v = (this.#cur[this.#slots + s] as number) >> 1;
    return v === 0 ? ANY : (this.#cur[this.#valueAt + v * 2] as number) & ANY;
  }

  path(): number[] {
    return this.pathForks().map(([block]) => block);
  }

  /** Pairs of block and forks before it, from the entry to here. */
  pathForks(): [number, number][] {
    const pairs: [number, number][] = [];
    for (let s = this.#parent; s !== NONE; ) {
      const at = s * this.#stride;
      if (
        (this.#arena[at + START] as number) ===
        (this.flow.blocks[this.#arena[at + BLOCK] as number] as number)
      )
        pairs.push([this.#arena[at + BLOCK] as number, this.#arena[at + FORKS] as number]);
      s = this.#arena[at + PARENT] as number;
    }
    return pairs.reverse();
  }

  history(expression: number): Past[] {
    const e = stripCasts(this.flow, expression);
    const slot = e > 0 ? (this.layout.slotOf[e] as number) : NONE;
    const past: Past[] = [];
    for (let s = this.#parent; s !== NONE; ) {
      const at = s * this.#stride;
      const block = this.#arena[at + BLOCK] as number;
      const v = slot < 0 ? 0 : (this.#arena[at + this.#slots + slot] as number) >> 1;
      if ((this.#arena[at + START] as number) === (this.flow.blocks[block] as number))
        past.push({
          block,
          forks: this.#arena[at + FORKS] as number,
          bits: v === 0 ? ANY : (this.#arena[at + this.#valueAt + v * 2] as number),
        });
      s = this.#arena[at + PARENT] as number;
    }
    return past.reverse();
  }

  // ---- States

  #prepare(): void {
    const { layout } = this;
    this.#domainAt = HEADER;
    this.#slots = HEADER + this.#domains.length;
    this.#valueAt = this.#slots + layout.slotCount;
    this.#values = 1 + layout.slotCount + layout.resultCalls.length;
    this.#stride = this.#valueAt + this.#values * 2;
    this.#count = 0;
    this.#low = 0;
    this.#complete = true;
    if (this.#cur.length < this.#stride) this.#cur = new Int32Array(this.#stride * 2);
    if (this.#usedValue.length < this.#values) this.#usedValue = new Uint8Array(this.#values * 2);
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

  #start(): void {
    const cur = this.#cur;
    cur.fill(0, 0, this.#stride);
    for (let d = 0; d < this.#domains.length; d++) {
      cur[this.#domainAt + d] = (this.#domains[d] as Domain).initial();
    }
    this.#parent = NONE;
    this.forks = 0;
    this.isMerged = false;
    const { entrySlot, slotOf } = this.layout;
    for (let k = 0; k < entrySlot.length; k++) {
      const s = entrySlot[k] as number;
      if (s === NONE) continue;
      cur[this.#slots + s] = (1 + s) * 2;
      this.#setValue(1 + s, ANY, 0);
    }
    for (let e = 1; e < this.flow.exprOp.length; e++) {
      if (this.flow.exprOp[e] !== Expr.Local) continue;
      const entry = entrySlot[this.flow.exprA[e] as number] ?? NONE;
      const s = slotOf[e] as number;
      if (entry !== NONE && s !== NONE) cur[this.#slots + s] = (1 + entry) * 2;
    }
    this.#arrive(0);
  }

  #setValue(v: number, bits: number, constant: number): void {
    this.#cur[this.#valueAt + v * 2] = settle(bits);
    this.#cur[this.#valueAt + v * 2 + 1] = constant;
  }

  /** Takes the working state to the start of a block. */
  #arrive(block: number): void {
    this.#forgetDead(block);
    const hash = this.#hash();
    const stride = this.#stride;
    const arena = this.#arena;
    for (let s = this.#seen[block] as number; s !== NONE; s = arena[s * stride + NEXT_SEEN] as number) {
      if (arena[s * stride + HASH] === hash && this.#equals(s)) return;
    }
    if ((this.#seenCount[block] as number) >= this.#limits.statesPerBlock) {
      this.#merge(block);
      return;
    }
    this.#store(block, this.flow.blocks[block] as number, hash, this.isMerged ? 1 : 0);
  }

  #store(block: number, start: number, hash: number, merged: number): number {
    const stride = this.#stride;
    if (this.#count >= this.#limits.states || this.#count * stride >= MAX_WORDS) {
      this.#complete = false;
      return NONE;
    }
    const s = this.#count++;
    const at = s * stride;
    if (at + stride > this.#arena.length) {
      const grown = new Int32Array(Math.max(this.#arena.length * 2, at + stride));
      grown.set(this.#arena.subarray(0, at));
      this.#arena = grown;
    }
    const arena = this.#arena;
    const cur = this.#cur;
    for (let i = HEADER; i < stride; i++) arena[at + i] = cur[i] as number;
    arena[at + PARENT] = this.#parent;
    arena[at + BLOCK] = block;
    arena[at + START] = start;
    arena[at + HASH] = hash;
    arena[at + FORKS] = this.forks;
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

  #forgetDead(block: number): void {
    const cur = this.#cur;
    const { layout } = this;
    const used = this.#usedValue;
    used.fill(0, 0, this.#values);
    const { slotCount, live, words, hasLiveness } = layout;
    const base = block * words;
    for (let s = 0; s < slotCount; s++) {
      const word = cur[this.#slots + s] as number;
      if (word === 0) continue;
      if (hasLiveness && ((live[base + (s >> 5)] as number) & (1 << (s & 31))) === 0) {
        cur[this.#slots + s] = 0;
        continue;
      }
      used[word >> 1] = 1;
    }
    for (let v = 1; v < this.#values; v++) {
      if (used[v] !== 0) continue;
      cur[this.#valueAt + v * 2] = 0;
      cur[this.#valueAt + v * 2 + 1] = 0;
    }
  }

  #hash(): number {
    const cur = this.#cur;
    let h = 0x811c9dc5;
    for (let i = HEADER; i < this.#stride; i++)
      h = Math.imul(h ^ (cur[i] as number), 0x01000193) + (h >>> 15);
    return h | 0;
  }

  #equals(state: number): boolean {
    const at = state * this.#stride;
    const cur = this.#cur;
    const arena = this.#arena;
    for (let i = HEADER; i < this.#stride; i++) if (arena[at + i] !== cur[i]) return false;
    return true;
  }

  /** Joins the working state into the block's merged state; goes on with that where it has changed. */
  #merge(block: number): void {
    const cur = this.#cur;
    const previous = this.#merged[block] as number;
    const forgetAll = (this.#merges[block] as number) >= this.#limits.merges;
    if (previous !== NONE) {
      const at = previous * this.#stride;
      const arena = this.#arena;
      for (let d = 0; d < this.#domains.length; d++) {
        const i = this.#domainAt + d;
        const a = arena[at + i] as number;
        const b = cur[i] as number;
        if (a !== b) cur[i] = (this.#domains[d] as Domain).join(a, b);
      }
      for (let s = 0; s < this.layout.slotCount; s++) {
        const i = this.#slots + s;
        const word = cur[i] as number;
        if (word === 0) continue;
        const v = word >> 1;
        const isSame =
          !forgetAll &&
          arena[at + i] === word &&
          arena[at + this.#valueAt + v * 2] === cur[this.#valueAt + v * 2] &&
          arena[at + this.#valueAt + v * 2 + 1] === cur[this.#valueAt + v * 2 + 1];
        if (!isSame) cur[i] = 0;
      }
      this.#forgetDead(block);
    }
    const hash = this.#hash();
    if (previous !== NONE && this.#equals(previous)) return;
    for (
      let s = this.#seen[block] as number;
      s !== NONE;
      s = this.#arena[s * this.#stride + NEXT_SEEN] as number
    ) {
      if (this.#arena[s * this.#stride + HASH] === hash && this.#equals(s)) {
        this.#merged[block] = s;
        return;
      }
    }
    this.#merges[block] = (this.#merges[block] as number) + 1;
    // The first state over the bound is as it is: nothing was forgotten yet.
    const stored = this.#store(
      block,
      this.flow.blocks[block] as number,
      hash,
      previous === NONE && !this.isMerged ? 0 : 1,
    );
    if (stored !== NONE) this.#merged[block] = stored;
  }

  #runNext(): boolean {
    while (this.#low < this.layout.blockCount && this.#pending[this.#low] === NONE) this.#low++;
    if (this.#low >= this.layout.blockCount) return false;
    const block = this.#low;
    const state = this.#pending[block] as number;
    const at = state * this.#stride;
    const arena = this.#arena;
    this.#pending[block] = arena[at + NEXT_PENDING] as number;
    for (let i = HEADER; i < this.#stride; i++) this.#cur[i] = arena[at + i] as number;
    this.#parent = state;
    this.#block = block;
    this.forks = arena[at + FORKS] as number;
    this.isMerged = (arena[at + MERGED] as number) !== 0;
    this.#run(block, arena[at + START] as number);
    return true;
  }

  // ---- Instructions

  #run(block: number, start: number): void {
    const { ops } = this.flow;
    const observers = this.#observers;
    const end = endOfBlock(this.flow, block);
    for (let i = start; i < end; i++) {
      this.at = i;
      const x = ops[i * 4 + 1] as number;
      const y = ops[i * 4 + 2] as number;
      switch (ops[i * 4]) {
        case Op.Deref:
          for (const o of observers) o.deref?.(x, y >> 1, (y & 1) !== 0, this);
          this.#dereferenced(x);
          break;
        case Op.Assign:
          for (const o of observers) o.assign?.(x, y, this);
          this.#tellAssign(x, y);
          this.#assign(x, y, i);
          break;
        case Op.Call: {
          for (const o of observers) o.call?.(x, this);
          if (!this.#call(x, block, i)) return;
          break;
        }
        case Op.Declare:
          break;
        case Op.EnterScope:
        case Op.ExitScope:
          this.#scope(ops[i * 4] === Op.EnterScope, x);
          break;
        case Op.Asm:
          for (let k = 0; k < y; k++) this.#forgetPlace(this.flow.lists[x + k] as number);
          break;
        case Op.Body:
          for (const o of observers) o.body?.(this);
          break;
        case Op.Evaluate:
          if (!RETURN_VOID_MACROS.has(this.#globalName(x))) break;
          this.#leave(0);
          return;
        case Op.Jump:
          this.#arrive(x);
          return;
        case Op.Branch:
          this.#branch(x);
          return;
        case Op.Switch:
          this.#switch(x);
          return;
        case Op.Return:
          this.#leave(x);
          return;
        case Op.End:
          this.#leave(0);
          return;
        case Op.Goto:
          this.#goto(block);
          return;
      }
    }
  }

  #leave(value: number): void {
    for (const o of this.#observers) o.leave?.(value, this);
    for (let d = 0; d < this.#domains.length; d++)
      (this.#domains[d] as Domain).leave?.(this.#cur[this.#domainAt + d] as number, this);
  }

  #tellAssign(target: number, value: number): void {
    for (let d = 0; d < this.#domains.length; d++) {
      const domain = this.#domains[d] as Domain;
      const i = this.#domainAt + d;
      if (domain.assign !== undefined)
        this.#cur[i] = domain.assign(this.#cur[i] as number, target, value, this);
    }
  }

  #scope(isEntry: boolean, scope: number): void {
    for (let d = 0; d < this.#domains.length; d++) {
      const domain = this.#domains[d] as Domain;
      const i = this.#domainAt + d;
      const state = this.#cur[i] as number;
      if (isEntry) {
        if (domain.enterScope !== undefined) this.#cur[i] = domain.enterScope(state, scope, this);
      } else if (domain.exitScope !== undefined) this.#cur[i] = domain.exitScope(state, scope, this);
    }
  }

  /** Whoever lives on after using a pointer: it was not NULL. Only kept where there was doubt. */
  #dereferenced(pointer: number): void {
    if (pointer === 0) return;
    const bits = this.#bitsOf(pointer);
    if (mayBeNull(bits) || mayBeError(bits)) this.#refineBits(pointer, OTHER, true);
  }

  #assign(target: number, valueExpr: number, at: number): void {
    const cur = this.#cur;
    const value = stripCasts(this.flow, valueExpr);
    const t = this.layout.slotOf[target] as number;
    const vs = value > 0 ? (this.layout.slotOf[value] as number) : NONE;
    let word = 0;
    let bits = ANY;
    let constant = 0;
    if (vs !== NONE) {
      word = cur[this.#slots + vs] as number;
      if (word === 0 && t !== NONE && t !== vs) {
        word = this.#own(vs) * 2;
        cur[this.#slots + vs] = word;
        this.#setValue(word >> 1, this.#initialBits(value), 0);
      }
    } else {
      bits = this.#bitsOf(value);
      constant = this.#constantToken(value);
    }
    const copies = this.layout.copies.get(at);
    const copied = copies?.map((slot, i) => (i % 2 === 0 ? (cur[this.#slots + slot] as number) : slot));
    this.#forgetPlace(target);
    if (t === NONE) return;
    if (word !== 0) {
      cur[this.#slots + t] = word;
    } else if (bits !== ANY || constant !== 0) {
      const v = this.#own(t);
      cur[this.#slots + t] = v * 2;
      this.#setValue(v, bits, constant);
    }
    if (copied !== undefined) {
      for (let i = 0; i < copied.length; i += 2)
        cur[this.#slots + (copied[i + 1] as number)] = copied[i] as number;
    }
  }

  /** What is known of a place, of what lies behind it, and of what may be the same place goes. */
  #forgetPlace(place: number): void {
    const { layout, flow } = this;
    const cur = this.#cur;
    const s = layout.slotOf[place] as number;
    const op = flow.exprOp[place] as number;
    if (s !== NONE) {
      cur[this.#slots + s] = 0;
      this.#forgetDependents(s);
    }
    switch (op) {
      case Expr.Field:
      case Expr.Arrow:
      case Expr.Deref:
      case Expr.Index: {
        const root = this.#rootOf(place);
        // The first slot of the same shape, from which the others hang.
        for (let a = this.#firstAlike(place); a !== NONE; a = layout.nextAlike[a] as number) {
          if (a === s || (cur[this.#slots + a] as number) === 0) continue;
          if (layout.isHeap[a] === 0 && (root === NONE || layout.rootLocal[a] !== root)) continue;
          cur[this.#slots + a] = (cur[this.#slots + a] as number) | 1;
        }
        break;
      }
    }
  }

  #alikeHead = new Map<number, number>();
  #alikeFlow: Flow | undefined;

  #firstAlike(place: number): number {
    const { flow, layout } = this;
    if (this.#alikeFlow !== flow) {
      this.#alikeFlow = flow;
      this.#alikeHead.clear();
      for (let s = 0; s < layout.slotCount; s++) {
        const e = layout.exprOf[s] as number;
        if (e !== 0) this.#alikeHead.set(this.#shape(e), s);
      }
    }
    return this.#alikeHead.get(this.#shape(place)) ?? NONE;
  }

  #shape(e: number): number {
    const op = this.flow.exprOp[e] as number;
    return op === Expr.Field || op === Expr.Arrow ? (this.flow.exprB[e] as number) : -op;
  }

  #rootOf(place: number): number {
    let at = place;
    while (this.flow.exprOp[at] === Expr.Field) at = this.flow.exprA[at] as number;
    return this.flow.exprOp[at] === Expr.Local ? (this.flow.exprA[at] as number) : NONE;
  }

  #forgetDependents(slot: number): void {
    const { dependents, dependentAt } = this.layout;
    for (let i = dependentAt[slot] as number; i < (dependentAt[slot + 1] as number); i++) {
      this.#cur[this.#slots + (dependents[i] as number)] = 0;
    }
  }

  /** The value number that belongs to a slot, made free for a new value. */
  #own(slot: number): number {
    const v = 1 + slot;
    this.#release(v, slot);
    return v;
  }

  /** Whatever else has value `v` keeps it under another number. */
  #release(v: number, except: number): void {
    const cur = this.#cur;
    const { slotCount } = this.layout;
    let holder = NONE;
    for (let s = 0; s < slotCount; s++) {
      if (s === except || (cur[this.#slots + s] as number) >> 1 !== v) continue;
      holder = s;
      break;
    }
    if (holder === NONE) return;
    const free = this.#freeValue(holder, v);
    cur[this.#valueAt + free * 2] = cur[this.#valueAt + v * 2] as number;
    cur[this.#valueAt + free * 2 + 1] = cur[this.#valueAt + v * 2 + 1] as number;
    for (let s = holder; s < slotCount; s++) {
      const word = cur[this.#slots + s] as number;
      if (s !== except && word >> 1 === v) cur[this.#slots + s] = free * 2 + (word & 1);
    }
  }

  /** There are as many numbers as slots, and `v` itself is held by one of them: one is always free. */
  #freeValue(preferred: number, v: number): number {
    const cur = this.#cur;
    const { slotCount } = this.layout;
    const isFree = (candidate: number): boolean => {
      if (candidate === v) return false;
      for (let s = 0; s < slotCount; s++)
        if ((cur[this.#slots + s] as number) >> 1 === candidate) return false;
      return true;
    };
    if (isFree(1 + preferred)) return 1 + preferred;
    for (let s = 0; s < slotCount; s++) if (isFree(1 + s)) return 1 + s;
    return 1 + preferred;
  }

  // ---- Calls

  /** False where the path ends here or goes on elsewhere. */
  #call(n: number, block: number, at: number): boolean {
    const known = this.knowledge(n);
    const call = this.flow.calls[n];
    if (call === undefined) return true;
    let outcomes: { domain: number; list: readonly Outcome[] } | undefined;
    for (let d = 0; d < this.#domains.length; d++) {
      const i = this.#domainAt + d;
      const next = (this.#domains[d] as Domain).call(this.#cur[i] as number, n, this);
      if (typeof next === 'number') this.#cur[i] = next;
      else if (next.length === 1 || outcomes !== undefined)
        this.#cur[i] = next[0]?.state ?? (this.#cur[i] as number);
      else outcomes = { domain: i, list: next };
    }
    if (known.noReturn) return false;
    if (known.returns !== CONTINUES) {
      // -1 is an expression of which nothing is known.
      this.#leave(known.returns === RETURNS_UNKNOWN ? -1 : (call.args[known.returns] ?? -1));
      return false;
    }
    if (known.complains && this.layout.resultOf(n) === 0 && !this.#refine(call.args[known.same] ?? 0, false))
      return false;
    if ((known.assertsTrue | known.assertsFalse) !== 0 && !this.#assertions(call.args, known)) return false;
    const result = this.#setResult(n, known);
    this.#callEffects(call.args, known);
    if (known.implies.length > 0 && !this.#learnAlways(call.args, known)) return false;
    if (outcomes === undefined) return true;
    const s = result > 0 ? (this.layout.slotOf[result] as number) : NONE;
    const kept = this.#keep();
    const forks = this.forks;
    for (const outcome of outcomes.list) {
      this.#restore(kept);
      this.#cur[outcomes.domain] = outcome.state;
      if (s !== NONE && !this.#refineSlot(s, outcome.result)) continue;
      this.forks = forks + 1;
      this.#store(block, at + 1, 0, this.isMerged ? 1 : 0);
    }
    return false;
  }

  #assertions(args: readonly number[], known: CallKnowledge): boolean {
    for (let k = 0; k < args.length && k < 31; k++) {
      const bit = 1 << k;
      if ((known.assertsTrue & bit) !== 0 && !this.#refine(args[k] as number, true)) return false;
      if ((known.assertsFalse & bit) !== 0 && !this.#refine(args[k] as number, false)) return false;
    }
    return true;
  }

  /** Gives the result its value; returns its expression, 0 where nobody uses it. */
  #setResult(n: number, known: CallKnowledge): number {
    const { flow, layout } = this;
    const result = layout.resultOf(n);
    if (result === 0) return 0;
    const s = layout.slotOf[result] as number;
    if (s === NONE) return result;
    const cur = this.#cur;
    const args = flow.calls[n]?.args ?? [];
    if (known.same >= 0) {
      const arg = stripCasts(flow, args[known.same] ?? 0);
      const from = arg > 0 ? (layout.slotOf[arg] as number) : NONE;
      if (from !== NONE) {
        if (cur[this.#slots + from] === 0) {
          cur[this.#slots + from] = this.#own(from) * 2;
          this.#setValue(1 + from, this.#initialBits(arg), 0);
        }
        cur[this.#slots + s] = cur[this.#slots + from] as number;
        return result;
      }
    }
    const twin = layout.twin[n] as number;
    if (twin !== NONE && known.block === 'none' && !known.isFresh) {
      // Nobody uses the first one's: then there is nothing to share.
      const firstResult = layout.resultOf(twin);
      const first = firstResult === 0 ? NONE : (layout.slotOf[firstResult] as number);
      const word = first >= 0 ? (cur[this.#slots + first] as number) : 0;
      // Whoever asks again after a failure expects another answer.
      const hasFailed = ((cur[this.#valueAt + (word >> 1) * 2] as number) & OTHER) === 0;
      if (word !== 0 && first !== s && !hasFailed) {
        cur[this.#slots + s] = word;
        return result;
      }
    }
    const v = 1 + layout.slotCount + (layout.resultNumber[n] as number);
    this.#release(v, NONE);
    cur[this.#slots + s] = v * 2;
    let bits = known.result;
    if (known.same >= 0) bits = this.#bitsOf(args[known.same] ?? 0);
    if (known.nullOnlyIf !== 0 && (bits & MAY_NULL) !== 0 && !this.#anyMayBeNull(args, known.nullOnlyIf))
      bits &= ~MAY_NULL;
    for (const implied of known.implies) {
      const arg = args[implied.argument];
      if (arg === undefined || implied.through || implied.when === ANY) continue;
      if ((this.#bitsOf(arg) & implied.bits) === 0) bits &= ~implied.when;
    }
    this.#setValue(v, (bits & ANY) === 0 ? ANY : bits, 0);
    return result;
  }

  #anyMayBeNull(args: readonly number[], mask: number): boolean {
    for (let k = 0; k < args.length && k < 31; k++) {
      if ((mask & (1 << k)) !== 0 && mayBeNull(this.#bitsOf(args[k] as number))) return true;
    }
    return false;
  }

  #callEffects(args: readonly number[], known: CallKnowledge): void {
    const { flow, layout } = this;
    const cur = this.#cur;
    for (let k = 0; k < args.length; k++) {
      const arg = stripCasts(flow, args[k] as number);
      const bit = k < 31 ? 1 << k : 0;
      if (known.assigns !== 0 && (known.assigns & bit) !== 0) {
        this.#forgetPlace(arg);
        continue;
      }
      if (flow.exprOp[arg] === Expr.Address && (known.writes === -1 || (known.writes & bit) !== 0)) {
        this.#forgetPlace(flow.exprA[arg] as number);
        const s = layout.slotOf[flow.exprA[arg] as number] as number;
        if (s === NONE) this.#forgetBehind(flow.exprA[arg] as number);
      }
    }
    if (known.dereferences !== 0) {
      for (let k = 0; k < args.length && k < 31; k++)
        if ((known.dereferences & (1 << k)) !== 0) this.#dereferenced(pointerOf(flow, args[k] as number));
    }
    if (!known.modifies) return;
    for (let s = 0; s < layout.slotCount; s++) {
      const word = cur[this.#slots + s] as number;
      if (word === 0 || (word & 1) !== 0 || layout.isHeap[s] === 0) continue;
      if (this.#isHanded(layout.exprOf[s] as number, args)) cur[this.#slots + s] = word | 1;
    }
  }

  /** Forgets slots that lie in a place that has no slot itself. */
  #forgetBehind(place: number): void {
    const { layout, flow } = this;
    for (let s = 0; s < layout.slotCount; s++) {
      if (this.#cur[this.#slots + s] === 0) continue;
      let e = layout.exprOf[s] as number;
      for (let steps = 0; e > 0 && steps < 32; steps++) {
        if (e === place) {
          this.#cur[this.#slots + s] = 0;
          break;
        }
        const op = flow.exprOp[e];
        if (op !== Expr.Field && op !== Expr.Index) break;
        e = flow.exprA[e] as number;
      }
    }
  }

  /** True where the callee gets hold of the object that a place lies in; of a global it always may. */
  #isHanded(place: number, args: readonly number[]): boolean {
    const { flow } = this;
    let e = place;
    for (let steps = 0; steps < 64; steps++) {
      const op = flow.exprOp[e] as number;
      if (op === Expr.Global) return true;
      if (op !== Expr.Field && op !== Expr.Arrow && op !== Expr.Deref && op !== Expr.Index)
        return this.#isMadeOf(e, args);
      e = flow.exprA[e] as number;
      for (const arg of args) {
        const a = stripCasts(flow, arg);
        if (a === e) return true;
        if (flow.exprOp[a] === Expr.Address && flow.exprA[a] === e) return true;
      }
    }
    return false;
  }

  /** `priv = netdev_priv(dev)`, and the callee gets `dev`: it finds the way to `priv` too. */
  #isMadeOf(pointer: number, args: readonly number[]): boolean {
    const made = this.flow.calls[this.originCall(pointer)];
    if (made === undefined) return false;
    return made.args.some((given) => {
      const e = stripCasts(this.flow, given);
      if (this.flow.exprOp[e] !== Expr.Local) return false;
      return args.some((arg) => stripCasts(this.flow, arg) === e);
    });
  }

  #kept = new Int32Array(256);

  /** Copies the working state; the copy is good until the next one is made. */
  #keep(): Int32Array {
    if (this.#kept.length < this.#stride) this.#kept = new Int32Array(this.#stride * 2);
    const kept = this.#kept;
    for (let i = 0; i < this.#stride; i++) kept[i] = this.#cur[i] as number;
    return kept;
  }

  #restore(kept: Int32Array): void {
    for (let i = 0; i < this.#stride; i++) this.#cur[i] = kept[i] as number;
  }

  // ---- Conditions

  #branch(index: number): void {
    const { branches, exprOp, exprA } = this.flow;
    const condition = branches[index * 3] as number;
    const whenTrue = branches[index * 3 + 1] as number;
    const whenFalse = branches[index * 3 + 2] as number;
    for (const o of this.#observers) o.branch?.(condition, this);
    const isNot = exprOp[condition] === Expr.Unary;
    const inner = isNot ? (exprA[condition] as number) : condition;
    if (exprOp[inner] === Expr.Result && this.layout.blockScope[exprA[inner] as number] !== NONE) {
      this.#macroBlock(exprA[inner] as number, isNot, whenTrue, whenFalse);
      return;
    }
    const bits = this.#firm(condition);
    const canBeTrue = (bits & NONZERO) !== 0;
    const canBeFalse = (bits & ZERO) !== 0;
    const isFork = canBeTrue && canBeFalse;
    const forks = this.forks;
    if (isFork) {
      const kept = this.#keep();
      this.forks = forks + 1;
      if (this.#refine(condition, true)) this.#decided(condition, true, whenTrue);
      this.#restore(kept);
      this.forks = forks + 1;
      if (this.#refine(condition, false)) this.#decided(condition, false, whenFalse);
      return;
    }
    if (this.#refine(condition, canBeTrue))
      this.#decided(condition, canBeTrue, canBeTrue ? whenTrue : whenFalse);
  }

  #decided(condition: number, taken: boolean, block: number): void {
    for (let d = 0; d < this.#domains.length; d++) {
      const domain = this.#domains[d] as Domain;
      const i = this.#domainAt + d;
      if (domain.branch === undefined) continue;
      const next = domain.branch(this.#cur[i] as number, condition, taken, this);
      if (next < 0) return;
      this.#cur[i] = next;
    }
    this.#arrive(block);
  }

  /** The two branches of a MacroBlock: see flow.ts. */
  #macroBlock(n: number, isSecond: boolean, whenTrue: number, whenFalse: number): void {
    const known = this.knowledge(n);
    const out = isSecond ? whenTrue : whenFalse;
    const body = isSecond ? whenFalse : whenTrue;
    const isLoop = known.block === 'loop' || known.block === 'none';
    const toBody = isSecond ? isLoop : true;
    const toOut = isSecond ? true : known.block !== 'guard';
    const kept = toBody && toOut ? this.#keep() : undefined;
    const forks = this.forks;
    this.forks = forks + (kept === undefined ? 0 : 1);
    if (toBody) {
      if (isLoop) this.#setIterators(n, known, true);
      this.#arrive(body);
    }
    if (!toOut) return;
    if (kept !== undefined) this.#restore(kept);
    this.forks = forks + (kept === undefined ? 0 : 1);
    if (isLoop) this.#setIterators(n, known, false);
    this.#arrive(out);
  }

  #setIterators(n: number, known: CallKnowledge, inBody: boolean): void {
    const args = this.flow.calls[n]?.args ?? [];
    if (known.block === 'none') {
      for (const arg of args) {
        if (this.flow.exprOp[arg] !== Expr.Local) continue;
        this.#tellAssign(arg, 0);
        this.#forgetPlace(arg);
      }
      return;
    }
    for (const iterator of known.iterators) {
      const place = args[iterator.argument];
      if (place === undefined) continue;
      this.#tellAssign(place, 0);
      this.#forgetPlace(place);
      const s = this.layout.slotOf[place] as number;
      const bits = inBody ? iterator.inBody : iterator.afterwards;
      if (s < 0 || bits === ANY) continue;
      const v = this.#own(s);
      this.#cur[this.#slots + s] = v * 2;
      this.#setValue(v, bits, 0);
    }
  }

  #switch(index: number): void {
    const table = this.flow.switches[index];
    if (table === undefined) return;
    const { value, cases, otherwise } = table;
    const kept = this.#keep();
    const forks = this.forks + 1;
    for (let i = 0; i < cases.length; i += 3) {
      const low = cases[i] as number;
      const isPlain = cases[i + 1] === 0;
      this.forks = forks;
      if (!isPlain || this.#refineEqual(value, low, true)) this.#arrive(cases[i + 2] as number);
      this.#restore(kept);
    }
    this.forks = forks;
    for (let i = 0; i < cases.length; i += 3) {
      if (cases[i + 1] === 0 && !this.#refineEqual(value, cases[i] as number, false)) return;
    }
    for (const s of this.layout.equalities.get(value) ?? []) {
      const compared = this.flow.exprB[this.layout.exprOf[s] as number];
      for (let i = 0; i < cases.length; i += 3)
        if (cases[i] === compared && cases[i + 1] === 0 && !this.#refineSlot(s, ZERO)) return;
    }
    this.#arrive(otherwise);
  }

  #goto(block: number): void {
    const kept = this.#keep();
    this.forks++;
    for (const target of this.layout.successors.of(block)) {
      this.#restore(kept);
      this.#arrive(target);
    }
  }

  /** '' where an expression is no global. */
  #globalName(e: number): string {
    const { exprOp, exprA, names } = this.flow;
    return exprOp[e] === Expr.Global ? (names[exprA[e] as number] ?? '') : '';
  }

  /** What a place is known to be before anything was learned on this path. */
  #initialBits(e: number): number {
    if (this.flow.exprOp[e] !== Expr.Global) return ANY;
    const value = this.#constantOf(this.#globalName(e));
    return value === undefined ? ANY : bitsOfInteger(value);
  }

  #bitsOf(expression: number): number {
    if (expression <= 0) return ANY;
    const { exprOp, exprA, exprB, exprC } = this.flow;
    const s = this.layout.slotOf[expression] as number;
    if (s >= 0) {
      const word = this.#cur[this.#slots + s] as number;
      if (word !== 0) {
        const bits = this.#cur[this.#valueAt + (word >> 1) * 2] as number;
        if ((word & 1) === 0) return bits;
        // What a call may have changed: it may be anything now, but what was doubtful stays doubtful.
        return bits | (this.#observing ? 0 : ANY);
      }
    }
    const a = exprA[expression] as number;
    switch (exprOp[expression]) {
      case Expr.Integer:
        return bitsOfInteger(a);
      case Expr.String:
      case Expr.Address:
      case Expr.Sizeof:
      case Expr.Label:
        return OTHER;
      case Expr.Global:
        return this.#initialBits(expression);
      case Expr.Cast:
        return this.#bitsOf(a);
      case Expr.Unary: {
        const bits = this.#bitsOf(a);
        if (exprC[expression] === Operator.Negate || exprB[expression] === Operator.Negate)
          return negate(bits & ANY);
        if (exprC[expression] !== Operator.Not && exprB[expression] !== Operator.Not) return ANY;
        return ((bits & ZERO) !== 0 ? OTHER : 0) | ((bits & NONZERO) !== 0 ? ZERO : 0);
      }
      case Expr.Binary:
        return this.#bitsOfBinary(a, exprB[expression] as number, exprC[expression] as number);
      default:
        return ANY;
    }
  }

  /** While an observer asks, what is weak is told as it was: isWeak() says so. Branches never rely on it. */
  #observing = true;

  #bitsOfBinary(a: number, b: number, operator: number): number {
    const { exprOp, exprA } = this.flow;
    switch (operator) {
      case Operator.Equal:
      case Operator.NotEqual: {
        const equal = this.#compareEqual(a, b);
        return operator === Operator.Equal ? equal : invert(equal);
      }
      case Operator.Less:
      case Operator.GreaterEqual:
      case Operator.Greater:
      case Operator.LessEqual: {
        const b0 = stripCasts(this.flow, b);
        if (exprOp[b0] !== Expr.Integer) return this.#compareUnknown(a, b, operator);
        return this.#compareOrder(this.#firm(a), operator, exprA[b0] as number);
      }
      default:
        return ANY;
    }
  }

  /** Counters start at zero and counts are not negative: with one side zero, the other decides. */
  #compareUnknown(a: number, b: number, operator: number): number {
    const y = this.#firm(b);
    const x = this.#firm(a);
    if (y === ZERO && x !== ERR) {
      if (operator === Operator.Less) return ZERO;
      if (operator === Operator.GreaterEqual) return OTHER;
    }
    if (x === ZERO && y !== ERR) {
      if (operator === Operator.Greater) return ZERO;
      if (operator === Operator.LessEqual) return OTHER;
    }
    return ZERO | OTHER;
  }

  #compareOrder(bits: number, operator: number, k: number): number {
    const set = satisfying(operator, k);
    if (set === undefined) return ZERO | OTHER;
    return ((bits & set) !== 0 ? OTHER : 0) | ((bits & ANY & ~set) !== 0 ? ZERO : 0);
  }

  /** Bits without reliance on what is weak. */
  #firm(e: number): number {
    this.#observing = false;
    const bits = this.#bitsOf(e);
    this.#observing = true;
    return bits & ANY;
  }

  #compareEqual(a: number, b: number): number {
    const x = this.#firm(a);
    const y = this.#firm(b);
    if ((x & y) === 0) return ZERO;
    if (x === ZERO && y === ZERO) return OTHER;
    const ca = this.#constantToken(a);
    const cb = this.#constantToken(b);
    if (ca !== 0 && cb !== 0) return ca === cb ? OTHER : ZERO;
    const va = this.#valueNumber(a);
    return va !== 0 && va === this.#valueNumber(b) ? OTHER : ZERO | OTHER;
  }

  /** Value number of a slot that is not weak, 0 where there is none. */
  #valueNumber(expression: number): number {
    const e = stripCasts(this.flow, expression);
    const s = e > 0 ? (this.layout.slotOf[e] as number) : NONE;
    if (s < 0) return 0;
    const word = this.#cur[this.#slots + s] as number;
    return (word & 1) !== 0 ? 0 : word >> 1;
  }

  /** The expression of the constant that a value is known to be: an Integer or an enumerator; 0 where it is not. */
  #constantToken(expression: number): number {
    const e = stripCasts(this.flow, expression);
    const op = this.flow.exprOp[e];
    if (op === Expr.Integer) return e;
    if (op === Expr.Global) {
      const name = this.#globalName(e);
      const isConstant = /^[A-Z][A-Z0-9_]*$/.test(name) && !name.startsWith('CONFIG_');
      return isConstant || this.#constantOf(name) !== undefined ? e : 0;
    }
    const v = this.#valueNumber(e);
    return v === 0 ? 0 : (this.#cur[this.#valueAt + v * 2 + 1] as number);
  }

  /** Learns that `expression` is true or false. False where that can't be. */
  #refine(expression: number, truth: boolean): boolean {
    const { exprOp, exprA, exprB, exprC } = this.flow;
    const s = this.layout.slotOf[expression] as number;
    if (s >= 0 && !this.#refineSlot(s, truth ? NONZERO : ZERO)) return false;
    const a = exprA[expression] as number;
    switch (exprOp[expression]) {
      case Expr.Cast:
        return this.#refine(a, truth);
      case Expr.Unary:
        if (exprC[expression] === Operator.Not || exprB[expression] === Operator.Not)
          return this.#refine(a, !truth);
        return true;
      case Expr.Binary: {
        const b = exprB[expression] as number;
        switch (exprC[expression]) {
          case Operator.Equal:
            return this.#refineEqual(a, b, truth);
          case Operator.NotEqual:
            return this.#refineEqual(a, b, !truth);
          case Operator.Less:
          case Operator.GreaterEqual:
          case Operator.Greater:
          case Operator.LessEqual: {
            const b0 = stripCasts(this.flow, b);
            if (exprOp[b0] !== Expr.Integer) return true;
            const set = satisfying(exprC[expression] as number, exprA[b0] as number);
            if (set === undefined) return true;
            return this.#refineBits(a, truth ? set : ANY & ~set, false);
          }
          case Operator.And:
            // A flag that is set: the whole is not zero.
            return truth ? this.#refineBits(a, NONZERO, false) : true;
        }
        return true;
      }
      case Expr.Result: {
        const known = this.knowledge(a);
        const arg = known.same >= 0 ? (this.flow.calls[a]?.args[known.same] ?? 0) : 0;
        return arg > 0 && exprOp[arg] !== Expr.Temporary ? this.#refine(arg, truth) : true;
      }
      case Expr.Integer:
        return (a !== 0) === truth;
      default:
        return true;
    }
  }

  #refineEqual(a: number, b: number, truth: boolean): boolean {
    const equal = this.#compareEqual(a, b);
    if (truth ? equal === ZERO : equal === OTHER) return false;
    if (!truth) return true;
    const x = this.#firm(a);
    const y = this.#firm(b);
    if (!this.#refineBits(a, y, false) || !this.#refineBits(b, x, false)) return false;
    const token = this.#constantToken(b) || this.#constantToken(a);
    if (token !== 0) {
      this.#setConstant(a, token);
      this.#setConstant(b, token);
    }
    return true;
  }

  #setConstant(expression: number, token: number): void {
    const v = this.#valueNumber(expression);
    if (v !== 0) this.#cur[this.#valueAt + v * 2 + 1] = token;
  }

  /** Learns that the value of an expression is in `mask`. `survived`: it was used, which is no test. */
  #refineBits(expression: number, mask: number, survived: boolean): boolean {
    const e = stripCasts(this.flow, expression);
    if (e <= 0) return true;
    const s = this.layout.slotOf[e] as number;
    if (s >= 0) return this.#refineSlot(s, mask) || survived;
    if ((this.#firm(e) & mask) === 0) return survived;
    return true;
  }

  #refineSlot(slot: number, mask: number): boolean {
    const cur = this.#cur;
    const i = this.#slots + slot;
    const word = cur[i] as number;
    if (word === 0 || (word & 1) !== 0) {
      const e = this.layout.exprOf[slot] as number;
      const bits = (word === 0 && e > 0 ? this.#initialBits(e) : ANY) & mask;
      if (bits === 0) return false;
      const v = this.#own(slot);
      cur[i] = v * 2;
      this.#setValue(v, bits, 0);
      this.#forgetWeakDependents(slot, word);
      return true;
    }
    const v = word >> 1;
    const at = this.#valueAt + v * 2;
    const bits = cur[at] as number;
    const left = bits & ANY & mask;
    if (left === 0) return false;
    if (left === (bits & ANY)) return true;
    cur[at] = settle(left | (bits & ~ANY));
    const n = this.layout.resultCalls[v - 1 - this.layout.slotCount];
    return n === undefined || this.#learn(n, left);
  }

  /** What lies behind a pointer that may have been changed is not known either. */
  #forgetWeakDependents(slot: number, word: number): void {
    if (word !== 0) this.#forgetDependents(slot);
  }

  /** What holds of the arguments whenever the call comes back. */
  #learnAlways(args: readonly number[], known: CallKnowledge): boolean {
    for (const implied of known.implies) {
      if (implied.when !== ANY || implied.through) continue;
      const arg = args[implied.argument];
      if (arg !== undefined && !this.#refineBits(arg, implied.bits, false)) return false;
    }
    return true;
  }

  /** The result of call `n` is now known to be in `bits`: what that tells of its arguments. */
  #learn(n: number, bits: number): boolean {
    const known = this.knowledge(n);
    if (known.implies.length === 0) return true;
    const args = this.flow.calls[n]?.args ?? [];
    for (const implied of known.implies) {
      if (implied.when === ANY || (bits & ~implied.when) !== 0) continue;
      const arg = stripCasts(this.flow, args[implied.argument] ?? 0);
      if (arg === 0) continue;
      let place = arg;
      if (implied.through) {
        if (this.flow.exprOp[arg] !== Expr.Address) continue;
        place = this.flow.exprA[arg] as number;
      }
      if (!this.#refineBits(place, implied.bits, false)) return false;
    }
    return true;
  }
}

const invert = (truth: number): number =>
  ((truth & ZERO) !== 0 ? OTHER : 0) | ((truth & OTHER) !== 0 ? ZERO : 0);

/** The possibilities for which `x op k` holds, where the sign of x decides; undefined where it does not. */
function satisfying(operator: number, k: number): number | undefined {
  if (operator === Operator.Less) return k === 0 ? ERR : k === 1 ? ERR | ZERO : undefined;
  if (operator === Operator.GreaterEqual) return k === 0 ? ZERO | OTHER : k === 1 ? OTHER : undefined;
  if (operator === Operator.Greater) return k === 0 ? OTHER : k === -1 ? ZERO | OTHER : undefined;
  if (operator === Operator.LessEqual) return k === 0 ? ERR | ZERO : k === -1 ? ERR : undefined;
  return undefined;
}
