/** What a value hangs on at compile time: parameters of its function, and whether only the running program knows it. */
import { Expr, type Flow, Op } from '../../c/flow.ts';
import { hasLoop } from '../../c/flow-blocks.ts';
import type { Effects } from '../../effects/effects.ts';
import { calleeName } from '../../effects/flow-expressions.ts';
import { COMPILER_ANSWERS, CONSTANT_TESTS } from '../../kernel/assertions.ts';

export interface Dependence {
  /** Mask of the parameters: the compiler knows the value where it knows these. */
  readonly parameters: number;
  /** Known when the program runs, as far as can be seen: from a table, from asm, changed in a loop. */
  readonly isRuntime: boolean;
  /** Surely so: read through a pointer, or returned by a function that is not expanded in place. */
  readonly isRead: boolean;
  /** A function that is expanded in place made it. */
  readonly isComputed: boolean;
}

export const CONSTANT: Dependence = { parameters: 0, isRuntime: false, isRead: false, isComputed: false };
const RUNTIME: Dependence = { ...CONSTANT, isRuntime: true };
const READ: Dependence = { ...RUNTIME, isRead: true };

/** Parameters beyond this have no bit in a mask. */
const MAX_PARAMETERS = 31;
/** Calls in calls whose results are followed. */
const MAX_DEPTH = 6;

export const union = (a: Dependence, b: Dependence): Dependence =>
  a === CONSTANT || a === b
    ? b
    : {
        parameters: a.parameters | b.parameters,
        isRuntime: a.isRuntime || b.isRuntime,
        isRead: a.isRead || b.isRead,
        isComputed: a.isComputed || b.isComputed,
      };

/** The body of a function or macro. */
export interface Body {
  readonly id: string;
  readonly path: string;
  readonly name: string;
  readonly isMacro: boolean;
  readonly flow: Flow;
}

/** The results of calls, each function and macro looked at once. */
export class Results {
  readonly #effects: Effects;
  readonly #known = new Map<string, Dependence>();
  #depth = 0;

  constructor(effects: Effects) {
    this.#effects = effects;
  }

  /** The body that a call of `name` in a file is replaced by: a macro's, an inline function's, one of the same file. */
  expanded(name: string, from: string): Body | undefined {
    const { macro, functions } = this.#effects.meaning(name, from);
    if (macro?.fact.flow !== undefined)
      return { id: macro.id, path: macro.path, name, isMacro: true, flow: macro.fact.flow };
    const [ref, other] = functions;
    if (ref === undefined || other !== undefined) return undefined;
    const isNear = ref.fact.isInline || (ref.fact.isStatic && ref.path === from);
    const flow = isNear ? ref.fact.flow : undefined;
    return flow === undefined ? undefined : { id: ref.id, path: ref.path, name, isMacro: false, flow };
  }

  /** What the result of a body hangs on. */
  of(body: Body): Dependence {
    let known = this.#known.get(body.id);
    if (known === undefined) {
      if (this.#depth >= MAX_DEPTH) return RUNTIME;
      // Recursion is no way to a constant.
      this.#known.set(body.id, RUNTIME);
      this.#depth++;
      known = this.#make(body);
      this.#depth--;
      this.#known.set(body.id, known);
    }
    return known;
  }

  #make({ flow, path }: Body): Dependence {
    const values = new Dependences(this, this.#effects, flow, path);
    let made = CONSTANT;
    for (let at = 0; at < flow.ops.length && !made.isRuntime; at += 4) {
      const x = flow.ops[at + 1] as number;
      const op = flow.ops[at];
      if (op === Op.Return) made = union(made, values.of(x));
      else if (op === Op.Branch) made = union(made, values.of(flow.branches[x * 3] as number));
      else if (op === Op.Switch) made = union(made, values.of(flow.switches[x]?.value ?? 0));
    }
    return made;
  }
}

/** The values of one body. */
export class Dependences {
  readonly #results: Results;
  readonly #effects: Effects;
  readonly #flow: Flow;
  readonly #path: string;
  readonly #known = new Map<number, Dependence>();
  #assigned: Map<number, number[]> | undefined;
  readonly #hidden = new Set<number>();
  #hasLoop = false;

  constructor(results: Results, effects: Effects, flow: Flow, path: string) {
    this.#results = results;
    this.#effects = effects;
    this.#flow = flow;
    this.#path = path;
  }

  of(expression: number): Dependence {
    const known = this.#known.get(expression);
    if (known !== undefined) return known;
    // What is made of itself changes from turn to turn of a loop; elsewhere (x |= y) it adds nothing.
    this.#readAssignments();
    this.#known.set(expression, this.#hasLoop ? RUNTIME : CONSTANT);
    const made = this.#make(expression);
    this.#known.set(expression, made);
    return made;
  }

