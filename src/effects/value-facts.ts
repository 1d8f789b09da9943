/**
 * What is known of the expressions of a flow in the state that a walk works on, and what is learned of them. Equal values
 * have one number, so a test of `p` after `p = q` tells of q, and a test of `ret` after `ret = f(&x)` tells of x
 * where f's summary correlates them.
 */
import { Operator } from '../c/ast.ts';
import { Expr, type Flow } from '../c/flow.ts';
import { isArray } from '../c/types.ts';
import { isConstantName, pointerOf, stripCasts } from './flow-expressions.ts';
import { type CallKnowledge, UNKNOWN_CALL } from './knowledge.ts';
import type { Layout } from './layout.ts';
import {
  ANY,
  bitsOfInteger,
  ERR,
  invert,
  NONZERO,
  negate,
  OTHER,
  satisfying,
  settle,
  ZERO,
} from './values.ts';
import type { WorkingState } from './working-state.ts';

const NONE = -1;

/** What others say of a flow. */
export interface Told {
  readonly knowledge: (call: number) => CallKnowledge;
  /** Value of a global that is a constant; undefined otherwise. */
  readonly constant: (name: string) => number | undefined;
}

export class ValueFacts {
  flow!: Flow;
  layout!: Layout;
  readonly #state: WorkingState;
  #knowledgeOf: Told['knowledge'] = () => UNKNOWN_CALL;
  #constantOf: Told['constant'] = () => undefined;
  readonly #known: (CallKnowledge | undefined)[] = [];

  constructor(state: WorkingState) {
    this.#state = state;
  }

  begin(flow: Flow, layout: Layout, told: Partial<Told>): void {
    this.flow = flow;
    this.layout = layout;
    this.#knowledgeOf = told.knowledge ?? (() => UNKNOWN_CALL);
    this.#constantOf = told.constant ?? (() => undefined);
    this.#known.length = 0;
  }

