/**
 * The summary of one body: a walk that notes what is returned, and two passes over its instructions for what
 * needs no paths: which parameters are dereferenced on every way through, and what may be written.
 */
import { Operator } from '../c/ast.ts';
import { Expr, type Flow, lineOf, Op } from '../c/flow.ts';
import { endOfBlock, Successors } from '../c/flow-blocks.ts';
import { isPointer } from '../c/types.ts';
import type { Observer, View } from './domain.ts';
import {
  type CallKnowledge,
  CONTINUES,
  type Implication,
  type Iterator,
  RETURNS_UNKNOWN,
  UNKNOWN_CALL,
} from './knowledge.ts';
import { pointerOf, stripCasts } from './layout.ts';
import type { Walker } from './paths.ts';
import type { WalkLimits } from './state-store.ts';
import { type Summary, UNKNOWN_SUMMARY } from './summary.ts';
import {
  ANY,
  bitsOfInteger,
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

/** Parameters beyond this have no bit in a mask. */
const MAX_PARAMETERS = 31;

/** There are as many summaries as functions in a tree: what takes many states to tell is not worth them. */
const LIMITS: WalkLimits = { statesPerBlock: 8, merges: 3, states: 800 };
/** Of a function with more instructions than this. */
const LARGE = 90 * 4;
const LARGE_LIMITS: WalkLimits = { statesPerBlock: 4, merges: 2, states: 600 };

export interface Body {
  readonly flow: Flow;
  readonly isMacro: boolean;
  readonly isLoop: boolean;
  /** False where the result is no pointer: that it can be 0 or negative is then no evidence of anything. */
  readonly returnsPointer: boolean;
  /** True where its value is what the last return gives, and other returns leave the function around it. */
  readonly isExpression: boolean;
  /** True where the attribute says so. */
  readonly noReturn: boolean;
}

/** Summarises a body. `knowledge` answers for its calls, `constant` for globals that are constants. */
export function summarise(
  body: Body,
  walker: Walker,
  knowledge: (call: number) => CallKnowledge,
  constant: (name: string) => number | undefined,
): Summary {
  const { flow } = body;
  if (body.noReturn) return { ...UNKNOWN_SUMMARY, noReturn: true };
  const known: CallKnowledge[] = flow.calls.map((_, n) => knowledge(n));
  const parameters = new Parameters(flow, body.isMacro);
  parameters.noteAssigned(known);
  if (!needsPaths(body, parameters, known)) return summariseWithoutPaths(flow, parameters, known);
  const recorder = new Recorder(body, parameters, known);
  const { complete } = walker.walk(flow, {
    observers: [recorder],
    knowledge: (n) => known[n] ?? UNKNOWN_CALL,
    constant,
    limits: flow.ops.length > LARGE ? LARGE_LIMITS : LIMITS,
  });
  const effects = scanEffects(flow, parameters, known);
  const always = dereferencedAlways(flow, parameters, known);
  const same = sameParameter(flow, parameters, known);
  return {
    ...effects,
    ...recorder.returned(complete),
    same,
    noReturn: complete && !recorder.hasLeft && flow.calls.length > 0,
    returns:
      recorder.returnsFromUser > 0 && recorder.continues === 0
        ? recorder.returnedParameter >= 0
          ? recorder.returnedParameter
          : RETURNS_UNKNOWN
        : CONTINUES,
    complains: false,
    isFresh: recorder.isFresh,
    dereferences: always.mask,
    mayDereference: recorder.mayDereference & ~always.mask,
    dereferenceLines: parameters.lines(always, recorder.lines, recorder.mayDereference),
    tests: recorder.tests,
    assertsTrue: 0,
    assertsFalse: 0,
    ...blockOf(body, parameters, known, recorder),
  };
}

/**
 * Whether the paths through a body tell more than its instructions do: where it gives a pointer, where a
 * branch depends on a pointer that it was handed, and where a callee does not come back.
 */
function needsPaths(
  { flow, isMacro, returnsPointer }: Body,
  parameters: Parameters,
  known: readonly CallKnowledge[],
): boolean {
  if (isMacro || returnsPointer || flow.ops.at(-4) === Op.Goto) return true;
  if (known.some((callee) => callee.noReturn || callee.returns !== CONTINUES)) return true;
  if (known.some((callee, call) => callee.implies.length > 0 && isHanded(flow, parameters, call)))
    return true;
  for (let i = 0; i < flow.branches.length; i += 3) {
    if (concernsPointer(flow, parameters, flow.branches[i] as number)) return true;
  }
  return false;
}

const isHanded = (flow: Flow, parameters: Parameters, call: number): boolean =>
  flow.calls[call]?.args.some((arg) => parameters.of(arg) >= 0) === true;

/** Whether a condition is made of a pointer parameter or of a copy of one. */
function concernsPointer(flow: Flow, parameters: Parameters, condition: number): boolean {
  const stack = [condition];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    const a = flow.exprA[e] as number;
    switch (flow.exprOp[e]) {
      case Expr.Local:
        if (parameters.isPointerOrCopy(a)) return true;
        break;
      case Expr.Temporary:
        return true;
      case Expr.Cast:
      case Expr.Unary:
        stack.push(a);
        break;
      case Expr.Binary:
        stack.push(a, flow.exprB[e] as number);
        break;
    }
  }
  return false;
}

