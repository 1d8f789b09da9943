/** Whether a flag, a parameter or the context decides that a place in a function is reached. */
import { Operator } from '../../c/ast.ts';
import { Expr, type Flow, Op } from '../../c/flow.ts';
import { endOfBlock, Successors } from '../../c/flow-blocks.ts';
import { isPointer } from '../../c/types.ts';
import { WARNINGS } from '../../kernel/pointers.ts';
import { contextTests, SLEEPING_KIND } from '../../kernel/waits.ts';
import { calleeName } from '../flow-expressions.ts';
import { type Condition, testOf } from './condition.ts';

const MAX_BRANCHES = 64;

/** `is_tx(c)`: a question about what the caller passes. */
const ASKS = /(?:^|_)(?:is|has|can|should|want|wants|needs)(?:_|$)/;

const isParameter = (flow: Flow, e: number): boolean =>
  flow.exprOp[e] === Expr.Local && flow.locals[flow.exprA[e] as number]?.isParameter === true;

/** A function pointer that lies in an object, and that the function calls. */
const isOperation = (flow: Flow, e: number): boolean =>
  (flow.exprOp[e] === Expr.Arrow || flow.exprOp[e] === Expr.Field) &&
  flow.calls.some(({ callee }) => callee === e);

/** `args->flags`, `request.mode`: what a caller says by a member of what it passes. Other members are state. */
function isFlagsOfParameter(flow: Flow, e: number): boolean {
  const op = flow.exprOp[e];
  if (op !== Expr.Arrow && op !== Expr.Field) return false;
  if (!/flags$|mode$|gfp|mask$/.test(flow.names[flow.exprB[e] as number] ?? '')) return false;
  return isParameter(flow, flow.exprA[e] as number);
}

/** `vif->type`: which operations an object comes to goes by its kind, and callers know that. */
function isKind(flow: Flow, e: number): boolean {
  const op = flow.exprOp[e];
  if (op === Expr.Cast) return isKind(flow, flow.exprA[e] as number);
  return (
    (op === Expr.Arrow || op === Expr.Field) &&
    /(?:^|_)(?:type|kind|role)$/.test(flow.names[flow.exprB[e] as number] ?? '')
  );
}

/** Whether such a kind is compared, with an enumerator or a macro. */
const isOfKind = (flow: Flow, e: number): boolean =>
  flow.exprOp[e] === Expr.Binary &&
  (flow.exprC[e] === Operator.Equal || flow.exprC[e] === Operator.NotEqual) &&
  flow.exprOp[flow.exprB[e] as number] === Expr.Global &&
  isKind(flow, flow.exprA[e] as number);

