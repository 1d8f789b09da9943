/** Whether a flag, a parameter or the context decides that a place in a function is reached. */
import { Operator } from '../../c/ast.ts';
import { Expr, type Flow, Op } from '../../c/flow.ts';
import { endOfBlock, Successors } from '../../c/flow-blocks.ts';
import { isPointer } from '../../c/types.ts';
import { contextTests } from '../../kernel/waits.ts';

const MAX_BRANCHES = 64;

/** `args->flags`, `request.mode`: what a caller says by a member of what it passes. Other members are state. */
function isFlagsOfParameter(flow: Flow, e: number): boolean {
  const op = flow.exprOp[e];
  if (op !== Expr.Arrow && op !== Expr.Field) return false;
  if (!/flags$|mode$|gfp|mask$/.test(flow.names[flow.exprB[e] as number] ?? '')) return false;
  const object = flow.exprA[e] as number;
  return (
    flow.exprOp[object] === Expr.Local && flow.locals[flow.exprA[object] as number]?.isParameter === true
  );
}

/** Answers, for instructions of one flow, whether reaching them depends on a deciding test. */
export class Conditions {
  readonly #flow: Flow;
  #edges: Successors | undefined;
  #branches: number[] | undefined;

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

  /** True where some test of a flag, of a parameter that is no pointer, or of the context decides whether `block` runs. */
  isConditional(block: number): boolean {
    return this.#deciding.some((branch) => {
      const [yes, no] = this.#successors.of(branch);
      if (yes === undefined || no === undefined || branch === block) return false;
      return this.#reaches(yes, block, branch) !== this.#reaches(no, block, branch);
    });
  }

  /** Block of an instruction. */
  blockOf(instruction: number): number {
    const { blocks } = this.#flow;
    let low = 0;
    let high = blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((blocks[middle] as number) <= instruction) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #decides(block: number): boolean {
    const flow = this.#flow;
    const last = (endOfBlock(flow, block) - 1) * 4;
    if (flow.ops[last] === Op.Switch) return false;
    if (flow.ops[last] !== Op.Branch) return false;
    const stack = [flow.branches[(flow.ops[last + 1] as number) * 3] as number];
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
          const callee = flow.calls[a]?.callee ?? 0;
          if (
            flow.exprOp[callee] === Expr.Global &&
            contextTests.has(flow.names[flow.exprA[callee] as number] ?? '')
          ) {
            return true;
          }
          break;
        }
        case Expr.Binary:
          if (flow.exprC[e] === Operator.And && isFlagsOfParameter(flow, a)) return true;
          stack.push(a, flow.exprB[e] as number);
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
