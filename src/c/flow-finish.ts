/**
 * Turns what a FlowBuilder collected into blocks: empty blocks are skipped, unreachable ones dropped, a
 * block that only its predecessor in front of it can reach is joined to it, labels become block numbers.
 */
import { Expr, Op } from './flow.ts';
import type { FlowBuilder } from './flow-builder.ts';

/** The instructions of a finished flow, four int32 each; jumps, branches, switches and labels name blocks. */
export interface FinishedOps {
  readonly ops: Int32Array;
  readonly count: number;
  readonly blocks: readonly number[];
}

let kept = new Int32Array(4096);

/** Finishes the flow in place; the returned arrays are good until the next call. The last block must be terminated. */
export function finishFlow(b: FlowBuilder): FinishedOps {
  const ops = b.ops;
  const starts = blockStarts(b);
  const blockAt = new Int32Array(b.opCount + 1);
  starts.forEach((start, block) => {
    blockAt[start] = block;
  });
  const target = new Int32Array(b.labelAt.length);
  for (let label = 0; label < target.length; label++) {
    const at = b.labelAt[label] as number;
    target[label] = at < 0 || at >= b.opCount ? -1 : (blockAt[at] as number);
  }
  const end = (block: number): number =>
    block + 1 < starts.length ? (starts[block + 1] as number) : b.opCount;
  for (let label = 0; label < target.length; label++) skipEmpty(b, starts, end, target, label);

  const predecessors = new Int32Array(starts.length);
  reach(b, end, target, predecessors);

  // Reachable blocks keep their order; one that falls into its only successor right behind it is joined to it.
  const blockOf = new Int32Array(starts.length).fill(-1);
  const blocks: number[] = [];
  let count = 0;
  let joined = -1;
  if (kept.length < b.opCount * 4) kept = new Int32Array(b.opCount * 8);
  for (let block = 0; block < starts.length; block++) {
    if ((predecessors[block] as number) === 0) continue;
    if (block === joined) count--;
    else blocks.push(count);
    blockOf[block] = blocks.length - 1;
    const first = starts[block] as number;
    const last = end(block);
    kept.set(ops.subarray(first * 4, last * 4), count * 4);
    count += last - first;
    const at = (last - 1) * 4;
    const next = ops[at] === Op.Jump ? (target[ops[at + 1] as number] as number) : -1;
    joined =
      next > block && predecessors[next] === 1 && nextReachable(predecessors, block) === next ? next : -1;
  }
  resolve(b, count, target, blockOf);
  return { ops: kept, count, blocks };
}

function nextReachable(predecessors: Int32Array, block: number): number {
  for (let next = block + 1; next < predecessors.length; next++) if (predecessors[next] !== 0) return next;
  return -1;
}

/** A new block starts behind each terminator; labels are placed nowhere else. */
function blockStarts(b: FlowBuilder): number[] {
  const starts = [0];
  for (let i = 0; i + 1 < b.opCount; i++) if ((b.ops[i * 4] as number) >= Op.Jump) starts.push(i + 1);
  return starts;
}

/** Makes a label of a block that only jumps stand for where the jump leads. */
function skipEmpty(
  b: FlowBuilder,
  starts: readonly number[],
  end: (block: number) => number,
  target: Int32Array,
  label: number,
): void {
  let block = target[label] as number;
  for (let steps = 0; block >= 0 && steps < 32; steps++) {
    const first = starts[block] as number;
    if (end(block) !== first + 1 || b.ops[first * 4] !== Op.Jump) break;
    const next = target[b.ops[first * 4 + 1] as number] as number;
    if (next < 0 || next === block) break;
    block = next;
  }
  target[label] = block;
}

function reach(
  b: FlowBuilder,
  end: (block: number) => number,
  target: Int32Array,
  predecessors: Int32Array,
): void {
  const work: number[] = [];
  const visit = (block: number): void => {
    if (block < 0) return;
    if (predecessors[block] === 0) work.push(block);
    predecessors[block] = (predecessors[block] as number) + 1;
  };
  const visitLabel = (label: number): void => visit(target[label] as number);
  visit(0);
  for (let block = work.pop(); block !== undefined; block = work.pop()) {
    const at = (end(block) - 1) * 4;
    const x = b.ops[at + 1] as number;
    switch (b.ops[at]) {
      case Op.Jump:
        visitLabel(x);
        break;
      case Op.Branch:
        visitLabel(b.branches[x * 3 + 1] as number);
        visitLabel(b.branches[x * 3 + 2] as number);
        break;
      case Op.Switch: {
        const table = b.switches[x];
        if (table === undefined) break;
        for (let i = 2; i < table.cases.length; i += 3) visitLabel(table.cases[i] as number);
        visitLabel(table.otherwise);
        break;
      }
      case Op.Goto:
        for (const label of b.addressTaken) visitLabel(label);
        break;
    }
  }
}

function resolve(b: FlowBuilder, count: number, target: Int32Array, blockOf: Int32Array): void {
  const block = (label: number): number => {
    const found = target[label] as number;
    return found < 0 ? 0 : (blockOf[found] as number);
  };
  for (let i = 0; i < count; i++) {
    const x = kept[i * 4 + 1] as number;
    switch (kept[i * 4]) {
      case Op.Jump:
        kept[i * 4 + 1] = block(x);
        break;
      case Op.Branch:
        b.branches[x * 3 + 1] = block(b.branches[x * 3 + 1] as number);
        b.branches[x * 3 + 2] = block(b.branches[x * 3 + 2] as number);
        break;
      case Op.Switch: {
        const table = b.switches[x];
        if (table === undefined) break;
        for (let j = 2; j < table.cases.length; j += 3) table.cases[j] = block(table.cases[j] as number);
        table.otherwise = block(table.otherwise);
        break;
      }
    }
  }
  for (let e = 1; e < b.exprCount; e++) {
    if (b.exprOp[e] === Expr.Label) b.exprA[e] = block(b.exprA[e] as number);
  }
}
