/** What a call does to the state: its result, its arguments, what the callee may have changed. */
import { Expr, type Flow } from '../c/flow.ts';
import { pointerOf, stripCasts } from './flow-expressions.ts';
import type { Forgetting } from './forgetting.ts';
import type { CallKnowledge } from './knowledge.ts';
import type { Layout } from './layout.ts';
import type { ValueFacts } from './value-facts.ts';
import { ANY, MAY_NULL, mayBeError, mayBeNull, NONZERO, OTHER, ZERO } from './values.ts';
import type { WorkingState } from './working-state.ts';

const NONE = -1;

export class CallEffects {
  flow!: Flow;
  layout!: Layout;
  readonly #state: WorkingState;
  readonly #facts: ValueFacts;
  readonly #forgetting: Forgetting;

  constructor(state: WorkingState, facts: ValueFacts, forgetting: Forgetting) {
    this.#state = state;
    this.#facts = facts;
    this.#forgetting = forgetting;
  }

  begin(flow: Flow, layout: Layout): void {
    this.flow = flow;
    this.layout = layout;
  }

  /** Whoever lives on after using a pointer: it was not NULL. Only kept where there was doubt. */
  dereferenced(pointer: number): void {
    if (pointer === 0) return;
    const bits = this.#facts.bitsOf(pointer);
    if (mayBeError(bits)) this.#facts.refineBits(pointer, OTHER, true);
    // The path goes on only where it was not NULL.
    else if ((bits & ZERO) !== 0) this.#facts.refineBits(pointer, mayBeNull(bits) ? OTHER : NONZERO, true);
  }

  /** What an assertion leaves of its arguments. False where the path ends there. */
  assertions(args: readonly number[], known: CallKnowledge): boolean {
    for (let k = 0; k < args.length && k < 31; k++) {
      const bit = 1 << k;
      if ((known.assertsTrue & bit) !== 0 && !this.#facts.refine(args[k] as number, true)) return false;
      if ((known.assertsFalse & bit) !== 0 && !this.#facts.refine(args[k] as number, false)) return false;
    }
    return true;
  }

  /** Gives the result its value; returns its expression, 0 where nobody uses it. */
  setResult(n: number, known: CallKnowledge): number {
    const { flow, layout } = this;
    const result = layout.resultOf(n);
    if (result === 0) return 0;
    const s = layout.slotOf[result] as number;
    if (s === NONE) return result;
    const cur = this.#state.words;
    const args = flow.calls[n]?.args ?? [];
    if (known.same >= 0) {
      const arg = stripCasts(flow, args[known.same] ?? 0);
      const from = arg > 0 ? (layout.slotOf[arg] as number) : NONE;
      if (from !== NONE) {
        if (cur[this.#state.slotsAt + from] === 0) {
          cur[this.#state.slotsAt + from] = this.#state.own(from) * 2;
          this.#state.setValue(1 + from, this.#facts.initialBits(arg), 0);
        }
        cur[this.#state.slotsAt + s] = cur[this.#state.slotsAt + from] as number;
        return result;
      }
    }
    const twin = layout.twin[n] as number;
    if (twin !== NONE && known.block === 'none' && !known.isFresh) {
      // Nobody uses the first one's: then there is nothing to share.
      const firstResult = layout.resultOf(twin);
      const first = firstResult === 0 ? NONE : (layout.slotOf[firstResult] as number);
      const word = first >= 0 ? (cur[this.#state.slotsAt + first] as number) : 0;
      // Whoever asks again after a failure expects another answer.
      const hasFailed = ((cur[this.#state.valuesAt + (word >> 1) * 2] as number) & OTHER) === 0;
      if (word !== 0 && first !== s && !hasFailed) {
        cur[this.#state.slotsAt + s] = word;
        return result;
      }
    }
    const v = 1 + layout.slotCount + (layout.resultNumber[n] as number);
    this.#state.release(v, NONE);
    cur[this.#state.slotsAt + s] = v * 2;
    let bits = known.result;
    if (known.same >= 0) bits = this.#facts.bitsOf(args[known.same] ?? 0);
    if (known.nullOnlyIf !== 0 && (bits & MAY_NULL) !== 0 && !this.#anyMayBeNull(args, known.nullOnlyIf))
      bits &= ~MAY_NULL;
    for (const implied of known.implies) {
      const arg = args[implied.argument];
      if (arg === undefined || implied.through || implied.when === ANY) continue;
      if ((this.#facts.bitsOf(arg) & implied.bits) === 0) bits &= ~implied.when;
    }
    this.#state.setValue(v, (bits & ANY) === 0 ? ANY : bits, 0);
    return result;
  }

  #anyMayBeNull(args: readonly number[], mask: number): boolean {
    for (let k = 0; k < args.length && k < 31; k++) {
      if ((mask & (1 << k)) !== 0 && mayBeNull(this.#facts.bitsOf(args[k] as number))) return true;
    }
    return false;
  }

  /** What a callee does to what it gets, and to what it may find. */
  callEffects(args: readonly number[], known: CallKnowledge): void {
    const { flow, layout } = this;
    const cur = this.#state.words;
    for (let k = 0; k < args.length; k++) {
      const arg = stripCasts(flow, args[k] as number);
      const bit = k < 31 ? 1 << k : 0;
      if (known.assigns !== 0 && (known.assigns & bit) !== 0) {
        this.#forgetting.forgetPlace(arg);
        continue;
      }
      if (flow.exprOp[arg] === Expr.Address && (known.writes === -1 || (known.writes & bit) !== 0)) {
        this.#forgetting.forgetPlace(flow.exprA[arg] as number);
        const s = layout.slotOf[flow.exprA[arg] as number] as number;
        if (s === NONE) this.#forgetting.forgetBehind(flow.exprA[arg] as number);
      }
    }
    if (known.dereferences !== 0) {
      for (let k = 0; k < args.length && k < 31; k++)
        if ((known.dereferences & (1 << k)) !== 0) this.dereferenced(pointerOf(flow, args[k] as number));
    }
    if (!known.modifies) return;
    for (let s = 0; s < layout.slotCount; s++) {
      const word = cur[this.#state.slotsAt + s] as number;
      if (word === 0 || (word & 1) !== 0 || layout.isHeap[s] === 0) continue;
      if (this.#forgetting.isHanded(layout.exprOf[s] as number, args))
        cur[this.#state.slotsAt + s] = word | 1;
    }
  }
}
