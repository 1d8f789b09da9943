/** What a walk tells of a body for its summary: what is returned, and what that says of the parameters. */
import { Operator } from '../c/ast.ts';
import { Expr, type Flow, lineOf, Op } from '../c/flow.ts';
import { ERROR_MAKERS } from '../kernel/pointers.ts';
import type { Observer, View } from './domain.ts';
import { pointerOf, stripCasts } from './flow-expressions.ts';
import type { CallKnowledge, Implication } from './knowledge.ts';
import { MAX_PARAMETERS, type Parameters } from './parameters.ts';
import type { Body } from './summarise.ts';
import type { Summary } from './summary.ts';
import {
  ANY,
  ERR,
  isNull,
  MAY_ERR,
  MAY_NULL,
  mayBeError,
  mayBeNull,
  NONZERO,
  OTHER,
  ZERO,
} from './values.ts';

/** What the walk sees of the ways out. */
export class Recorder implements Observer {
  readonly flow: Flow;
  readonly parameters: Parameters;
  readonly known: readonly CallKnowledge[];
  hasLeft = false;
  /** Ways on which a macro returns from the function that uses it, and on which it does not. */
  returnsFromUser = 0;
  continues = 0;
  returnedParameter = -1;
  /** Some return gives what an allocation gave. */
  isFresh = false;
  readonly #body: Body;
  mayDereference = 0;
  tests = 0;
  readonly lines: number[] = [];

  #bits = 0;
  #nullOnlyIf = -1;
  #nullLine = 0;
  #nullFrom = '';
  #errorLine = 0;
  #errorFrom = '';
  /** Per parameter: what it can be where the result is zero, negative, positive. */
  readonly #whenZero: number[] = [];
  readonly #whenError: number[] = [];
  readonly #whenOther: number[] = [];
  /** What a parameter can be whenever the call comes back. */
  readonly #always: number[] = [];
  readonly #inBody: number[] = [];
  readonly #afterwards: number[] = [];
  readonly #localOf: number[] = [];

  constructor(body: Body, parameters: Parameters, known: readonly CallKnowledge[]) {
    const { flow } = body;
    this.flow = flow;
    this.#body = body;
    this.parameters = parameters;
    this.known = known;
    for (let e = 1; e < flow.exprOp.length; e++) {
      if (flow.exprOp[e] === Expr.Local && (flow.exprA[e] as number) < parameters.count)
        this.#localOf[flow.exprA[e] as number] = e;
    }
  }

  branch(condition: number): void {
    const k = this.parameters.of(condition);
    if (k >= 0) this.tests |= 1 << k;
  }

  deref(pointer: number, _place: number, _isStore: boolean, view: View): void {
    this.#dereferenced(this.parameters.constantOf(pointer), pointer, view);
  }

  call(n: number, view: View): void {
    const known = this.known[n];
    if (known?.mayReturn) this.#leaveInMacro(view);
    if (known === undefined || (known.dereferences | known.mayDereference) === 0) return;
    for (const [k, arg] of (this.flow.calls[n]?.args ?? []).entries()) {
      if (k >= MAX_PARAMETERS || ((known.dereferences | known.mayDereference) & (1 << k)) === 0) continue;
      const pointer = pointerOf(this.flow, arg);
      this.#dereferenced(this.parameters.constantOf(pointer), pointer, view);
    }
  }

