/** Whether a flag, a parameter or the context decides that a place in a function is reached. */
import { Operator } from '../../c/ast.ts';
import { Expr, type Flow, Op } from '../../c/flow.ts';
import { isPointer } from '../../c/types.ts';
import { contextTests } from '../../kernel/waits.ts';

const MAX_BRANCHES = 64;

/** Answers, for instructions of one flow, whether reaching them depends on a deciding test. */
export class Conditions {
  readonly #flow: Flow;
  readonly #successors: number[][];
  readonly #deciding: number[];

  constructor(flow: Flow) {
    this.#flow = flow;
    this.#successors = successorsOf(flow);
    this.#deciding = [...flow.blocks.keys()].filter((block) => this.#decides(block)).slice(0, MAX_BRANCHES);
  }

  /** True where some test of a flag, of a parameter that is no pointer, or of the context decides whether `block` runs. */
  isConditional(block: number): boolean {
    return this.#deciding.some((branch) => {
      const [yes, no] = this.#successors[branch] ?? [];
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
    const last = lastOf(flow, block) * 4;
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
          if (flow.exprC[e] === Operator.And) return true;
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
      stack.push(...(this.#successors[block] ?? []));
    }
    return false;
  }
}

const lastOf = (flow: Flow, block: number): number =>
  (block + 1 < flow.blocks.length ? (flow.blocks[block + 1] as number) : flow.ops.length / 4) - 1;

/** Successors of each block; of a branch first the one that is taken when true. */
function successorsOf(flow: Flow): number[][] {
  return [...flow.blocks.keys()].map((block) => {
    const last = lastOf(flow, block) * 4;
    const x = flow.ops[last + 1] as number;
    switch (flow.ops[last]) {
      case Op.Jump:
        return [x];
      case Op.Branch:
        return [flow.branches[x * 3 + 1] as number, flow.branches[x * 3 + 2] as number];
      case Op.Switch: {
        const table = flow.switches[x];
        return table === undefined ? [] : [...table.cases.filter((_, i) => i % 3 === 2), table.otherwise];
      }
      default:
        return [];
    }
  });
}
