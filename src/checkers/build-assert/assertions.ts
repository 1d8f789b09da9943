/** The compile-time assertions of a body, its own and those of what is expanded in it, and what they hang on. */

import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import { blockOf } from '../../c/flow-blocks.ts';
import type { Effects } from '../../effects/effects.ts';
import { calleeName } from '../../effects/flow-expressions.ts';
import { ASSERTIONS, CONSTANT_TESTS, ERROR_ATTRIBUTES } from '../../kernel/assertions.ts';
import type { Step } from '../checker.ts';
import { askedOf } from './condition.ts';
import { decidingValues } from './deciding.ts';
import { type Body, CONSTANT, type Dependence, Dependences, Results, union } from './dependence.ts';

/** One assertion, as a body sees it. */
export interface Asserted {
  /** Name of the assertion that is written out: 'BUILD_BUG_ON'. */
  readonly name: string;
  /** Name of what is called here: the assertion, or the macro or function that makes it. */
  readonly called: string;
  readonly isFunction: boolean;
  readonly position: number;
  readonly dependence: Dependence;
  /** Only reached where __builtin_constant_p() says that the value is known. */
  readonly isGuarded: boolean;
  /** From the call here to the assertion. */
  readonly trace: readonly Step[];
}

/** Macros in macros, inline functions in inline functions. */
const MAX_DEPTH = 8;
const MAX_TRACE = 8;

export class Assertions {
  readonly #effects: Effects;
  readonly #results: Results;
  readonly #known = new Map<string, readonly Asserted[]>();
  readonly #constancy = new Map<string, boolean>();
  #depth = 0;

  constructor(effects: Effects) {
    this.#effects = effects;
    this.#results = new Results(effects);
  }

