/**
 * What the walker must know of a flow before it starts: which expressions it keeps track of (slots), which
 * of them change when another is assigned, and where each is still needed. Typed arrays that are used again
 * for the next function; everything is linear in the size of the flow.
 */
import { Operator } from '../c/ast.ts';
import { Expr, type Flow, Op, ScopeKind } from '../c/flow.ts';
import { Successors } from '../c/flow-blocks.ts';
import { isPointer } from '../c/types.ts';
import { isConstantName, isStoredResult, pushOperands, stripCasts } from './flow-expressions.ts';
import { Liveness } from './liveness.ts';

const NONE = -1;
/** Above this many related expressions, an assignment costs too much: the flow is left alone. */
const MAX_DEPENDENTS = 200_000;

export class Layout {
  flow!: Flow;
  blockCount = 0;
  slotCount = 0;
  /** Calls whose result has a slot, and the place of each call among them (NONE for the others). */
  readonly resultCalls: number[] = [];
  resultNumber = new Int32Array(64);
  /** Per expression: its slot, -1 where it is not kept. */
  slotOf = new Int32Array(256);
  /** Per slot: its expression; 0 for the value that a parameter had at entry. */
  exprOf: number[] = [];
  /** Per expression: how often instructions evaluate or assign it, itself or in another. */
  uses = new Int32Array(256);
  /** Per slot: slots of expressions that contain it, from dependentAt[slot] to dependentAt[slot + 1]. */
  dependents = new Int32Array(256);
  dependentAt = new Int32Array(256);
  /** Per slot: the next slot whose last step is a field of the same name (or an index, or a deref); -1 ends. */
  nextAlike = new Int32Array(256);
  /** Per slot: 1 where what it names lies in memory that others may change. */
  isHeap = new Uint8Array(256);
  /** Per slot: the local at the root of the access path, -1 where it is none. */
  rootLocal = new Int32Array(256);
  /** Per call: the first call of the same callee with the same arguments, -1 where there is none. */
  twin = new Int32Array(64);
  /** Per call: 1 where it is the twin of a later one. */
  #twinned = new Uint8Array(64);
  /** Per call: scope of the MacroBlock that it opens, -1 where there is none. */
  blockScope = new Int32Array(64);
  /** Per slot of a parameter: the slot that keeps its value at entry, -1. Indexed by parameter. */
  entrySlot: number[] = [];
  readonly liveness = new Liveness();
  readonly successors = new Successors();
  /** Per value that a switch looks at: slots of `value == constant`. */
  readonly equalities = new Map<number, number[]>();
  #results = new Int32Array(64);
  /** Pairs [slot of value's dependent, slot of target's dependent] per assignment, keyed by instruction. */
  readonly copies = new Map<number, number[]>();

  /** False where the flow is too large to be walked. */
  build(flow: Flow): boolean {
    this.flow = flow;
    this.blockCount = flow.blocks.length;
    this.copies.clear();
    this.equalities.clear();
    this.#countUses();
    this.#findTwins();
    this.#chooseSlots();
    if (!this.#relate()) return false;
    this.#findCopies();
    this.successors.build(flow);
    this.liveness.build(this);
    return true;
  }

  #countUses(): void {
    const { flow } = this;
    const count = flow.exprOp.length;
    if (this.uses.length < count) {
      this.uses = new Int32Array(count * 2);
      this.slotOf = new Int32Array(count * 2);
    }
    const { uses } = this;
    uses.fill(0, 0, count);
    const { ops } = flow;
    for (let at = 0; at < ops.length; at += 4) {
      const x = ops[at + 1] as number;
      switch (ops[at]) {
        case Op.Deref:
        case Op.Evaluate:
        case Op.Return:
        case Op.Goto:
          bump(uses, x);
          break;
        case Op.Assign:
          bump(uses, x);
          bump(uses, ops[at + 2] as number);
          // What a call gave is kept track of to the end, wherever it is stored.
          if (isStoredResult(flow, x, ops[at + 2] as number)) bump(uses, x);
          break;
        case Op.Call: {
          const call = flow.calls[x];
          if (call === undefined) break;
          if (flow.exprOp[call.callee] !== Expr.Global) bump(uses, call.callee);
          for (const arg of call.args) bump(uses, arg);
          break;
        }
        case Op.Branch:
          bump(uses, flow.branches[x * 3] as number);
          break;
        case Op.Switch:
          bump(uses, flow.switches[x]?.value ?? 0);
          break;
        case Op.Asm:
          for (let i = 0; i < (ops[at + 2] as number); i++) bump(uses, flow.lists[x + i] as number);
          break;
      }
    }
    // Operands have smaller numbers than what is made of them.
    const operands: number[] = [];
    for (let e = count - 1; e > 0; e--) {
      const n = uses[e] as number;
      if (n === 0) continue;
      operands.length = 0;
      pushOperands(flow, e, operands);
      for (const operand of operands) bump(uses, operand, n);
    }
  }

