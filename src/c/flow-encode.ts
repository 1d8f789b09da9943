/**
 * A finished flow as bytes, some four per instruction. Expressions refer back by distance, calls stand where
 * they are made, blocks end where a terminator does, positions are kept as steps.
 */
import type { ByteWriter } from './bytes.ts';
import { columnOf, Expr, lineOf, Op } from './flow.ts';
import type { FlowBuilder } from './flow-builder.ts';
import { type FinishedOps, finishFlow } from './flow-finish.ts';

/** An opcode has the low five bits of its byte; the upper three have the step in lines, or this. */
export const FAR_LINE = 7;

/** Finishes the builder's flow and appends it; `line` is where the function stands. */
export function encodeFlow(w: ByteWriter, b: FlowBuilder, line: number): void {
  const finished = finishFlow(b);
  w.varint(b.localName.length);
  for (let i = 0; i < b.localName.length; i++) {
    w.varint(b.localName[i] as number);
    w.varint(b.localType[i] as number);
    w.byte(b.localFlags[i] as number);
  }
  w.varint(b.exprCount);
  w.varint(b.lists.length);
  w.varint(b.callCallee.length);
  w.varint(countOf(Op.Branch, finished));
  w.varint(finished.blocks.length);
  w.varint(finished.count);
  for (let e = 1; e < b.exprCount; e++) encodeExpression(w, b, e);
  for (const value of b.lists) w.varint(value);
  w.varint(b.scopeKind.length);
  for (let s = 0; s < b.scopeKind.length; s++) {
    w.byte(b.scopeKind[s] as number);
    w.varint((b.scopeCall[s] as number) + 1);
    w.varint((b.scopeLocal[s] as number) + 1);
    w.varint(b.scopeName[s] as number);
  }
  encodeInstructions(w, b, finished.ops, finished.count, line);
}

function countOf(op: number, { ops, count }: FinishedOps): number {
  let found = 0;
  for (let i = 0; i < count; i++) if (ops[i * 4] === op) found++;
  return found;
}

function encodeExpression(w: ByteWriter, b: FlowBuilder, e: number): void {
  const op = b.exprOp[e] as number;
  const a = b.exprA[e] as number;
  const second = b.exprB[e] as number;
  w.byte(op);
  switch (op) {
    case Expr.Field:
    case Expr.Arrow:
      w.varint(e - a);
      w.varint(second);
      break;
    case Expr.Deref:
    case Expr.Address:
      w.varint(e - a);
      break;
    case Expr.Index:
      w.varint(e - a);
      w.varint(e - second);
      break;
    case Expr.Unary:
      w.varint(e - a);
      w.byte(b.exprC[e] as number);
      break;
    case Expr.Binary:
      w.varint(e - a);
      w.varint(e - second);
      w.byte(b.exprC[e] as number);
      break;
    case Expr.Cast:
      w.varint(e - a);
      w.varint(second);
      break;
    case Expr.Type:
      w.varint(second);
      break;
    case Expr.Integer:
    case Expr.Label:
      w.signed(a);
      break;
    case Expr.Initializer:
      w.varint(a);
      w.varint(second);
      break;
    default:
      w.varint(a);
  }
}

function encodeInstructions(
  w: ByteWriter,
  b: FlowBuilder,
  ops: Int32Array,
  count: number,
  firstLine: number,
): void {
  let line = firstLine;
  let nextCall = 0;
  for (let i = 0; i < count; i++) {
    const op = ops[i * 4] as number;
    const x = ops[i * 4 + 1] as number;
    const position = ops[i * 4 + 3] as number;
    const step = lineOf(position) - line;
    line += step;
    const isNear = step >= 0 && step < FAR_LINE;
    w.byte(op | ((isNear ? step : FAR_LINE) << 5));
    if (!isNear) w.signed(step);
    w.varint(columnOf(position));
    switch (op) {
      case Op.Deref:
      case Op.Assign:
      case Op.Asm:
        w.varint(x);
        w.varint(ops[i * 4 + 2] as number);
        break;
      case Op.Call: {
        w.varint(x - nextCall);
        nextCall = x + 1;
        w.varint(b.callCallee[x] as number);
        const args = b.callArgCount[x] as number;
        w.varint(args);
        const first = b.callFirstArg[x] as number;
        for (let arg = 0; arg < args; arg++) w.varint(b.callArgs[first + arg] as number);
        break;
      }
      case Op.Branch:
        for (let k = 0; k < 3; k++) w.varint(b.branches[x * 3 + k] as number);
        break;
      case Op.Switch: {
        const table = b.switches[x];
        if (table === undefined) throw new Error('switch without a table');
        w.varint(table.value);
        w.varint(table.otherwise);
        w.varint(table.cases.length);
        for (const part of table.cases) w.varint(part);
        break;
      }
      default:
        w.varint(x);
    }
  }
}