/** What holds of a body whichever way is taken through it. */
function summariseWithoutPaths(flow: Flow, parameters: Parameters, known: readonly CallKnowledge[]): Summary {
  const always = dereferencedAlways(flow, parameters, known);
  const lines: number[] = [];
  const sometimes = dereferencedSometimes(flow, parameters, known, lines);
  return {
    ...UNKNOWN_SUMMARY,
    ...scanEffects(flow, parameters, known),
    result: returnedBits(flow),
    same: sameParameter(flow, parameters, known),
    dereferences: always.mask,
    mayDereference: sometimes & ~always.mask,
    dereferenceLines: parameters.lines(always, lines, sometimes),
  };
}

/** What the constants among the returned values are; ANY where others are returned. */
function returnedBits(flow: Flow): number {
  let bits = 0;
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] !== Op.Return) continue;
    const value = stripCasts(flow, flow.ops[at + 1] as number);
    if (flow.exprOp[value] !== Expr.Integer) return ANY;
    bits |= bitsOfInteger(flow.exprA[value] as number);
  }
  return bits === 0 ? ANY : bits;
}

/** Parameters that some instruction dereferences; the line of the first one of each goes to `lines`. */
function dereferencedSometimes(
  flow: Flow,
  parameters: Parameters,
  known: readonly CallKnowledge[],
  lines: number[],
): number {
  let mask = 0;
  const note = (pointer: number, position: number): void => {
    const k = parameters.constantOf(pointer);
    if (k < 0 || (parameters.pointers & (1 << k)) === 0) return;
    mask |= 1 << k;
    lines[k] ??= lineOf(position);
  };
  for (let at = 0; at < flow.ops.length; at += 4) {
    const x = flow.ops[at + 1] as number;
    const position = flow.ops[at + 3] as number;
    if (flow.ops[at] === Op.Deref) note(x, position);
    if (flow.ops[at] !== Op.Call) continue;
    const callee = known[x] ?? UNKNOWN_CALL;
    for (const [k, arg] of (flow.calls[x]?.args ?? []).entries()) {
      const isUsed = k < MAX_PARAMETERS && ((callee.dereferences | callee.mayDereference) & (1 << k)) !== 0;
      if (isUsed) note(pointerOf(flow, arg), position);
    }
  }
  return mask;
}