/** Answers, for instructions of one flow, whether reaching them depends on a deciding test. */
export class Conditions {
  readonly #flow: Flow;
  #edges: Successors | undefined;
  #branches: number[] | undefined;
  /** Blocks that end with a test of a parameter, or of an operation that is called then. */
  #pointers: number[] | undefined;
  /** Blocks that end with a comparison of an object's kind. */
  #ofKinds: readonly number[] | undefined;
  /** By block. */
  readonly #deciders = new Map<number, readonly number[]>();
  #warned: readonly { branch: number; isNot: boolean }[] | undefined;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  get #successors(): Successors {
    this.#edges ??= new Successors().build(this.#flow);
    return this.#edges;
  }

  get #deciding(): number[] {
    this.#branches ??= [...this.#flow.blocks.keys()]
      .filter((block) => this.#decides(block))
      .slice(0, MAX_BRANCHES);
    return this.#branches;
  }

  /**
   * True where some test of a flag, of a parameter that is no pointer, or of the context decides whether `block` runs.
   * What decides whether the block `after` runs too is left out: on a path that has come through that, it is decided.
   */
  isConditional(block: number, after?: number): boolean {
    const branches = this.#decidersOf(block);
    if (branches.length === 0 || after === undefined) return branches.length > 0;
    const passed = this.#decidersOf(after);
    return branches.some((branch) => !passed.includes(branch));
  }

  /** Under which condition `block` runs, in words of the parameters where one test of one decides. */
  conditionOf(block: number): Condition {
    const [branch, ...others] = new Set(this.#decidersOf(block));
    if (branch === undefined) return false;
    const flow = this.#flow;
    const last = (endOfBlock(flow, branch) - 1) * 4;
    if (others.length > 0 || flow.ops[last] !== Op.Branch) return true;
    const [yes, no] = this.#successors.of(branch);
    if (yes === undefined || no === undefined) return true;
    const condition = flow.branches[(flow.ops[last + 1] as number) * 3] as number;
    return testOf(flow, condition, this.#reaches(yes, block, branch)) ?? true;
  }

  /** The tests that decide whether `block` runs, by the block that each ends. */
  #decidersOf(block: number): readonly number[] {
    let deciders = this.#deciders.get(block);
    if (deciders === undefined) {
      deciders = [
        ...this.#missingParameters(block),
        ...this.#complaints(block),
        ...this.#kinds(block),
        ...this.#deciding.filter((branch) => this.#isDecidedBy(branch, block)),
      ];
      this.#deciders.set(block, deciders);
    }
    return deciders;
  }

  #isDecidedBy(branch: number, block: number): boolean {
    if (branch === block) return false;
    const ways = [...this.#successors.of(branch)];
    const leading = ways.filter((way) => this.#reaches(way, block, branch));
    return leading.length > 0 && leading.length < ways.length;
  }

  /** All branches, by their block, one way of which leads to `block` and the other does not, with their conditions. */
  decidingFor(block: number): readonly (readonly [branch: number, condition: number])[] {
    const flow = this.#flow;
    return [...flow.blocks.keys()].flatMap((branch) => {
      const last = (endOfBlock(flow, branch) - 1) * 4;
      if (branch === block || flow.ops[last] !== Op.Branch) return [];
      const ways = this.#successors.of(branch);
      const leading = ways.filter((way) => this.#reaches(way, block, branch));
      if (leading.length !== 1) return [];
      return [[branch, flow.branches[(flow.ops[last + 1] as number) * 3] as number] as const];
    });
  }

  /**
   * `if (!node) …`: the block runs only for callers that pass NULL. `if (ops->f) return ops->f(x); …`: it runs only
   * where the operation is left out.
   */
  #missingParameters(block: number): readonly number[] {
    return this.#parameterTests.filter((branch) => {
      if (branch === block) return false;
      const [given, missing] = this.#successors.of(branch);
      if (given === undefined || missing === undefined) return false;
      return this.#reaches(missing, block, branch) && !this.#reaches(given, block, branch);
    });
  }

  /** `if (vif->type == DEVICE) …`: the block runs only for one kind of objects. All but one are no kind. */
  #kinds(block: number): readonly number[] {
    const flow = this.#flow;
    return this.#kindTests.filter((branch) => {
      const [yes, no] = this.#successors.of(branch);
      if (branch === block || yes === undefined || no === undefined) return false;
      const last = (endOfBlock(flow, branch) - 1) * 4;
      const condition = flow.branches[(flow.ops[last + 1] as number) * 3] as number;
      const [same, other] = flow.exprC[condition] === Operator.Equal ? [yes, no] : [no, yes];
      return this.#reaches(same, block, branch) && !this.#reaches(other, block, branch);
    });
  }

  get #kindTests(): readonly number[] {
    const flow = this.#flow;
    this.#ofKinds ??= [...flow.blocks.keys()]
      .filter((block) => {
        const last = (endOfBlock(flow, block) - 1) * 4;
        if (flow.ops[last] !== Op.Branch) return false;
        return isOfKind(flow, flow.branches[(flow.ops[last + 1] as number) * 3] as number);
      })
      .slice(0, MAX_BRANCHES);
    return this.#ofKinds;
  }

  /** Whether a block runs only where something is wrong already. */
  isComplaint(block: number): boolean {
    return this.#complaints(block).length > 0;
  }

  /** `if (WARN_ON(…)) …`: the block runs only where something is wrong already. */
  #complaints(block: number): readonly number[] {
    return this.#warnings.flatMap(({ branch, isNot }) => {
      const ways = [...this.#successors.of(branch)];
      const [wrong, right] = isNot ? [ways[1], ways[0]] : ways;
      if (branch === block || wrong === undefined || right === undefined) return [];
      const runs = this.#reaches(wrong, block, branch) && !this.#reaches(right, block, branch);
      return runs ? [branch] : [];
    });
  }

  /** Blocks that end with the question whether something had to be warned of, or `isNot` with the opposite. */
  get #warnings(): readonly { branch: number; isNot: boolean }[] {
    const flow = this.#flow;
    this.#warned ??= [...flow.blocks.keys()].flatMap((branch) => {
      const last = (endOfBlock(flow, branch) - 1) * 4;
      if (flow.ops[last] !== Op.Branch) return [];
      const condition = flow.branches[(flow.ops[last + 1] as number) * 3] as number;
      const isNot = flow.exprOp[condition] === Expr.Unary && flow.exprC[condition] === Operator.Not;
      const e = isNot ? (flow.exprA[condition] as number) : condition;
      if (flow.exprOp[e] !== Expr.Result) return [];
      return WARNINGS.test(calleeName(flow, flow.exprA[e] as number)) ? [{ branch, isNot }] : [];
    });
    return this.#warned;
  }

  get #parameterTests(): readonly number[] {
    const flow = this.#flow;
    this.#pointers ??= [...flow.blocks.keys()]
      .filter((block) => {
        const last = (endOfBlock(flow, block) - 1) * 4;
        if (flow.ops[last] !== Op.Branch) return false;
        const tested = flow.branches[(flow.ops[last + 1] as number) * 3] as number;
        return isParameter(flow, tested) || isOperation(flow, tested);
      })
      .slice(0, MAX_BRANCHES);
    return this.#pointers;
  }

  #decides(block: number): boolean {
    const flow = this.#flow;
    const last = (endOfBlock(flow, block) - 1) * 4;
    const index = flow.ops[last + 1] as number;
    let stack: number[];
    if (flow.ops[last] === Op.Switch) {
      stack = [flow.switches[index]?.value ?? 0];
      if (isKind(flow, stack[0] as number)) return true;
    } else if (flow.ops[last] === Op.Branch) stack = [flow.branches[index * 3] as number];
    else return false;
    for (let steps = 0; stack.length > 0 && steps < 32; steps++) {
      const e = stack.pop() as number;
      const a = flow.exprA[e] as number;
      switch (flow.exprOp[e]) {
        case Expr.Local: {
          const local = flow.locals[a];
          if (local?.isParameter === true && !isPointer(local.type)) return true;
          if (local?.type === 'bool' || local?.type === '_Bool') return true;
          break;
        }
        case Expr.Result: {
          const { args = [] } = flow.calls[a] ?? {};
          const name = calleeName(flow, a);
          if (contextTests.has(name)) return true;
          if (ASKS.test(name) && args.length === 1 && flow.exprOp[args[0] as number] === Expr.Local)
            return true;
          break;
        }
        case Expr.Binary:
          if (flow.exprC[e] === Operator.And && isFlagsOfParameter(flow, a)) return true;
          stack.push(a, flow.exprB[e] as number);
          break;
        case Expr.Arrow:
        case Expr.Field:
          if (SLEEPING_KIND.test(flow.names[flow.exprB[e] as number] ?? '')) return true;
          break;
        case Expr.Unary:
        case Expr.Cast:
          stack.push(a);
          break;
      }
    }
    return false;
  }

  #reaches(from: number, to: number, without: number): boolean {
    const seen = new Set([without]);
    const stack = [from];
    while (stack.length > 0) {
      const block = stack.pop() as number;
      if (block === to) return true;
      if (seen.has(block)) continue;
      seen.add(block);
      stack.push(...this.#successors.of(block));
    }
    return false;
  }
}
