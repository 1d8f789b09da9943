/** The blocks of a flow: where each ends, and which may come after it. */
import { Expr, type Flow, Op } from './flow.ts';

/** One past the last instruction of a block. */
export const endOfBlock = (flow: Flow, block: number): number =>
  block + 1 < flow.blocks.length ? (flow.blocks[block + 1] as number) : flow.ops.length / 4;

/** The condition of the branch that ends a block; undefined where something else ends it. */
export function branchCondition(flow: Flow, block: number): number | undefined {
  const last = (endOfBlock(flow, block) - 1) * 4;
  return flow.ops[last] === Op.Branch ? flow.branches[(flow.ops[last + 1] as number) * 3] : undefined;
}

/** Block of an instruction. */
export function blockOf({ blocks }: Flow, instruction: number): number {
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((blocks[middle] as number) <= instruction) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Successors of all blocks of one flow at a time; made to be used again and again. */
export class Successors {
  readonly #targets: number[] = [];
  /** Per block where its successors start; behind the last block their end. */
  readonly #starts: number[] = [];

  /** Of the branch at a block's end the first is the one that is taken when its condition is true. */
  build(flow: Flow): this {
    const targets = this.#targets;
    targets.length = 0;
    this.#starts.length = 0;
    let labels: number[] | undefined;
    for (let block = 0; block < flow.blocks.length; block++) {
      this.#starts.push(targets.length);
      const at = (endOfBlock(flow, block) - 1) * 4;
      const x = flow.ops[at + 1] as number;
      switch (flow.ops[at]) {
        case Op.Jump:
          targets.push(x);
          break;
        case Op.Branch:
          targets.push(flow.branches[x * 3 + 1] as number, flow.branches[x * 3 + 2] as number);
          break;
        case Op.Switch: {
          const table = flow.switches[x];
          if (table === undefined) break;
          for (let i = 2; i < table.cases.length; i += 3) targets.push(table.cases[i] as number);
          targets.push(table.otherwise);
          break;
        }
        case Op.Goto:
          labels ??= labelBlocks(flow);
          targets.push(...labels);
          break;
      }
    }
    this.#starts.push(targets.length);
    return this;
  }

  of(block: number): readonly number[] {
    return this.#targets.slice(this.#starts[block], this.#starts[block + 1]);
  }

  /** Where a block's successors are, for target(): from start(block) to start(block + 1). */
  start(block: number): number {
    return this.#starts[block] as number;
  }

  target(at: number): number {
    return this.#targets[at] as number;
  }
}

/** Blocks that a computed goto may reach: those whose label's address is taken. */
function labelBlocks(flow: Flow): number[] {
  const blocks = new Set<number>();
  for (let e = 1; e < flow.exprOp.length; e++) {
    if (flow.exprOp[e] === Expr.Label && (flow.exprA[e] as number) >= 0) blocks.add(flow.exprA[e] as number);
  }
  return [...blocks];
}

/** Whether a block leads to itself, or to one before it. */
export function hasLoop(flow: Flow): boolean {
  const successors = new Successors().build(flow);
  return flow.blocks.some((_, block) => successors.of(block).some((next) => next <= block));
}