/** A macro that opens a block: a loop of its own, or another such macro. */
function blockOf(
  body: Body,
  parameters: Parameters,
  known: readonly CallKnowledge[],
  recorder: Recorder,
): Pick<Summary, 'block' | 'iterators'> {
  if (body.isLoop) return { block: 'loop', iterators: recorder.iterators() };
  const { flow } = body;
  if (!body.isMacro) return { block: 'none', iterators: [] };
  const last = flow.ops.length - 4;
  const value = flow.ops[last] === Op.Return ? stripCasts(flow, flow.ops[last + 1] as number) : 0;
  const call = flow.exprOp[value] === Expr.Result ? (flow.exprA[value] as number) : -1;
  const inner = known[call];
  if (inner === undefined || inner.block === 'none') return { block: 'none', iterators: [] };
  const iterators = inner.iterators.flatMap((iterator): Iterator[] => {
    const argument = parameters.of(flow.calls[call]?.args[iterator.argument] ?? 0);
    return argument < 0 ? [] : [{ ...iterator, argument }];
  });
  return { block: inner.block, iterators };
}

/** The parameters of a flow, and which of them never change. */
class Parameters {
  readonly flow: Flow;
  readonly count: number;
  /** Mask of parameters that are assigned, or whose address is taken. */
  changed = 0;
  /** Mask of parameters that are assigned by name. */
  assigned = 0;
  /** Mask of parameters that are pointers; of a macro all may be. */
  pointers = 0;
  /** Locals that a pointer parameter is assigned to somewhere. */
  readonly #holders = new Set<number>();
  /** Locals that are assigned once: the parameter that they are a copy of, -1 where it is none. */
  readonly #copies = new Map<number, number>();

  constructor(flow: Flow, isMacro: boolean) {
    this.flow = flow;
    let count = 0;
    for (const local of flow.locals) {
      if (!local.isParameter || count >= MAX_PARAMETERS) break;
      if (isMacro || isPointer(local.type)) this.pointers |= 1 << count;
      count++;
    }
    this.count = count;
    for (let at = 0; at < flow.ops.length; at += 4) {
      if (flow.ops[at] !== Op.Assign) continue;
      const target = flow.ops[at + 1] as number;
      const k = this.of(target);
      if (k >= 0) this.assigned |= 1 << k;
    }
    this.#findCopies();
    this.changed = this.assigned;
    for (let e = 1; e < flow.exprOp.length; e++) {
      if (flow.exprOp[e] !== Expr.Address) continue;
      const k = this.of(flow.exprA[e] as number);
      if (k >= 0) this.changed |= 1 << k;
    }
  }

  /** Parameters that other macros assign: `rht_entry(tpos, …)` in a loop over `tpos`. */
  noteAssigned(known: readonly CallKnowledge[]): void {
    for (const [call, callee] of known.entries()) {
      if (callee.assigns === 0) continue;
      for (const [n, arg] of this.flow.calls[call]?.args.entries() ?? []) {
        const k = n < MAX_PARAMETERS && (callee.assigns & (1 << n)) !== 0 ? this.of(arg) : -1;
        if (k >= 0) this.assigned |= 1 << k;
      }
    }
    this.changed |= this.assigned;
  }

  /** The parameter that an expression names, -1 where it names something else. */
  of(expression: number): number {
    const local = this.#local(expression);
    return local < this.count ? local : -1;
  }

  /** The same for parameters that never change, also by the name of a local that is a copy of one. */
  constantOf(expression: number): number {
    const local = this.#local(expression);
    const k = local >= this.count ? (this.#copies.get(local) ?? -1) : local;
    return k >= 0 && (this.changed & (1 << k)) === 0 ? k : -1;
  }

  /** Whether a local is a pointer parameter, or may hold one's value. */
  isPointerOrCopy(local: number): boolean {
    return local < this.count ? (this.pointers & (1 << local)) !== 0 : this.#holders.has(local);
  }

  #local(expression: number): number {
    const e = stripCasts(this.flow, expression);
    return this.flow.exprOp[e] === Expr.Local ? (this.flow.exprA[e] as number) : -1;
  }