  #make(e: number): Dependence {
    const { exprOp, exprA, exprB } = this.#flow;
    const a = exprA[e] as number;
    switch (exprOp[e]) {
      case Expr.Absent:
      case Expr.Integer:
      case Expr.String:
      case Expr.Type:
      case Expr.Address:
      case Expr.Label:
      case Expr.Sizeof:
        return CONSTANT;
      case Expr.Local:
        return this.#local(e, a);
      case Expr.Temporary:
        return this.#assignedTo(e);
      case Expr.Global:
        return this.#global(this.#flow.names[a] as string);
      case Expr.Field:
      case Expr.Cast:
      case Expr.Unary:
        return this.of(a);
      case Expr.Binary:
        return this.#binary(e, a, exprB[e] as number);
      case Expr.Initializer:
        return this.#initializer(a, exprB[e] as number);
      case Expr.Arrow:
      case Expr.Deref:
        return READ;
      case Expr.Result:
        return this.#result(a);
      default:
        return RUNTIME;
    }
  }

  #local(e: number, local: number): Dependence {
    if (this.#hidden.has(e)) return RUNTIME;
    const { isParameter = false, isStatic = false } = this.#flow.locals[local] ?? {};
    if (!isParameter) return isStatic ? RUNTIME : this.#assignedTo(e);
    const own = local < MAX_PARAMETERS ? { ...CONSTANT, parameters: 1 << local } : RUNTIME;
    return this.#assigned?.has(e) ? union(own, this.#assignedTo(e)) : own;
  }

  #assignedTo(e: number): Dependence {
    const values = this.#assigned?.get(e);
    if (values === undefined) return RUNTIME;
    return values.reduce((made, value) => union(made, this.of(value)), CONSTANT);
  }

  #initializer(first: number, pairs: number): Dependence {
    let made = CONSTANT;
    for (let k = 0; k < pairs; k++)
      made = union(made, this.of(this.#flow.lists[first + k * 2 + 1] as number));
    return made;
  }

  /** Macros, enumerators and functions are constants; variables are not. */
  #global(name: string): Dependence {
    const { program } = this.#effects;
    if (program.macro(name, this.#path) !== undefined) return CONSTANT;
    return program.global(name, this.#path) === undefined ? CONSTANT : RUNTIME;
  }

  /** In what is not evaluated, a call is the callee followed by its arguments. */
  #binary(e: number, a: number, b: number): Dependence {
    const { exprOp, exprA, exprB, exprC, names } = this.#flow;
    const args = [b];
    let first = a;
    if (exprC[e] === 0)
      for (; exprOp[first] === Expr.Binary && exprC[first] === 0; first = exprA[first] as number)
        args.unshift(exprB[first] as number);
    if (exprC[e] !== 0 || exprOp[first] !== Expr.Global) return union(this.of(a), this.of(b));
    return this.#called(names[exprA[first] as number] as string, args);
  }

  #result(call: number): Dependence {
    const name = calleeName(this.#flow, call);
    return name === '' ? READ : this.#called(name, this.#flow.calls[call]?.args ?? []);
  }

  #called(name: string, args: readonly number[]): Dependence {
    const all = () => args.reduce((made, arg) => union(made, this.of(arg)), CONSTANT);
    if (COMPILER_ANSWERS.has(name) || CONSTANT_TESTS.has(name)) return CONSTANT;
    if (name.startsWith('__builtin_')) return all();
    const body = this.#results.expanded(name, this.#path);
    if (body === undefined) {
      const { macro, functions } = this.#effects.meaning(name, this.#path);
      if (macro !== undefined) return all();
      const isElsewhere =
        functions.length === 0
          ? this.#effects.program.prototype(name, this.#path) !== undefined
          : functions.some(({ fact }) => !fact.isInline);
      return isElsewhere ? READ : RUNTIME;
    }
    const { parameters, isRuntime } = this.#results.of(body);
    if (isRuntime) return RUNTIME;
    const made = args.reduce(
      (so, arg, k) => ((parameters & (1 << k)) === 0 ? so : union(so, this.of(arg))),
      CONSTANT,
    );
    return body.isMacro || made.parameters === 0 ? made : { ...made, isComputed: true };
  }

  #readAssignments(): void {
    if (this.#assigned !== undefined) return;
    const flow = this.#flow;
    const assigned = new Map<number, number[]>();
    this.#assigned = assigned;
    for (let at = 0; at < flow.ops.length; at += 4) {
      const x = flow.ops[at + 1] as number;
      const y = flow.ops[at + 2] as number;
      if (flow.ops[at] === Op.Asm) for (const e of flow.lists.subarray(x, x + y)) this.#hidden.add(e);
      if (flow.ops[at] !== Op.Assign) continue;
      const values = assigned.get(x);
      if (values === undefined) assigned.set(x, [y]);
      else values.push(y);
    }
    for (let e = 1; e < flow.exprOp.length; e++) {
      if (flow.exprOp[e] !== Expr.Address) continue;
      let place = flow.exprA[e] as number;
      while (flow.exprOp[place] === Expr.Field) place = flow.exprA[place] as number;
      this.#hidden.add(place);
    }
    this.#hasLoop = hasLoop(flow);
  }
}