  #findTwins(): void {
    const { calls } = this.flow;
    if (this.twin.length < calls.length) {
      this.twin = new Int32Array(calls.length * 2);
      this.blockScope = new Int32Array(calls.length * 2);
      this.#twinned = new Uint8Array(calls.length * 2);
      this.#results = new Int32Array(calls.length * 2);
      this.resultNumber = new Int32Array(calls.length * 2);
    }
    this.#twinned.fill(0, 0, calls.length);
    this.#results.fill(0, 0, calls.length);
    this.resultNumber.fill(NONE, 0, calls.length);
    this.twin.fill(NONE, 0, calls.length);
    this.blockScope.fill(NONE, 0, calls.length);
    for (const [s, scope] of this.flow.scopes.entries()) {
      if (scope.kind === ScopeKind.MacroBlock && scope.call >= 0) this.blockScope[scope.call] = s;
    }
    if (calls.length < 2) return;
    const seen = new Map<number, number[]>();
    for (const [n, call] of calls.entries()) {
      // What a string says is not known here: two of them are not the same argument.
      if (call.args.length === 0 || call.args.some((arg) => this.#isString(arg))) continue;
      const others = seen.get(call.callee);
      if (others === undefined) {
        seen.set(call.callee, [n]);
        continue;
      }
      if (others.length > 16) continue;
      const same = others.find((m) => sameArgs(calls[m]?.args ?? [], call.args));
      if (same === undefined) others.push(n);
      else {
        this.twin[n] = same;
        this.#twinned[same] = 1;
      }
    }
  }

  #isString(arg: number): boolean {
    return this.flow.exprOp[stripCasts(this.flow, arg)] === Expr.String;
  }

  #chooseSlots(): void {
    const { flow, uses, slotOf } = this;
    const count = flow.exprOp.length;
    this.exprOf.length = 0;
    this.resultCalls.length = 0;
    for (let e = 1; e < count; e++) {
      slotOf[e] = NONE;
      const n = uses[e] as number;
      if (n === 0) continue;
      if (flow.exprOp[e] === Expr.Result) this.#results[flow.exprA[e] as number] = e;
      let isSlot = false;
      switch (flow.exprOp[e]) {
        case Expr.Local:
        case Expr.Temporary:
        case Expr.Result:
          isSlot = true;
          break;
        case Expr.Global:
        case Expr.Field:
        case Expr.Arrow:
        case Expr.Deref:
        case Expr.Index:
        case Expr.Binary:
          isSlot = n > 1;
          break;
      }
      if (!isSlot && flow.switches.length > 0 && this.#isSwitched(e)) isSlot = true;
      if (!isSlot) continue;
      slotOf[e] = this.exprOf.push(e) - 1;
      if (flow.exprOp[e] === Expr.Result)
        this.resultNumber[flow.exprA[e] as number] = this.resultCalls.push(flow.exprA[e] as number) - 1;
      if (flow.switches.length > 0 && this.#isSwitched(e)) {
        const slots = this.equalities.get(flow.exprA[e] as number);
        if (slots === undefined) this.equalities.set(flow.exprA[e] as number, [slotOf[e] as number]);
        else slots.push(slotOf[e] as number);
      }
    }
    this.entrySlot.length = 0;
    for (const [k, local] of flow.locals.entries()) {
      if (!local.isParameter) break;
      this.entrySlot[k] = NONE;
      if ((local.type === '' || isPointer(local.type)) && this.#isTested(k))
        this.entrySlot[k] = this.exprOf.push(0) - 1;
    }
    this.slotCount = this.exprOf.length;
  }

  /** `x == A` for an x that a switch looks at. */
  #isSwitched(e: number): boolean {
    const { flow } = this;
    if (flow.exprOp[e] !== Expr.Binary || flow.exprC[e] !== Operator.Equal) return false;
    return flow.switches.some((table) => table.value === flow.exprA[e]);
  }