  /** `head = (ptr)` in a macro or function where nothing else is ever assigned to head. */
  #findCopies(): void {
    for (let at = 0; at < this.flow.ops.length; at += 4) {
      if (this.flow.ops[at] !== Op.Assign) continue;
      const target = this.#local(this.flow.ops[at + 1] as number);
      if (target < this.count) continue;
      const source = this.of(this.flow.ops[at + 2] as number);
      if (source >= 0 && (this.pointers & (1 << source)) !== 0) this.#holders.add(target);
      this.#copies.set(target, this.#copies.has(target) ? -1 : source);
    }
  }

  lines(
    always: { mask: number; lines: readonly number[] },
    sometimes: readonly number[],
    may: number,
  ): number[] {
    if ((always.mask | may) === 0) return [];
    const lines: number[] = [];
    for (let k = 0; k < this.count; k++) {
      const bit = 1 << k;
      if ((always.mask & bit) !== 0) lines[k] = always.lines[k] ?? 0;
      else lines[k] = (may & bit) !== 0 ? (sometimes[k] ?? 0) : 0;
    }
    return lines;
  }
}

/** What the walk sees of the ways out. */
class Recorder implements Observer {
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
      if (value !== 0 && !(this.#body.isExpression && isLast)) {
        this.returnsFromUser++;
        this.returnedParameter = this.parameters.constantOf(value);
        return;
      }
      this.continues++;
    }
    for (let k = 0; k < this.parameters.count; k++) {
      this.#always[k] = (this.#always[k] ?? 0) | this.#entryBits(k, view);
    }
    for (let k = 0; k < this.parameters.count; k++) {
      if ((this.parameters.assigned & (1 << k)) === 0) continue;
      this.#afterwards[k] = (this.#afterwards[k] ?? 0) | (view.bits(this.#localOf[k] ?? 0) & ANY);
    }
    if (value === 0) return;
    const origin = view.originCall(value);
    if (origin >= 0 && this.known[origin]?.isFresh) this.isFresh = true;
    const bits = view.bits(value);
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
    const call = this.flow.calls[view.originCall(value)];
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

/** The parameter that every return gives back, -1 where there is none. */
function sameParameter(flow: Flow, parameters: Parameters, known: readonly CallKnowledge[]): number {
  let same = -1;
  for (let at = 0; at < flow.ops.length; at += 4) {
    const op = flow.ops[at];
    if (op === Op.End && flow.ops.length > 4) return -1;
    if (op !== Op.Return) continue;
    let e = stripCasts(flow, flow.ops[at + 1] as number);
    for (let steps = 0; flow.exprOp[e] === Expr.Result && steps < 8; steps++) {
      const call = flow.exprA[e] as number;
      const argument = known[call]?.same ?? -1;
      if (argument < 0) return -1;
      e = stripCasts(flow, flow.calls[call]?.args[argument] ?? 0);
    }
    const k = parameters.constantOf(e);
    if (k < 0 || (same >= 0 && same !== k)) return -1;
    same = k;
  }
  return same;
}

/** What is written, to whom, whatever the path. */
function scanEffects(
  flow: Flow,
  parameters: Parameters,
  known: readonly CallKnowledge[],
): Pick<Summary, 'writes' | 'modifies' | 'assigns'> {
  let writes = 0;
  let modifies = false;
  const store = (target: number): void => {
    let e = target;
    for (let steps = 0; steps < 64; steps++) {
      const op = flow.exprOp[e];
      if (op === Expr.Local || op === Expr.Temporary) return;
      if (op === Expr.Field) {
        e = flow.exprA[e] as number;
        continue;
      }
      modifies = true;
      if (op !== Expr.Arrow && op !== Expr.Deref && op !== Expr.Index) return;
      const k = parameters.of(flow.exprA[e] as number);
      if (k >= 0) writes |= 1 << k;
      return;
    }
  };
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] === Op.Assign) store(flow.ops[at + 1] as number);
    else if (flow.ops[at] === Op.Call) {
      const n = flow.ops[at + 1] as number;
      const callee = known[n] ?? UNKNOWN_CALL;
      if (callee.modifies) modifies = true;
      for (const [k, arg] of (flow.calls[n]?.args ?? []).entries()) {
        if (callee.writes !== -1 && (k >= MAX_PARAMETERS || (callee.writes & (1 << k)) === 0)) continue;
        const direct = parameters.of(arg);
        const behind = direct >= 0 ? direct : parameters.of(pointerOf(flow, arg));
        if (behind >= 0) writes |= 1 << behind;
      }
      if (callee.assigns !== 0)
        for (const [k, arg] of (flow.calls[n]?.args ?? []).entries())
          if (k < MAX_PARAMETERS && (callee.assigns & (1 << k)) !== 0) store(arg);
    }
  }
  return { writes, modifies, assigns: parameters.assigned };
}

