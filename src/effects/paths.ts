/**
 * The path engine: walks a flow with a bounded set of states at each block. What a domain and an observer
 * are, and how to write one, is in domain.ts.
 *
 * A state says of each slot which value it has, and of each value what is known of it (working-state.ts). Whatever is
 * not needed any more is forgotten at once, so that paths that differ in nothing of interest are one. Loops end
 * because there are finitely many states (state-store.ts). The budget bounds time and memory whatever the input.
 */
import { Expr, type Flow, Op } from '../c/flow.ts';
import { endOfBlock } from '../c/flow-blocks.ts';
import { RETURN_VOID_MACROS } from '../kernel/pointers.ts';
import { CallEffects } from './call-effects.ts';
import type { Domain, Observer, Outcome, Past, View } from './domain.ts';
import { stripCasts } from './flow-expressions.ts';
import { Forgetting } from './forgetting.ts';
import { type CallKnowledge, CONTINUES, RETURNS_UNKNOWN } from './knowledge.ts';
import { Layout } from './layout.ts';
import { StateStore, type WalkLimits } from './state-store.ts';
import { type Told, ValueFacts } from './value-facts.ts';
import { ANY, NONZERO, ZERO } from './values.ts';
import { WorkingState } from './working-state.ts';

const LIMITS: WalkLimits = { statesPerBlock: 20, merges: 6, states: 3000 };

const NONE = -1;

export interface WalkOptions extends Partial<Told> {
  readonly domains?: readonly Domain[];
  readonly observers?: readonly Observer[];
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
  #domains: Domain[] = [];
  #observers: readonly Observer[] = [];
  readonly #state = new WorkingState();
  readonly #store = new StateStore(this.#state);
  readonly #facts = new ValueFacts(this.#state);
  readonly #forgetting = new Forgetting(this.#state, this.#facts);
  readonly #calls = new CallEffects(this.#state, this.#facts, this.#forgetting);

