/** Which parameters a body dereferences: somewhere, and on every way through. Neither needs states. */
import { type Flow, lineOf, Op } from '../c/flow.ts';
import { endOfBlock, Successors } from '../c/flow-blocks.ts';
import { RETURN_VOID_MACROS } from '../kernel/pointers.ts';
import { globalName, pointerOf } from './flow-expressions.ts';
import { type CallKnowledge, CONTINUES, UNKNOWN_CALL } from './knowledge.ts';
import { MAX_PARAMETERS, type Parameters } from './parameters.ts';

/** Parameters that some instruction dereferences; the line of the first one of each goes to `lines`. */
export function dereferencedSometimes(
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

/** Used by one summary at a time. */
const successors = new Successors();

/** Parameters that are dereferenced whichever way the function is left; a must-analysis over blocks. */
export function dereferencedAlways(
  flow: Flow,
  parameters: Parameters,
  known: readonly CallKnowledge[],
): { mask: number; lines: number[] } {
  const lines: number[] = [];
  const candidates = parameters.pointers & ~parameters.changed;
  if (candidates === 0) return { mask: 0, lines };
  const blocks = flow.blocks.length;
  const own = new Int32Array(blocks);
  /** How a block ends: 1 does not come back, 2 returns, 3 returns in a macro. */
  const ends = new Uint8Array(blocks);
  /** What is certain where a macro of the block may return; everything where none does. */
  const leaving = new Int32Array(blocks).fill(-1);
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
          const args = callee.dereferences === 0 ? [] : (flow.calls[x]?.args ?? []);
          for (const [k, arg] of args.entries())
            if (k < MAX_PARAMETERS && (callee.dereferences & (1 << k)) !== 0)
              note(block, pointerOf(flow, arg), position);
          if (callee.mayReturn && leaving[block] === -1) leaving[block] = own[block] as number;
          if (callee.returns !== CONTINUES && ends[block] === 0) {
            ends[block] = 3;
            i = Number.POSITIVE_INFINITY;
          }
          break;
        }
        case Op.Evaluate:
          if (RETURN_VOID_MACROS.has(globalName(flow, x)) && ends[block] === 0) {
            ends[block] = 3;
            i = Number.POSITIVE_INFINITY;
          }
          break;
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
      if (ends[block] === 1 || ends[block] === 3) continue;
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
    mask &= (entry[block] as number) | (leaving[block] as number);
    if ((ends[block] as number) < 2) continue;
    leaves = true;
    mask &= (entry[block] as number) | (own[block] as number);
  }
  return { mask: leaves ? mask : 0, lines };
}