/** Used by one summary at a time. */
const successors = new Successors();

/** Parameters that are dereferenced whichever way the function is left; a must-analysis over blocks. */
function dereferencedAlways(
  flow: Flow,
  parameters: Parameters,
  known: readonly CallKnowledge[],
): { mask: number; lines: number[] } {
  const lines: number[] = [];
  const candidates = parameters.pointers & ~parameters.changed;
  if (candidates === 0) return { mask: 0, lines };
  const blocks = flow.blocks.length;
  const own = new Int32Array(blocks);
  const ends = new Uint8Array(blocks);
  const note = (block: number, pointer: number, position: number): void => {
    const k = parameters.constantOf(pointer);
    if (k < 0 || (candidates & (1 << k)) === 0) return;
    own[block] = (own[block] as number) | (1 << k);
    lines[k] ??= lineOf(position);
  };
  for (let block = 0; block < blocks; block++) {
    for (let i = flow.blocks[block] as number; i < endOfBlock(flow, block); i++) {
      const x = flow.ops[i * 4 + 1] as number;
      const position = flow.ops[i * 4 + 3] as number;
      switch (flow.ops[i * 4]) {
        case Op.Deref:
          note(block, x, position);
          break;
        case Op.Call: {
          const callee = known[x] ?? UNKNOWN_CALL;
          if (callee.noReturn) ends[block] = 1;
          if (callee.dereferences === 0) break;
          for (const [k, arg] of (flow.calls[x]?.args ?? []).entries())
            if (k < MAX_PARAMETERS && (callee.dereferences & (1 << k)) !== 0)
              note(block, pointerOf(flow, arg), position);
          break;
        }
        case Op.Return:
        case Op.End:
          if (ends[block] === 0) ends[block] = 2;
          break;
      }
    }
  }
  // What is certain at the entry of a block: everything, until a way in says otherwise.
  const entry = new Int32Array(blocks).fill(candidates);
  entry[0] = 0;
  successors.build(flow);
  for (let changed = blocks > 1; changed; ) {
    changed = false;
    for (let block = 0; block < blocks; block++) {
      if (ends[block] === 1) continue;
      const out = (entry[block] as number) | (own[block] as number);
      for (let at = successors.start(block); at < successors.start(block + 1); at++) {
        const next = successors.target(at);
        const met = (entry[next] as number) & out;
        if (met !== entry[next]) {
          entry[next] = met;
          changed = true;
        }
      }
    }
  }
  let mask = candidates;
  let leaves = false;
  for (let block = 0; block < blocks; block++) {
    if (ends[block] !== 2) continue;
    leaves = true;
    mask &= (entry[block] as number) | (own[block] as number);
  }
  return { mask: leaves ? mask : 0, lines };
}
