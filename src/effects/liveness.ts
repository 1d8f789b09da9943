/** Where the slots of a flow are still needed: what is not may be forgotten. */
import { Expr, type Flow, Op } from '../c/flow.ts';
import { endOfBlock } from '../c/flow-blocks.ts';
import { isParameter, isStoredResult, pushOperands } from './flow-expressions.ts';
import type { Layout } from './layout.ts';

const NONE = -1;
/** Above this many bits of liveness, nothing is ever forgotten. */
const MAX_LIVENESS_WORDS = 1 << 20;

/** Typed arrays that are used again for the next flow. */
export class Liveness {
  /** Live slots at the entry of each block: `words` int32 each; empty where liveness is not known. */
  live = new Int32Array(64);
  words = 0;
  isKnown = false;
  /** Slots that are needed at every exit. */
  #exitLive: number[] = [];
  #kill = new Int32Array(64);

  /** Of a layout whose slots, copies and successors are there. */
  build(layout: Layout): void {
    const { flow, slotCount, blockCount, slotOf } = layout;
    const words = (slotCount + 31) >> 5;
    this.words = words;
    this.isKnown = words * blockCount <= MAX_LIVENESS_WORDS;
    if (!this.isKnown) return;
    const size = words * blockCount;
    if (this.live.length < size) {
      this.live = new Int32Array(size * 2);
      this.#kill = new Int32Array(size * 2);
    }
    const { live } = this;
    const kill = this.#kill;
    live.fill(0, 0, size);
    kill.fill(0, 0, size);
    this.#exitLive.length = 0;
    for (let s = 0; s < slotCount; s++) {
      const e = layout.exprOf[s] as number;
      if (e === 0 || isOutPlace(flow, e) || isMacroParameter(flow, e)) this.#exitLive.push(s);
    }
    for (let at = 0; at < flow.ops.length; at += 4) {
      if (flow.ops[at] !== Op.Assign) continue;
      const target = flow.ops[at + 1] as number;
      const s = slotOf[target] as number;
      if (s !== NONE && isStoredResult(flow, target, flow.ops[at + 2] as number)) this.#exitLive.push(s);
    }

    const stack: number[] = [];
    const use = (base: number, expr: number): void => {
      if (expr <= 0) return;
      stack.push(expr);
      for (let steps = 0; stack.length > 0 && steps < 8192; steps++) {
        const x = stack.pop() as number;
        const s = slotOf[x] as number;
        if (s !== NONE && ((kill[base + (s >> 5)] as number) & (1 << (s & 31))) === 0)
          live[base + (s >> 5)] = (live[base + (s >> 5)] as number) | (1 << (s & 31));
        pushOperands(flow, x, stack);
      }
      stack.length = 0;
    };
    const set = (base: number, s: number): void => {
      kill[base + (s >> 5)] = (kill[base + (s >> 5)] as number) | (1 << (s & 31));
    };
    const { ops } = flow;
    for (let block = 0; block < blockCount; block++) {
      const base = block * words;
      const end = endOfBlock(flow, block);
      for (let i = flow.blocks[block] as number; i < end; i++) {
        const x = ops[i * 4 + 1] as number;
        const y = ops[i * 4 + 2] as number;
        switch (ops[i * 4]) {
          case Op.Deref:
          case Op.Evaluate:
          case Op.Return:
          case Op.Goto:
            use(base, x);
            break;
          case Op.Assign: {
            use(base, y);
            const copies = layout.copies.get(i);
            if (copies !== undefined)
              for (let c = 0; c < copies.length; c += 2)
                use(base, layout.exprOf[copies[c] as number] as number);
            pushOperands(flow, x, stack);
            const operands = stack.splice(0);
            for (const operand of operands) use(base, operand);
            const s = slotOf[x] as number;
            if (s === NONE) break;
            set(base, s);
            for (let d = layout.dependentAt[s] as number; d < (layout.dependentAt[s + 1] as number); d++)
              set(base, layout.dependents[d] as number);
            break;
          }
          case Op.Call: {
            const call = flow.calls[x];
            if (call === undefined) break;
            if (flow.exprOp[call.callee] !== Expr.Global) use(base, call.callee);
            for (const arg of call.args) use(base, arg);
            const twin = layout.twin[x] as number;
            if (twin !== NONE) {
              const result = layout.resultOf(twin);
              if (result > 0) use(base, result);
            }
            break;
          }
          case Op.Body:
            for (const s of this.#exitLive) use(base, layout.exprOf[s] as number);
            break;
          case Op.Branch:
            use(base, flow.branches[x * 3] as number);
            break;
          case Op.Switch:
            use(base, flow.switches[x]?.value ?? 0);
            break;
        }
      }
    }
    let changed = true;
    while (changed) {
      changed = false;
      for (let block = blockCount - 1; block >= 0; block--) {
        const base = block * words;
        const first = layout.successors.start(block);
        const last = layout.successors.start(block + 1);
        for (let w = 0; w < words; w++) {
          let out = 0;
          for (let i = first; i < last; i++) out |= live[layout.successors.target(i) * words + w] as number;
          const next = (live[base + w] as number) | (out & ~(kill[base + w] as number));
          if (next !== live[base + w]) {
            live[base + w] = next;
            changed = true;
          }
        }
        if (first === last) changed = this.#markExit(base) || changed;
      }
    }
  }

  #markExit(base: number): boolean {
    let changed = false;
    for (const s of this.#exitLive) {
      const w = base + (s >> 5);
      const bit = 1 << (s & 31);
      if (((this.live[w] as number) & bit) !== 0) continue;
      this.live[w] = (this.live[w] as number) | bit;
      changed = true;
    }
    return changed;
  }
}

/** The parameter of a macro: its user has it on. */
function isMacroParameter(flow: Flow, e: number): boolean {
  if (flow.exprOp[e] !== Expr.Local) return false;
  const local = flow.locals[flow.exprA[e] as number];
  return local?.isParameter === true && local.type === '';
}

/** `*out` for a parameter. */
function isOutPlace(flow: Flow, e: number): boolean {
  if (flow.exprOp[e] !== Expr.Deref) return false;
  return isParameter(flow, flow.exprA[e] as number);
}