  /** A local, and those that it is assigned to. */
  #copiesOf(local: number): ReadonlySet<number> {
    const { flow } = this;
    const names = new Set([local]);
    for (let at = 0; at < flow.ops.length; at += 4) {
      if (flow.ops[at] !== Op.Assign) continue;
      const target = flow.ops[at + 1] as number;
      const value = stripCasts(flow, flow.ops[at + 2] as number);
      if (flow.exprOp[target] !== Expr.Local || flow.exprOp[value] !== Expr.Local) continue;
      if (flow.exprA[value] === local) names.add(flow.exprA[target] as number);
    }
    return names;
  }

  /** True where a branch tests the parameter itself, or the result of a call that is handed it. */
  #isTested(local: number): boolean {
    const { flow } = this;
    const names = this.#copiesOf(local);
    const isIt = (e: number): boolean => {
      const x = stripCasts(flow, e);
      return flow.exprOp[x] === Expr.Local && names.has(flow.exprA[x] as number);
    };
    for (let i = 0; i < flow.branches.length; i += 3) {
      const c = stripCasts(flow, flow.branches[i] as number);
      if (isIt(c)) return true;
      const call = flow.exprOp[c] === Expr.Result ? flow.calls[flow.exprA[c] as number] : undefined;
      if (call?.args.some(isIt)) return true;
    }
    return false;
  }

  #relate(): boolean {
    const { flow, slotCount, exprOf } = this;
    if (this.nextAlike.length < slotCount + 1) {
      const size = (slotCount + 1) * 2;
      this.nextAlike = new Int32Array(size);
      this.isHeap = new Uint8Array(size);
      this.rootLocal = new Int32Array(size);
      this.dependentAt = new Int32Array(size + 1);
    }
    const { nextAlike, isHeap, rootLocal, dependentAt } = this;
    dependentAt.fill(0, 0, slotCount + 2);
    const alike = new Map<number, number>();
    let total = 0;
    const bases: number[] = [];
    for (let s = 0; s < slotCount; s++) {
      const e = exprOf[s] as number;
      nextAlike[s] = NONE;
      isHeap[s] = 0;
      rootLocal[s] = NONE;
      if (e === 0) continue;
      const op = flow.exprOp[e] as number;
      if (op === Expr.Field || op === Expr.Arrow || op === Expr.Deref || op === Expr.Index) {
        const key = op === Expr.Field || op === Expr.Arrow ? (flow.exprB[e] as number) : -op;
        nextAlike[s] = alike.get(key) ?? NONE;
        alike.set(key, s);
      }
      if (op === Expr.Global) isHeap[s] = isConstantName(flow.names[flow.exprA[e] as number] ?? '') ? 0 : 1;
      const from = bases.length;
      this.#bases(e, bases, s);
      for (let i = from; i < bases.length; i += 2) {
        const base = bases[i] as number;
        dependentAt[base + 1] = (dependentAt[base + 1] as number) + 1;
        total++;
      }
      if (total > MAX_DEPENDENTS) return false;
    }
    for (let s = 0; s < slotCount; s++) {
      dependentAt[s + 1] = (dependentAt[s + 1] as number) + (dependentAt[s] as number);
    }
    if (this.dependents.length < total) this.dependents = new Int32Array(total * 2);
    const fill = dependentAt.slice(0, slotCount + 1);
    for (let i = 0; i < bases.length; i += 2) {
      const base = bases[i] as number;
      this.dependents[fill[base] as number] = bases[i + 1] as number;
      fill[base] = (fill[base] as number) + 1;
    }
    return true;
  }

  /** Pushes [slot, of] for each slot on the way to expression `e`, itself excluded; notes where it lies. */
  #bases(e: number, bases: number[], of: number): void {
    const { flow, slotOf, isHeap, rootLocal } = this;
    const stack: number[] = [];
    const push = (child: number): void => {
      if (child > 0) stack.push(child);
    };
    const expand = (x: number): void => {
      switch (flow.exprOp[x]) {
        case Expr.Arrow:
        case Expr.Deref:
          isHeap[of] = 1;
          push(flow.exprA[x] as number);
          break;
        case Expr.Field:
        case Expr.Cast:
        case Expr.Unary:
        case Expr.Address:
          push(flow.exprA[x] as number);
          break;
        case Expr.Index:
          isHeap[of] = 1;
          push(flow.exprB[x] as number);
          push(flow.exprA[x] as number);
          break;
        case Expr.Binary:
          push(flow.exprB[x] as number);
          push(flow.exprA[x] as number);
          break;
        case Expr.Result: {
          const call = flow.calls[flow.exprA[x] as number];
          if (x === e && call !== undefined) for (const arg of call.args) push(arg);
          break;
        }
        case Expr.Local:
          rootLocal[of] = flow.exprA[x] as number;
          break;
      }
    };
    const first = flow.exprOp[e] as number;
    if (first === Expr.Result && this.#twinned[flow.exprA[e] as number] === 0) return;
    expand(e);
    for (let steps = 0; stack.length > 0 && steps < 4096; steps++) {
      const x = stack.pop() as number;
      const s = slotOf[x] as number;
      if (s !== NONE) bases.push(s, of);
      expand(x);
    }
  }

  /** `p = q` and `p = q->r`: what is known of q->x holds for p->x. */
  #findCopies(): void {
    const { flow, slotOf, dependentAt, dependents, exprOf } = this;
    const { ops } = flow;
    for (let at = 0; at < ops.length; at += 4) {
      if (ops[at] !== Op.Assign) continue;
      const target = ops[at + 1] as number;
      const value = stripCasts(flow, ops[at + 2] as number);
      const t = slotOf[target] as number;
      const v = value > 0 ? (slotOf[value] as number) : NONE;
      if (t === NONE || v === NONE || t === v) continue;
      let pairs: number[] | undefined;
      for (let i = dependentAt[t] as number; i < (dependentAt[t + 1] as number); i++) {
        const te = exprOf[dependents[i] as number] as number;
        if (flow.exprA[te] !== target || (flow.exprOp[te] !== Expr.Arrow && flow.exprOp[te] !== Expr.Deref))
          continue;
        for (let j = dependentAt[v] as number; j < (dependentAt[v + 1] as number); j++) {
          const ve = exprOf[dependents[j] as number] as number;
          if (flow.exprA[ve] !== value || flow.exprOp[ve] !== flow.exprOp[te]) continue;
          if (flow.exprB[ve] !== flow.exprB[te]) continue;
          pairs ??= [];
          pairs.push(dependents[j] as number, dependents[i] as number);
        }
      }
      if (pairs !== undefined) this.copies.set(at / 4, pairs);
    }
  }

  /** Expression of a call's result, 0 where nobody uses it. */
  resultOf(call: number): number {
    return this.#results[call] as number;
  }
}

function bump(uses: Int32Array, e: number, by = 1): void {
  if (e > 0) uses[e] = Math.min(1 << 20, (uses[e] as number) + by);
}

const sameArgs = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((arg, i) => arg === b[i]);