  #dereferenced(k: number, pointer: number, view: View): void {
    if (k < 0 || (this.parameters.pointers & (1 << k)) === 0) return;
    if ((this.mayDereference & (1 << k)) !== 0 || (view.bits(pointer) & ZERO) === 0) return;
    this.mayDereference |= 1 << k;
    this.lines[k] = lineOf(this.flow.ops[view.at * 4 + 3] as number);
  }

  body(view: View): void {
    for (let k = 0; k < this.parameters.count; k++) {
      if ((this.parameters.assigned & (1 << k)) === 0) continue;
      this.#inBody[k] = (this.#inBody[k] ?? 0) | (view.bits(this.#localOf[k] ?? 0) & ANY);
    }
  }

  leave(value: number, view: View): void {
    this.hasLeft = true;
    if (this.#body.isMacro) {
      const isLast = view.at === this.flow.ops.length / 4 - 1;
      const isReturn = value !== 0 || (this.flow.ops[view.at * 4] === Op.Return && !isLast);
      if (isReturn && !(this.#body.isExpression && isLast)) {
        this.returnsFromUser++;
        this.returnedParameter = this.parameters.constantOf(value);
        return;
      }
      this.continues++;
    }
    this.#noteAlways(view);
    for (let k = 0; k < this.parameters.count; k++) {
      if ((this.parameters.assigned & (1 << k)) === 0) continue;
      this.#afterwards[k] = (this.#afterwards[k] ?? 0) | (view.bits(this.#localOf[k] ?? 0) & ANY);
    }
    if (value === 0) return;
    const origin = view.originCall(value);
    if (origin >= 0 && this.known[origin]?.isFresh) this.isFresh = true;
    // Whoever writes ERR_PTR(err) has an error to tell of, also where err is not followed to its source.
    const made = this.#isErrorMade(value) && (view.bits(value) & ERR) !== 0 ? MAY_ERR : 0;
    const bits = view.bits(value) | made;
    this.#bits |= bits;
    const line = lineOf(this.flow.ops[view.at * 4 + 3] as number);
    if (!this.#body.returnsPointer) this.#bits &= ANY;
    else if (mayBeNull(bits)) {
      this.#bits |= MAY_NULL;
      const nullParameters = view.nullParameters() | this.#nullByCallee(value, view);
      this.#nullOnlyIf = this.#nullOnlyIf === -1 ? nullParameters : this.#nullOnlyIf & nullParameters;
      if (this.#nullLine === 0 || (nullParameters === 0 && this.#nullFrom !== '')) {
        this.#nullLine = line;
        this.#nullFrom = isNull(bits) ? '' : this.#calleeOf(value, view);
      }
    }
    if (this.#body.returnsPointer && mayBeError(bits)) {
      this.#bits |= MAY_ERR;
      if (this.#errorLine === 0) {
        this.#errorLine = line;
        this.#errorFrom = (bits & ANY) === ERR ? '' : this.#calleeOf(value, view);
      }
    }
    this.#correlate(value, bits, view);
  }

  #isErrorMade(value: number): boolean {
    const e = stripCasts(this.flow, value);
    return (
      this.flow.exprOp[e] === Expr.Result && ERROR_MAKERS.has(this.#nameOf(this.flow.exprA[e] as number))
    );
  }

  /** A macro may return here, and what it returns is not known. */
  #leaveInMacro(view: View): void {
    this.#noteAlways(view);
    this.#bits |= ANY;
    for (let k = 0; k < this.parameters.count; k++) {
      const bits = this.#entryBits(k, view);
      for (const when of [this.#whenZero, this.#whenError, this.#whenOther]) when[k] = (when[k] ?? 0) | bits;
    }
  }

  /** Whoever returns here knows this of the parameters, and no more. */
  #noteAlways(view: View): void {
    for (let k = 0; k < this.parameters.count; k++)
      this.#always[k] = (this.#always[k] ?? 0) | this.#entryBits(k, view);
  }

  /** What the caller's argument was; of a macro that is what its parameter is, as long as it is not assigned. */
  #entryBits(k: number, view: View): number {
    const bits = view.entryBits(k);
    if (bits !== ANY || (this.parameters.changed & (1 << k)) !== 0) return bits;
    return view.bits(this.#localOf[k] ?? 0) & ANY;
  }

  /** `return f(p)` where f gives NULL only for a NULL argument. */
  #nullByCallee(value: number, view: View): number {
    const call = view.originCall(value);
    const only = call < 0 ? 0 : (this.known[call]?.nullOnlyIf ?? 0);
    if (only === 0) return 0;
    let mask = 0;
    for (const [k, arg] of (this.flow.calls[call]?.args ?? []).entries()) {
      const parameter = this.parameters.constantOf(arg);
      if (k < MAX_PARAMETERS && (only & (1 << k)) !== 0 && parameter >= 0) mask |= 1 << parameter;
    }
    return mask;
  }

  #calleeOf(value: number, view: View): string {
    return this.#nameOf(view.originCall(value));
  }

  #nameOf(n: number): string {
    const call = this.flow.calls[n];
    if (call === undefined || this.flow.exprOp[call.callee] !== Expr.Global) return '';
    return this.flow.names[this.flow.exprA[call.callee] as number] ?? '';
  }

  #correlate(value: number, bits: number, view: View): void {
    const e = stripCasts(this.flow, value);
    const direct = directTest(this.flow, e, this.parameters);
    const call = view.originCall(value);
    for (let k = 0; k < this.parameters.count; k++) {
      if ((this.parameters.pointers & (1 << k)) === 0) continue;
      const parameter = this.#entryBits(k, view);
      const whenTrue = direct?.parameter === k ? parameter & direct.whenTrue : parameter;
      const whenFalse = direct?.parameter === k ? parameter & ~direct.whenTrue : parameter;
      const inherited = (when: number): number => (call < 0 ? ANY : this.#impliedBy(call, when, k));
      if ((bits & ZERO) !== 0) this.#whenZero[k] = (this.#whenZero[k] ?? 0) | (whenFalse & inherited(ZERO));
      if ((bits & ERR) !== 0) this.#whenError[k] = (this.#whenError[k] ?? 0) | (whenTrue & inherited(ERR));
      if ((bits & OTHER) !== 0)
        this.#whenOther[k] = (this.#whenOther[k] ?? 0) | (whenTrue & inherited(OTHER));
    }
  }

  /** `return f(p)`: what a result of f in `when` says of parameter `k`. */
  #impliedBy(call: number, when: number, k: number): number {
    let bits = ANY;
    const args = this.flow.calls[call]?.args ?? [];
    for (const implied of this.known[call]?.implies ?? []) {
      if (implied.through || (implied.when & when) === 0) continue;
      if (this.parameters.constantOf(args[implied.argument] ?? 0) === k) bits &= implied.bits;
    }
    return bits;
  }

  /** What returning tells; nothing where not all paths were walked. */
  returned(
    complete: boolean,
  ): Pick<
    Summary,
    'result' | 'nullOnlyIf' | 'nullLine' | 'nullFrom' | 'errorLine' | 'errorFrom' | 'implies'
  > {
    const isKnown = complete && (this.#bits & ANY) !== 0;
    const mayNull = (this.#bits & MAY_NULL) !== 0;
    const mayError = (this.#bits & MAY_ERR) !== 0;
    return {
      result: isKnown ? this.#bits : ANY | (this.#bits & (MAY_NULL | MAY_ERR)),
      nullOnlyIf: mayNull ? Math.max(0, this.#nullOnlyIf) : 0,
      nullLine: mayNull ? this.#nullLine : 0,
      nullFrom: mayNull ? this.#nullFrom : '',
      errorLine: mayError ? this.#errorLine : 0,
      errorFrom: mayError ? this.#errorFrom : '',
      implies: complete ? [...this.#certainties(), ...(isKnown ? this.#implications() : [])] : [],
    };
  }

  #certainties(): Implication[] {
    const list: Implication[] = [];
    for (let argument = 0; argument < this.parameters.count; argument++) {
      const bits = this.#always[argument] ?? ANY;
      const isTold = (this.parameters.pointers & (1 << argument)) !== 0 && bits !== ANY && bits !== 0;
      if (isTold) list.push({ when: ANY, argument, through: false, bits });
    }
    return list;
  }

  #implications(): Implication[] {
    const list: Implication[] = [];
    for (let argument = 0; argument < this.parameters.count; argument++) {
      if ((this.parameters.pointers & (1 << argument)) === 0) continue;
      const zero = this.#whenZero[argument] ?? ANY;
      const error = this.#whenError[argument] ?? 0;
      const other = this.#whenOther[argument] ?? 0;
      if (zero !== ANY && zero !== 0) list.push({ when: ZERO, argument, through: false, bits: zero });
      const nonzero = error | other;
      if (nonzero !== ANY && nonzero !== 0) {
        list.push({ when: NONZERO, argument, through: false, bits: nonzero });
        continue;
      }
      if (other !== ANY && other !== 0) list.push({ when: OTHER, argument, through: false, bits: other });
      if (error !== ANY && error !== 0) list.push({ when: ERR, argument, through: false, bits: error });
    }
    return list;
  }

  iterators(): { argument: number; inBody: number; afterwards: number }[] {
    const list: { argument: number; inBody: number; afterwards: number }[] = [];
    for (let argument = 0; argument < this.parameters.count; argument++) {
      if ((this.parameters.assigned & (1 << argument)) === 0) continue;
      list.push({
        argument,
        inBody: this.#inBody[argument] || ANY,
        afterwards: this.#afterwards[argument] || ANY,
      });
    }
    return list;
  }
}

/** `return p;`, `return !p;`, `return p == NULL;`: what the parameter is where the result is true. */
function directTest(
  flow: Flow,
  e: number,
  parameters: Parameters,
): { parameter: number; whenTrue: number } | undefined {
  const plain = parameters.constantOf(e);
  if (plain >= 0) return { parameter: plain, whenTrue: NONZERO };
  const a = flow.exprA[e] as number;
  if (flow.exprOp[e] === Expr.Unary && flow.exprC[e] === Operator.Not) {
    const inner = directTest(flow, stripCasts(flow, a), parameters);
    return inner && { parameter: inner.parameter, whenTrue: ANY & ~inner.whenTrue };
  }
  if (flow.exprOp[e] !== Expr.Binary) return undefined;
  const b = flow.exprB[e] as number;
  const isZero = flow.exprOp[b] === Expr.Integer && flow.exprA[b] === 0;
  const parameter = parameters.constantOf(a);
  if (!isZero || parameter < 0) return undefined;
  if (flow.exprC[e] === Operator.NotEqual) return { parameter, whenTrue: NONZERO };
  return flow.exprC[e] === Operator.Equal ? { parameter, whenTrue: ZERO } : undefined;
}
