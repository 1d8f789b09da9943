/** Whether a flag, a parameter or the context decides that a place in a function is reached. */
import { Operator } from '../../c/ast.ts';
import { Expr, type Flow, Op } from '../../c/flow.ts';
import { branchCondition, endOfBlock, Successors } from '../../c/flow-blocks.ts';
import { isPointer } from '../../c/types.ts';
import { WARNINGS } from '../../kernel/pointers.ts';
import { contextTests, SLEEPING_KIND } from '../../kernel/waits.ts';
import { calleeName, isParameter } from '../flow-expressions.ts';
import { type Condition, testOf } from './condition.ts';

const MAX_BRANCHES = 64;

/** `is_tx(c)`: a question about what the caller passes. */
const ASKS = /(?:^|_)(?:is|has|can|should|want|wants|needs)(?:_|$)/;

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

/** A branch of which one side, 0 where its condition is true, says something of those that come to it. */
interface OneSided {
  /** The block that it ends. */
  readonly branch: number;
  readonly side: 0 | 1;
}

type SideOf = (flow: Flow, condition: number) => 0 | 1 | undefined;

const oneSided = (flow: Flow, sideOf: SideOf): readonly OneSided[] =>
  [...flow.blocks.keys()].flatMap((branch) => {
    const condition = branchCondition(flow, branch);
    const side = condition === undefined ? undefined : sideOf(flow, condition);
    return side === undefined ? [] : [{ branch, side }];
  });

/**
 * `if (!node) …`: for callers that pass NULL. `if (ops->f) return ops->f(x); …`: where the operation is left out.
 */
const missingSide: SideOf = (flow, e) => (isParameter(flow, e) || isOperation(flow, e) ? 1 : undefined);

/** `if (vif->type == DEVICE) …`: for one kind of objects. All but one are no kind. */
const kindSide: SideOf = (flow, e) => {
  const operator = flow.exprOp[e] === Expr.Binary ? flow.exprC[e] : undefined;
  if (operator !== Operator.Equal && operator !== Operator.NotEqual) return undefined;
  // Compared with an enumerator or a macro.
  if (flow.exprOp[flow.exprB[e] as number] !== Expr.Global || !isKind(flow, flow.exprA[e] as number))
    return undefined;
  return operator === Operator.Equal ? 0 : 1;
};

/** `if (WARN_ON(…)) …`: where something is wrong already. */
const wrongSide: SideOf = (flow, condition) => {
  const isNot = flow.exprOp[condition] === Expr.Unary && flow.exprC[condition] === Operator.Not;
  const e = isNot ? (flow.exprA[condition] as number) : condition;
  if (flow.exprOp[e] !== Expr.Result || !WARNINGS.test(calleeName(flow, flow.exprA[e] as number)))
    return undefined;
  return isNot ? 1 : 0;
};

/** Answers, for instructions of one flow, whether reaching them depends on a deciding test. */
export class Conditions {
  readonly #flow: Flow;
  #edges: Successors | undefined;
  #branches: number[] | undefined;
  #missingTests: readonly OneSided[] | undefined;
  #kindTests: readonly OneSided[] | undefined;
  #complaintTests: readonly OneSided[] | undefined;
  /** By block. */
  readonly #deciders = new Map<number, readonly number[]>();

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
    const condition = branchCondition(this.#flow, branch);
    if (others.length > 0 || condition === undefined) return true;
    const [yes, no] = this.#successors.of(branch);
    if (yes === undefined || no === undefined) return true;
    return testOf(this.#flow, condition, this.#reaches(yes, block, branch)) ?? true;
  }

  /** The tests that decide whether `block` runs, by the block that each ends. */
  #decidersOf(block: number): readonly number[] {
    let deciders = this.#deciders.get(block);
    if (deciders === undefined) {
      deciders = [
        ...this.#ledBy(this.#missing, block),
        ...this.#ledBy(this.#complaints, block),
        ...this.#ledBy(this.#kinds, block),
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
      const condition = branchCondition(flow, branch);
      if (branch === block || condition === undefined) return [];
      const ways = this.#successors.of(branch);
      const leading = ways.filter((way) => this.#reaches(way, block, branch));
      return leading.length === 1 ? [[branch, condition] as const] : [];
    });
  }

  /** Whether a block runs only where something is wrong already. */
  isComplaint(block: number): boolean {
    return this.#ledBy(this.#complaints, block).length > 0;
  }

  /** Those of the tests one side of which leads to a block, and the other does not, by the block that each ends. */
  #ledBy(tests: readonly OneSided[], block: number): readonly number[] {
    return tests.flatMap(({ branch, side }) => {
      const ways = this.#successors.of(branch);
      const [to, other] = [ways[side], ways[1 - side]];
      if (branch === block || to === undefined || other === undefined) return [];
      return this.#reaches(to, block, branch) && !this.#reaches(other, block, branch) ? [branch] : [];
    });
  }

  get #missing(): readonly OneSided[] {
    this.#missingTests ??= oneSided(this.#flow, missingSide).slice(0, MAX_BRANCHES);
    return this.#missingTests;
  }

  get #kinds(): readonly OneSided[] {
    this.#kindTests ??= oneSided(this.#flow, kindSide).slice(0, MAX_BRANCHES);
    return this.#kindTests;
  }

  get #complaints(): readonly OneSided[] {
    this.#complaintTests ??= oneSided(this.#flow, wrongSide);
    return this.#complaintTests;
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