  walk(flow: Flow, options: WalkOptions): WalkResult {
    const { layout } = this;
    this.flow = flow;
    this.#facts.begin(flow, layout, options);
    this.#observers = options.observers ?? [];
    this.#domains = (options.domains ?? []).filter((d) => d.begin(flow, this));
    if (this.#domains.length === 0 && this.#observers.length === 0) return { complete: true, states: 0 };
    if (!layout.build(flow)) return { complete: false, states: 0 };
    this.#state.begin(layout, this.#domains.length);
    this.#store.begin(flow, layout, this.#domains, options.limits ?? LIMITS);
    this.#forgetting.begin(flow, layout);
    this.#calls.begin(flow, layout);
    this.#start();
    while (this.#store.next()) this.#run(this.#store.block, this.#store.start);
    return { complete: this.#store.isComplete, states: this.#store.count };
  }

  // ---- View

  get isMerged(): boolean {
    return this.#state.isMerged;
  }

  get forks(): number {
    return this.#state.forks;
  }

  isWeak(expression: number): boolean {
    return this.#facts.isWeak(expression);
  }

  originCall(expression: number): number {
    return this.#facts.originCall(expression);
  }

  knowledge(call: number): CallKnowledge {
    return this.#facts.knowledge(call);
  }

  pathForks(): [number, number][] {
    return this.#store.pathForks();
  }

  history(expression: number): Past[] {
    return this.#store.history(expression);
  }

  bits(expression: number): number {
    return this.#facts.bitsOf(expression);
  }

  forget(expression: number): void {
    const e = stripCasts(this.flow, expression);
    const s = e > 0 ? (this.layout.slotOf[e] as number) : NONE;
    if (s !== NONE) this.#state.words[this.#state.slotsAt + s] = 0;
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
      const v = (this.#state.words[this.#state.slotsAt + s] as number) >> 1;
      if (v !== 0 && ((this.#state.words[this.#state.valuesAt + v * 2] as number) & ANY) === ZERO)
        mask |= 1 << k;
    }
    return mask;
  }

  entryBits(parameter: number): number {
    const s = this.layout.entrySlot[parameter] ?? NONE;
    if (s === NONE) return ANY;
    const v = (this.#state.words[this.#state.slotsAt + s] as number) >> 1;
    return v === 0 ? ANY : (this.#state.words[this.#state.valuesAt + v * 2] as number) & ANY;
  }

  path(): number[] {
    return this.#store.pathForks().map(([block]) => block);
  }

  // ---- Instructions

  #start(): void {
    const cur = this.#state.words;
    for (let d = 0; d < this.#domains.length; d++) {
      cur[this.#state.domainsAt + d] = (this.#domains[d] as Domain).initial();
    }
    const { entrySlot, slotOf } = this.layout;
    for (let k = 0; k < entrySlot.length; k++) {
      const s = entrySlot[k] as number;
      if (s === NONE) continue;
      cur[this.#state.slotsAt + s] = (1 + s) * 2;
      this.#state.setValue(1 + s, ANY, 0);
    }
    for (let e = 1; e < this.flow.exprOp.length; e++) {
      if (this.flow.exprOp[e] !== Expr.Local) continue;
      const entry = entrySlot[this.flow.exprA[e] as number] ?? NONE;
      const s = slotOf[e] as number;
      if (entry !== NONE && s !== NONE) cur[this.#state.slotsAt + s] = (1 + entry) * 2;
    }
    this.#store.arrive(0);
  }

  #run(block: number, start: number): void {
    const { ops } = this.flow;
    const observers = this.#observers;
    const end = endOfBlock(this.flow, block);
    for (let i = start; i < end; i++) {
      this.at = i;
      const x = ops[i * 4 + 1] as number;
      const y = ops[i * 4 + 2] as number;
      switch (ops[i * 4]) {
        case Op.Deref: {
          let accessed = x;
          for (const o of observers) {
            o.deref?.(x, y >> 1, (y & 1) !== 0, this);
            accessed = o.accessed?.(x, y >> 1, this) ?? accessed;
          }
          this.#calls.dereferenced(accessed);
          break;
        }
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
          for (let k = 0; k < y; k++) this.#forgetting.forgetPlace(this.flow.lists[x + k] as number);
          break;
        case Op.Body:
          for (const o of observers) o.body?.(this);
          break;
        case Op.Evaluate:
          if (!RETURN_VOID_MACROS.has(this.#facts.globalName(x))) break;
          this.#leave(0);
          return;
        case Op.Jump:
          this.#store.arrive(x);
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
      (this.#domains[d] as Domain).leave?.(this.#state.words[this.#state.domainsAt + d] as number, this);
  }

  #tellAssign(target: number, value: number): void {
    for (let d = 0; d < this.#domains.length; d++) {
      const domain = this.#domains[d] as Domain;
      const i = this.#state.domainsAt + d;
      if (domain.assign !== undefined)
        this.#state.words[i] = domain.assign(this.#state.words[i] as number, target, value, this);
    }
  }

  #scope(isEntry: boolean, scope: number): void {
    for (let d = 0; d < this.#domains.length; d++) {
      const domain = this.#domains[d] as Domain;
      const i = this.#state.domainsAt + d;
      const state = this.#state.words[i] as number;
      if (isEntry) {
        if (domain.enterScope !== undefined) this.#state.words[i] = domain.enterScope(state, scope, this);
      } else if (domain.exitScope !== undefined) this.#state.words[i] = domain.exitScope(state, scope, this);
    }
  }

  #assign(target: number, valueExpr: number, at: number): void {
    const cur = this.#state.words;
    const value = stripCasts(this.flow, valueExpr);
    const t = this.layout.slotOf[target] as number;
    const vs = value > 0 ? (this.layout.slotOf[value] as number) : NONE;
    let word = 0;
    let bits = ANY;
    let constant = 0;
    if (vs !== NONE) {
      word = cur[this.#state.slotsAt + vs] as number;
      if (word === 0 && t !== NONE && t !== vs) {
        word = this.#state.own(vs) * 2;
        cur[this.#state.slotsAt + vs] = word;
        this.#state.setValue(word >> 1, this.#facts.initialBits(value), 0);
      }
    } else {
      bits = this.#facts.bitsOf(value);
      constant = this.#facts.constantToken(value);
    }
    const copies = this.layout.copies.get(at);
    const copied = copies?.map((slot, i) =>
      i % 2 === 0 ? (cur[this.#state.slotsAt + slot] as number) : slot,
    );
    this.#forgetting.forgetPlace(target);
    if (t === NONE) return;
    if (word !== 0) {
      cur[this.#state.slotsAt + t] = word;
    } else if (bits !== ANY || constant !== 0) {
      const v = this.#state.own(t);
      cur[this.#state.slotsAt + t] = v * 2;
      this.#state.setValue(v, bits, constant);
    }
    if (copied !== undefined) {
      for (let i = 0; i < copied.length; i += 2)
        cur[this.#state.slotsAt + (copied[i + 1] as number)] = copied[i] as number;
    }
  }

  /** False where the path ends here or goes on elsewhere. */
  #call(n: number, block: number, at: number): boolean {
    const known = this.#facts.knowledge(n);
    const call = this.flow.calls[n];
    if (call === undefined) return true;
    let outcomes: { domain: number; list: readonly Outcome[] } | undefined;
    for (let d = 0; d < this.#domains.length; d++) {
      const i = this.#state.domainsAt + d;
      const next = (this.#domains[d] as Domain).call(this.#state.words[i] as number, n, this);
      if (typeof next === 'number') this.#state.words[i] = next;
      else if (next.length === 1 || outcomes !== undefined)
        this.#state.words[i] = next[0]?.state ?? (this.#state.words[i] as number);
      else outcomes = { domain: i, list: next };
    }
    if (known.noReturn) return false;
    if (known.returns !== CONTINUES) {
      // -1 is an expression of which nothing is known.
      this.#leave(known.returns === RETURNS_UNKNOWN ? -1 : (call.args[known.returns] ?? -1));
      return false;
    }
    if (
      known.complains &&
      this.layout.resultOf(n) === 0 &&
      !this.#facts.refine(call.args[known.same] ?? 0, false)
    )
      return false;
    if ((known.assertsTrue | known.assertsFalse) !== 0 && !this.#calls.assertions(call.args, known))
      return false;
    const result = this.#calls.setResult(n, known);
    this.#calls.callEffects(call.args, known);
    if (known.implies.length > 0 && !this.#facts.learnAlways(call.args, known)) return false;
    if (outcomes === undefined) return true;
    const s = result > 0 ? (this.layout.slotOf[result] as number) : NONE;
    const kept = this.#state.keep();
    const forks = this.#state.forks;
    for (const outcome of outcomes.list) {
      this.#state.restore(kept);
      this.#state.words[outcomes.domain] = outcome.state;
      if (s !== NONE && !this.#facts.refineSlot(s, outcome.result)) continue;
      this.#state.forks = forks + 1;
      this.#store.store(block, at + 1, 0, this.#state.isMerged ? 1 : 0);
    }
    return false;
  }

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
    const bits = this.#facts.firm(condition);
    const canBeTrue = (bits & NONZERO) !== 0;
    const canBeFalse = (bits & ZERO) !== 0;
    const isFork = canBeTrue && canBeFalse;
    const forks = this.#state.forks;
    if (isFork) {
      const kept = this.#state.keep();
      this.#state.forks = forks + 1;
      if (this.#facts.refine(condition, true)) this.#decided(condition, true, whenTrue);
      this.#state.restore(kept);
      this.#state.forks = forks + 1;
      if (this.#facts.refine(condition, false)) this.#decided(condition, false, whenFalse);
      return;
    }
    if (this.#facts.refine(condition, canBeTrue))
      this.#decided(condition, canBeTrue, canBeTrue ? whenTrue : whenFalse);
  }

  #decided(condition: number, taken: boolean, block: number): void {
    for (let d = 0; d < this.#domains.length; d++) {
      const domain = this.#domains[d] as Domain;
      const i = this.#state.domainsAt + d;
      if (domain.branch === undefined) continue;
      const next = domain.branch(this.#state.words[i] as number, condition, taken, this);
      if (next < 0) return;
      this.#state.words[i] = next;
    }
    this.#store.arrive(block);
  }

  /** The two branches of a MacroBlock: see flow.ts. */
  #macroBlock(n: number, isSecond: boolean, whenTrue: number, whenFalse: number): void {
    const known = this.#facts.knowledge(n);
    const out = isSecond ? whenTrue : whenFalse;
    const body = isSecond ? whenFalse : whenTrue;
    const isLoop = known.block === 'loop' || known.block === 'none';
    const toBody = isSecond ? isLoop : true;
    const toOut = isSecond ? true : known.block !== 'guard';
    const kept = toBody && toOut ? this.#state.keep() : undefined;
    const forks = this.#state.forks;
    this.#state.forks = forks + (kept === undefined ? 0 : 1);
    if (toBody) {
      if (isLoop) this.#setIterators(n, known, true);
      this.#store.arrive(body);
    }
    if (!toOut) return;
    if (kept !== undefined) this.#state.restore(kept);
    this.#state.forks = forks + (kept === undefined ? 0 : 1);
    if (isLoop) this.#setIterators(n, known, false);
    this.#store.arrive(out);
  }

  #setIterators(n: number, known: CallKnowledge, inBody: boolean): void {
    const args = this.flow.calls[n]?.args ?? [];
    // One that declares its iterator (`_scoped`) assigns none of those that are here.
    if (known.block === 'none' || known.iterators.length === 0) {
      for (const arg of args) {
        if (this.flow.exprOp[arg] !== Expr.Local) continue;
        this.#tellAssign(arg, 0);
        this.#forgetting.forgetPlace(arg);
      }
      return;
    }
    for (const iterator of known.iterators) {
      const place = args[iterator.argument];
      if (place === undefined) continue;
      this.#tellAssign(place, 0);
      this.#forgetting.forgetPlace(place);
      const s = this.layout.slotOf[place] as number;
      const bits = inBody ? iterator.inBody : iterator.afterwards;
      if (s < 0 || bits === ANY) continue;
      const v = this.#state.own(s);
      this.#state.words[this.#state.slotsAt + s] = v * 2;
      this.#state.setValue(v, bits, 0);
    }
  }

  #switch(index: number): void {
    const table = this.flow.switches[index];
    if (table === undefined) return;
    const { value, cases, otherwise } = table;
    const kept = this.#state.keep();
    const forks = this.#state.forks + 1;
    for (let i = 0; i < cases.length; i += 3) {
      const low = cases[i] as number;
      const isPlain = cases[i + 1] === 0;
      this.#state.forks = forks;
      if (!isPlain || this.#facts.refineEqual(value, low, true)) this.#store.arrive(cases[i + 2] as number);
      this.#state.restore(kept);
    }
    this.#state.forks = forks;
    for (let i = 0; i < cases.length; i += 3) {
      if (cases[i + 1] === 0 && !this.#facts.refineEqual(value, cases[i] as number, false)) return;
    }
    for (const s of this.layout.equalities.get(value) ?? []) {
      const compared = this.flow.exprB[this.layout.exprOf[s] as number];
      for (let i = 0; i < cases.length; i += 3)
        if (cases[i] === compared && cases[i + 1] === 0 && !this.#facts.refineSlot(s, ZERO)) return;
    }
    this.#store.arrive(otherwise);
  }

  #goto(block: number): void {
    const kept = this.#state.keep();
    this.#state.forks++;
    for (const target of this.layout.successors.of(block)) {
      this.#state.restore(kept);
      this.#store.arrive(target);
    }
  }
}