  isWeak(expression: number): boolean {
    const e = stripCasts(this.flow, expression);
    const s = e > 0 ? (this.layout.slotOf[e] as number) : NONE;
    return s !== NONE && ((this.#state.words[this.#state.slotsAt + s] as number) & 1) !== 0;
  }

  originCall(expression: number): number {
    const e = stripCasts(this.flow, expression);
    const s = e > 0 ? (this.layout.slotOf[e] as number) : NONE;
    if (s === NONE) return NONE;
    const v = (this.#state.words[this.#state.slotsAt + s] as number) >> 1;
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

  /** '' where an expression is no global. */
  globalName(e: number): string {
    const { exprOp, exprA, names } = this.flow;
    return exprOp[e] === Expr.Global ? (names[exprA[e] as number] ?? '') : '';
  }

  /** What a place is known to be before anything was learned on this path. */
  initialBits(e: number): number {
    // An array is where it is.
    if (this.flow.exprOp[e] === Expr.Local)
      return isArray(this.flow.locals[this.flow.exprA[e] as number]?.type ?? '') ? OTHER : ANY;
    if (this.flow.exprOp[e] !== Expr.Global) return ANY;
    const value = this.#constantOf(this.globalName(e));
    return value === undefined ? ANY : bitsOfInteger(value);
  }

  bitsOf(expression: number): number {
    if (expression <= 0) return ANY;
    const { exprOp, exprA, exprB, exprC } = this.flow;
    const s = this.layout.slotOf[expression] as number;
    if (s >= 0) {
      const word = this.#state.words[this.#state.slotsAt + s] as number;
      if (word !== 0) {
        const bits = this.#state.words[this.#state.valuesAt + (word >> 1) * 2] as number;
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
        return this.initialBits(expression);
      case Expr.Cast:
        return this.bitsOf(a);
      case Expr.Unary: {
        const bits = this.bitsOf(a);
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
        return this.#compareOrder(this.firm(a), operator, exprA[b0] as number);
      }
      default:
        return ANY;
    }
  }

  /** Counters start at zero and counts are not negative: with one side zero, the other decides. */
  #compareUnknown(a: number, b: number, operator: number): number {
    const y = this.firm(b);
    const x = this.firm(a);
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
  firm(e: number): number {
    this.#observing = false;
    const bits = this.bitsOf(e);
    this.#observing = true;
    return bits & ANY;
  }

  #compareEqual(a: number, b: number): number {
    const x = this.firm(a);
    const y = this.firm(b);
    if ((x & y) === 0) return ZERO;
    if (x === ZERO && y === ZERO) return OTHER;
    const ca = this.constantToken(a);
    const cb = this.constantToken(b);
    if (ca !== 0 && cb !== 0) return ca === cb ? OTHER : ZERO;
    const va = this.#valueNumber(a);
    return va !== 0 && va === this.#valueNumber(b) ? OTHER : ZERO | OTHER;
  }

  /** Value number of a slot that is not weak, 0 where there is none. */
  #valueNumber(expression: number): number {
    const e = stripCasts(this.flow, expression);
    const s = e > 0 ? (this.layout.slotOf[e] as number) : NONE;
    if (s < 0) return 0;
    const word = this.#state.words[this.#state.slotsAt + s] as number;
    return (word & 1) !== 0 ? 0 : word >> 1;
  }

  /** The expression of the constant that a value is known to be: an Integer or an enumerator; 0 where it is not. */
  constantToken(expression: number): number {
    const e = stripCasts(this.flow, expression);
    const op = this.flow.exprOp[e];
    if (op === Expr.Integer) return e;
    if (op === Expr.Global) {
      const name = this.globalName(e);
      const isConstant = isConstantName(name) && !name.startsWith('CONFIG_');
      return isConstant || this.#constantOf(name) !== undefined ? e : 0;
    }
    const v = this.#valueNumber(e);
    return v === 0 ? 0 : (this.#state.words[this.#state.valuesAt + v * 2 + 1] as number);
  }

  /** Learns that `expression` is true or false. False where that can't be. */
  refine(expression: number, truth: boolean): boolean {
    const { exprOp, exprA, exprB, exprC } = this.flow;
    const s = this.layout.slotOf[expression] as number;
    if (s >= 0 && !this.refineSlot(s, truth ? NONZERO : ZERO)) return false;
    const a = exprA[expression] as number;
    switch (exprOp[expression]) {
      case Expr.Cast:
        return this.refine(a, truth);
      case Expr.Unary:
        if (exprC[expression] === Operator.Not || exprB[expression] === Operator.Not)
          return this.refine(a, !truth);
        return true;
      case Expr.Binary: {
        const b = exprB[expression] as number;
        switch (exprC[expression]) {
          case Operator.Equal:
            return this.refineEqual(a, b, truth);
          case Operator.NotEqual:
            return this.refineEqual(a, b, !truth);
          case Operator.Less:
          case Operator.GreaterEqual:
          case Operator.Greater:
          case Operator.LessEqual: {
            const b0 = stripCasts(this.flow, b);
            if (exprOp[b0] !== Expr.Integer) return true;
            const set = satisfying(exprC[expression] as number, exprA[b0] as number);
            if (set === undefined) return true;
            return this.refineBits(a, truth ? set : ANY & ~set, false);
          }
          case Operator.And:
            // A flag that is set: the whole is not zero.
            return truth ? this.refineBits(a, NONZERO, false) : true;
        }
        return true;
      }
      case Expr.Result: {
        const known = this.knowledge(a);
        const arg = known.same >= 0 ? (this.flow.calls[a]?.args[known.same] ?? 0) : 0;
        return arg > 0 && exprOp[arg] !== Expr.Temporary ? this.refine(arg, truth) : true;
      }
      case Expr.Integer:
        return (a !== 0) === truth;
      default:
        return true;
    }
  }

  refineEqual(a: number, b: number, truth: boolean): boolean {
    const equal = this.#compareEqual(a, b);
    if (truth ? equal === ZERO : equal === OTHER) return false;
    const x = this.firm(a);
    const y = this.firm(b);
    // Branches are on the pointer itself; `WARN_ON(p == NULL)` has the comparison for an argument.
    if (!truth && y === ZERO) return this.refineBits(a, NONZERO, false);
    if (!truth) return x !== ZERO || this.refineBits(b, NONZERO, false);
    if (!this.refineBits(a, y, false) || !this.refineBits(b, x, false)) return false;
    const token = this.constantToken(b) || this.constantToken(a);
    if (token !== 0) {
      this.#setConstant(a, token);
      this.#setConstant(b, token);
    }
    return true;
  }

  #setConstant(expression: number, token: number): void {
    const v = this.#valueNumber(expression);
    if (v !== 0) this.#state.words[this.#state.valuesAt + v * 2 + 1] = token;
  }

  /** Learns that the value of an expression is in `mask`. `survived`: it was used, which is no test. */
  refineBits(expression: number, mask: number, survived: boolean): boolean {
    const e = stripCasts(this.flow, expression);
    if (e <= 0) return true;
    const s = this.layout.slotOf[e] as number;
    if (s >= 0) return this.refineSlot(s, mask) || survived;
    if ((this.firm(e) & mask) === 0) return survived;
    return true;
  }

  refineSlot(slot: number, mask: number): boolean {
    const cur = this.#state.words;
    const i = this.#state.slotsAt + slot;
    const word = cur[i] as number;
    if (word === 0 || (word & 1) !== 0) {
      const e = this.layout.exprOf[slot] as number;
      const bits = (word === 0 && e > 0 ? this.initialBits(e) : ANY) & mask;
      if (bits === 0) return false;
      const v = this.#state.own(slot);
      cur[i] = v * 2;
      this.#state.setValue(v, bits, 0);
      this.#forgetWeakDependents(slot, word);
      return true;
    }
    const v = word >> 1;
    const at = this.#state.valuesAt + v * 2;
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
    if (word !== 0) this.#state.forgetDependents(slot);
  }

  /** What holds of the arguments whenever the call comes back. */
  learnAlways(args: readonly number[], known: CallKnowledge): boolean {
    for (const implied of known.implies) {
      if (implied.when !== ANY || implied.through) continue;
      const arg = args[implied.argument];
      if (arg !== undefined && !this.refineBits(arg, implied.bits, false)) return false;
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
      // Of base + offset it tells of base.
      let place = this.flow.exprOp[arg] === Expr.Binary ? pointerOf(this.flow, arg) : arg;
      if (implied.through) {
        if (this.flow.exprOp[arg] !== Expr.Address) continue;
        place = this.flow.exprA[arg] as number;
      }
      if (!this.refineBits(place, implied.bits, false)) return false;
    }
    return true;
  }
}
