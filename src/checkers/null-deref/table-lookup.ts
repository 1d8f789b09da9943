/**
 * Functions that find an entry in a table which is written in their file: formats by their code, modes by their number.
 * What is looked for there mostly came out of the same table before, where the setting was checked; that can't be seen.
 */
import { Operator } from '../../c/ast.ts';
import { Expr, type Flow, Op } from '../../c/flow.ts';
import { hasLoop } from '../../c/flow-blocks.ts';
import { isArray, isStruct, pointee } from '../../c/types.ts';
import type { Effects } from '../../effects/effects.ts';
import {
  assignedTo,
  globalName,
  isLocal,
  isNullConstant,
  stripCasts,
} from '../../effects/flow-expressions.ts';
import type { FunctionRef } from '../../index/program.ts';

/** Whether a function searches arrays of structs that are global in its file, and gives entries of them or NULL. */
export function findsInTable(effects: Effects, ref: FunctionRef): boolean {
  const { program } = effects;
  const { path } = ref;
  const { flow } = ref.fact;
  // Who changes something takes an entry that is free.
  if (flow === undefined || !hasLoop(flow) || effects.summary(ref).modifies) return false;
  const isTable = (e: number): boolean => {
    const name = globalName(flow, stripCasts(flow, e));
    const found = name === '' ? undefined : program.global(name, path);
    return found?.path === path && isArray(found.fact.type) && isStruct(pointee(found.fact.type));
  };
  const entries = valuesOf(flow, returned(flow));
  return entries.length > 0 && entries.every((e) => isTable(tableOf(flow, e)));
}

function returned(flow: Flow): readonly number[] {
  const values: number[] = [];
  for (let at = 0; at < flow.ops.length; at += 4)
    if (flow.ops[at] === Op.Return) values.push(flow.ops[at + 1] as number);
  return values;
}

/** The values that are not NULL, for locals those that are put into them; a step along a table is none of its own. */
function valuesOf(flow: Flow, values: readonly number[]): readonly number[] {
  const found = new Set<number>();
  const locals = new Set<number>();
  const waiting = [...values];
  for (let e = waiting.pop(); e !== undefined; e = waiting.pop()) {
    const value = stripCasts(flow, e);
    if (isNullConstant(flow, value)) continue;
    const op = flow.exprOp[value];
    if (op !== Expr.Local && op !== Expr.Temporary) {
      found.add(value);
      continue;
    }
    if (locals.has(value)) continue;
    locals.add(value);
    const assigned = [...assignedTo(flow, value)];
    // A parameter, or one that a callee fills.
    if (assigned.length === 0) found.add(value);
    waiting.push(...assigned.filter((put) => !isStep(flow, put, value)));
  }
  return [...found];
}

/** `entry++` */
const isStep = (flow: Flow, value: number, local: number): boolean =>
  flow.exprOp[value] === Expr.Binary &&
  flow.exprC[value] === Operator.Add &&
  isLocal(flow, flow.exprA[value] as number, flow.exprA[local] as number);

/** The array of `&table[i]`, `table + i` and `table`; 0 where it is none of these. */
function tableOf(flow: Flow, entry: number): number {
  const inner = flow.exprA[entry] as number;
  switch (flow.exprOp[entry]) {
    case Expr.Global:
      return entry;
    case Expr.Address:
      return flow.exprOp[inner] === Expr.Index ? (flow.exprA[inner] as number) : 0;
    case Expr.Binary:
      return flow.exprC[entry] === Operator.Add ? inner : 0;
    default:
      return 0;
  }
}
