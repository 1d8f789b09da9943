/** What a state no longer knows after a place has changed, or a callee may have changed it. */
import { Expr, type Flow } from '../c/flow.ts';
import { stripCasts } from './flow-expressions.ts';
import type { Layout } from './layout.ts';
import type { ValueFacts } from './value-facts.ts';
import type { WorkingState } from './working-state.ts';

const NONE = -1;

export class Forgetting {
  flow!: Flow;
  layout!: Layout;
  readonly #state: WorkingState;
  readonly #facts: ValueFacts;
  /** The first slot of each shape. */
  readonly #alikeHead = new Map<number, number>();
  #alikeFlow: Flow | undefined;

  constructor(state: WorkingState, facts: ValueFacts) {
    this.#state = state;
    this.#facts = facts;
  }

  begin(flow: Flow, layout: Layout): void {
    this.flow = flow;
    this.layout = layout;
  }

  /** What is known of a place, of what lies behind it, and of what may be the same place goes. */
  forgetPlace(place: number): void {
    const { layout, flow } = this;
    const cur = this.#state.words;
    const s = layout.slotOf[place] as number;
    const op = flow.exprOp[place] as number;
    if (s !== NONE) {
      cur[this.#state.slotsAt + s] = 0;
      this.#state.forgetDependents(s);
    }
    switch (op) {
      case Expr.Field:
      case Expr.Arrow:
      case Expr.Deref:
      case Expr.Index: {
        const root = this.#rootOf(place);
        // The first slot of the same shape, from which the others hang.
        for (let a = this.#firstAlike(place); a !== NONE; a = layout.nextAlike[a] as number) {
          if (a === s || (cur[this.#state.slotsAt + a] as number) === 0) continue;
          if (layout.isHeap[a] === 0 && (root === NONE || layout.rootLocal[a] !== root)) continue;
          cur[this.#state.slotsAt + a] = (cur[this.#state.slotsAt + a] as number) | 1;
        }
        break;
      }
    }
  }

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

  /** Forgets slots that lie in a place that has no slot itself. */
  forgetBehind(place: number): void {
    const { layout, flow } = this;
    for (let s = 0; s < layout.slotCount; s++) {
      if (this.#state.words[this.#state.slotsAt + s] === 0) continue;
      let e = layout.exprOf[s] as number;
      for (let steps = 0; e > 0 && steps < 32; steps++) {
        if (e === place) {
          this.#state.words[this.#state.slotsAt + s] = 0;
          break;
        }
        const op = flow.exprOp[e];
        if (op !== Expr.Field && op !== Expr.Index) break;
        e = flow.exprA[e] as number;
      }
    }
  }

  /** True where the callee gets hold of the object that a place lies in; of a global it always may. */
  isHanded(place: number, args: readonly number[]): boolean {
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
    const made = this.flow.calls[this.#facts.originCall(pointer)];
    if (made === undefined) return false;
    return made.args.some((given) => {
      const e = stripCasts(this.flow, given);
      if (this.flow.exprOp[e] !== Expr.Local) return false;
      return args.some((arg) => stripCasts(this.flow, arg) === e);
    });
  }
}