  /** The assertions of a body that hang on something. */
  of(body: Body): readonly Asserted[] {
    let known = this.#known.get(body.id);
    if (known === undefined) {
      if (this.#depth >= MAX_DEPTH) return [];
      this.#known.set(body.id, []);
      this.#depth++;
      known = this.#make(body);
      this.#depth--;
      this.#known.set(body.id, known);
    }
    return known;
  }

  #make(body: Body): readonly Asserted[] {
    const { flow, path, name } = body;
    const found: Asserted[] = [];
    let values: Dependences | undefined;
    for (let at = 0; at < flow.ops.length; at += 4) {
      if (flow.ops[at] !== Op.Call) continue;
      const call = flow.ops[at + 1] as number;
      const called = calleeName(flow, call);
      if (called === '' || CONSTANT_TESTS.has(called)) continue;
      const asked = this.#askedBy(flow, call, called, path);
      if (asked.length === 0) continue;
      values ??= new Dependences(this.#results, this.#effects, flow, path);
      const position = flow.ops[at + 3] as number;
      const step: Step = { path, line: lineOf(position), function: name, text: `${called}() is used here` };
      const deciding = decidingValues(flow, blockOf(flow, at / 4));
      const isGuarded = deciding.some((value) => this.#isConstancyTest(flow, value, path));
      for (const { expressions, assertion, isFunction, trace } of asked) {
        const dependence =
          expressions === 'unreached' ? decided(values, deciding) : hangsOn(values, expressions);
        if (dependence.parameters === 0 && !dependence.isRuntime) continue;
        const steps = [step, ...trace].slice(0, MAX_TRACE);
        found.push({ name: assertion, called, isFunction, position, dependence, isGuarded, trace: steps });
      }
    }
    return found;
  }

  /** What a call asks to be constant. */
  #askedBy(flow: Flow, call: number, called: string, path: string): readonly Asked[] {
    const args = flow.calls[call]?.args ?? [];
    const own = { assertion: called, isFunction: false, trace: [] };
    const assertion = ASSERTIONS.get(called);
    if (assertion === 'unreached') return [{ ...own, expressions: 'unreached' }];
    if (assertion !== undefined) {
      const argument = args[0] ?? 0;
      const condition = flow.exprOp[argument] === Expr.Sizeof ? (flow.exprA[argument] as number) : 0;
      if (condition === 0) return [];
      const expressions = askedOf(flow, condition, assertion === 'false');
      return [{ ...own, expressions: expressions === 'fails' ? 'unreached' : expressions }];
    }
    const { macro, functions } = this.#effects.meaning(called, path);
    const [ref, other] = functions;
    if (macro === undefined && ref === undefined) {
      const { attributes = [] } = this.#effects.program.prototype(called, path) ?? {};
      const isError = attributes.some((attribute) => ERROR_ATTRIBUTES.has(attribute.name));
      return isError ? [{ ...own, expressions: 'unreached' }] : [];
    }
    const isFunction = macro === undefined;
    if (isFunction && (!ref?.fact.alwaysInline || other !== undefined)) return [];
    const body = this.#results.expanded(called, path);
    // An argument may be a macro that stands for several.
    if (body === undefined || args.length < (macro?.fact.parameters?.length ?? 0)) return [];
    return this.of(body)
      .filter(({ isGuarded, dependence }) => !isGuarded && !dependence.isRuntime)
      .map(({ name, dependence, trace }) => ({
        expressions: args.filter((_, k) => (dependence.parameters & (1 << k)) !== 0),
        assertion: name,
        isFunction,
        trace,
      }));
  }

  /** Whether a condition asks what the compiler knows: __builtin_constant_p() itself, or a macro that uses it. */
  #isConstancyTest(flow: Flow, value: number, path: string, depth = 0): boolean {
    if (depth > 8) return false;
    const a = flow.exprA[value] as number;
    switch (flow.exprOp[value]) {
      case Expr.Unary:
      case Expr.Cast:
        return this.#isConstancyTest(flow, a, path, depth + 1);
      case Expr.Binary:
        return (
          this.#isConstancyTest(flow, a, path, depth + 1) ||
          this.#isConstancyTest(flow, flow.exprB[value] as number, path, depth + 1)
        );
      case Expr.Local:
      case Expr.Temporary:
        for (let at = 0; at < flow.ops.length; at += 4) {
          if (flow.ops[at] !== Op.Assign || flow.ops[at + 1] !== value) continue;
          if (this.#isConstancyTest(flow, flow.ops[at + 2] as number, path, depth + 1)) return true;
        }
        return false;
      case Expr.Result:
        return this.#testsConstancy(calleeName(flow, a), path);
      default:
        return false;
    }
  }

  #testsConstancy(name: string, path: string): boolean {
    if (CONSTANT_TESTS.has(name)) return true;
    const body = name === '' ? undefined : this.#results.expanded(name, path);
    if (body === undefined) return false;
    let known = this.#constancy.get(body.id);
    if (known === undefined) {
      this.#constancy.set(body.id, false);
      known = body.flow.calls.some((_, call) => this.#testsConstancy(calleeName(body.flow, call), body.path));
      this.#constancy.set(body.id, known);
    }
    return known;
  }
}

interface Asked {
  /** All of them must be constants; 'unreached': the call itself must be dead code. */
  readonly expressions: readonly number[] | 'unreached';
  readonly assertion: string;
  readonly isFunction: boolean;
  readonly trace: readonly Step[];
}

const hangsOn = (values: Dependences, expressions: readonly number[]): Dependence =>
  expressions.reduce((made, e) => union(made, values.of(e)), CONSTANT);

/** A call is dead where one of the decisions on the way is made at compile time: by the configuration, or by parameters. */
function decided(values: Dependences, deciding: readonly number[]): Dependence {
  let parameters = 0;
  for (const value of deciding) {
    const on = values.of(value);
    if (on.isRuntime) continue;
    if (on.parameters === 0) return CONSTANT;
    parameters |= on.parameters;
  }
  return { ...CONSTANT, parameters };
}
