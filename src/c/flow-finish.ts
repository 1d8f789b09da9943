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

/** Buffers that are used again from function to function: making them anew is most of the garbage of an index. */
let kept = new Int32Array(1 << 14);
let blockAt = new Int32Array(1 << 12);
let target = new Int32Array(1 << 10);
let blockOf = new Int32Array(1 << 10);
let predecessors = new Int32Array(1 << 10);
const starts: number[] = [];

function reserve(b: FlowBuilder): void {
  if (blockAt.length < b.opCount + 1) {
    blockAt = new Int32Array(b.opCount * 2);
    kept = new Int32Array(b.opCount * 8);
  }
  if (target.length < b.labelAt.length) target = new Int32Array(b.labelAt.length * 2);
  if (predecessors.length < starts.length) {
    predecessors = new Int32Array(starts.length * 2);
    blockOf = new Int32Array(starts.length * 2);
  }
}

/** Finishes the flow in place; the returned arrays are good until the next call. The last block must be terminated. */
export function finishFlow(b: FlowBuilder): FinishedOps {
  findStarts(b);
  reserve(b);
  for (let block = 0; block < starts.length; block++) blockAt[starts[block] as number] = block;
  for (let label = 0; label < b.labelAt.length; label++) {
    const at = b.labelAt[label] as number;
    target[label] = at < 0 || at >= b.opCount ? -1 : (blockAt[at] as number);
  }
  for (let label = 0; label < b.labelAt.length; label++) skipEmpty(b, label);
  predecessors.fill(0, 0, starts.length);
  reach(b);

  // Reachable blocks keep their order; one that falls into its only successor right behind it is joined to it.
  const { ops } = b;
  const blocks: number[] = [];
  let count = 0;
  let joined = -1;
  for (let block = 0; block < starts.length; block++) {
    if (predecessors[block] === 0) {
      blockOf[block] = -1;
      continue;
    }
    if (block === joined) count--;
    else blocks.push(count);
    blockOf[block] = blocks.length - 1;
    const last = endOf(b, block) * 4;
    let to = count * 4;
    for (let from = (starts[block] as number) * 4; from < last; from++) kept[to++] = ops[from] as number;
    count = to / 4;
    const next = ops[last - 4] === Op.Jump ? (target[ops[last - 3] as number] as number) : -1;
    joined = next > block && predecessors[next] === 1 && nextReachable(block) === next ? next : -1;
  }
  resolve(b, count);
  return { ops: kept, count, blocks };
}

/** The instruction behind the last one of a block. */
const endOf = (b: FlowBuilder, block: number): number => starts[block + 1] ?? b.opCount;

function nextReachable(block: number): number {
  for (let next = block + 1; next < starts.length; next++) if (predecessors[next] !== 0) return next;
  return -1;
}

/** A new block starts behind each terminator; labels are placed nowhere else. */
function findStarts(b: FlowBuilder): void {
  starts.length = 0;
  starts.push(0);
  for (let i = 0; i + 1 < b.opCount; i++) if ((b.ops[i * 4] as number) >= Op.Jump) starts.push(i + 1);
}

/** Makes a label of a block that only jumps stand for where the jump leads. */
function skipEmpty(b: FlowBuilder, label: number): void {
  let block = target[label] as number;
  for (let steps = 0; block >= 0 && steps < 32; steps++) {
    const first = starts[block] as number;
    if (endOf(b, block) !== first + 1 || b.ops[first * 4] !== Op.Jump) break;
    const next = target[b.ops[first * 4 + 1] as number] as number;
    if (next < 0 || next === block) break;
    block = next;
  }
  target[label] = block;
}

/** Counts the ways into each block that can be reached, from the entry on. */
function reach(b: FlowBuilder): void {
  const work: number[] = [];
  let seesGoto = false;
  const visit = (block: number): void => {
    if (block < 0) return;
    if (predecessors[block] === 0) work.push(block);
    predecessors[block] = (predecessors[block] as number) + 1;
  };
  const visitLabel = (label: number): void => visit(target[label] as number);
  visit(0);
  for (let block = work.pop(); block !== undefined; block = work.pop()) {
    const at = (endOf(b, block) - 1) * 4;
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
        // All computed gotos lead to the same labels: once is enough.
        if (!seesGoto) for (const label of b.addressTaken) visitLabel(label);
        seesGoto = true;
        break;
    }
  }
}

/** Labels to block numbers, in everything that names one. */
function resolve(b: FlowBuilder, count: number): void {
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
  if (b.addressTaken.length === 0) return;
  for (let e = 1; e < b.exprCount; e++) {
    if (b.exprOp[e] === Expr.Label) b.exprA[e] = block(b.exprA[e] as number);
  }
}
