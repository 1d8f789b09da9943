/** The exit of a function that is named for its NULL. */
import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import { blockOf } from '../../c/flow-blocks.ts';
import type { Effects } from '../../effects/effects.ts';
import { assignedTo, calleeName, isNullConstant, stripCasts } from '../../effects/flow-expressions.ts';
import { mayBeNull } from '../../effects/values.ts';
import type { FunctionRef } from '../../index/program.ts';
import { ALLOCATORS } from '../../kernel/allocators.ts';
import { type Known, remembered } from '../remembered.ts';
import { allocates } from './allocates.ts';
import { decidingFor } from './deciding.ts';

export interface NullExit {
  readonly line: number;
  /** The function whose result is passed on there; '' where NULL is returned. */
  readonly from: string;
}

const known: Known<Effects, NullExit> = new WeakMap();

/**
 * Of a function that returns NULL in several places the one where an allocation fails, or that passes on what allocates:
 * that comes up whatever the arguments are, while a caller may know that the others do not.
 */
export function nullExit(effects: Effects, ref: FunctionRef): NullExit {
  return remembered(known, effects, ref.id, () => {
    const { nullLine, nullFrom } = effects.summary(ref);
    return failedAllocation(effects, ref) ?? { line: nullLine, from: nullFrom };
  });
}

function failedAllocation(effects: Effects, ref: FunctionRef): NullExit | undefined {
  const { flow } = ref.fact;
  if (flow === undefined) return undefined;
  let passedOn: NullExit | undefined;
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] !== Op.Return) continue;
    const value = flow.ops[at + 1] as number;
    const line = lineOf(flow.ops[at + 3] as number);
    if (isNullConstant(flow, value)) {
      const asked = decidingFor(flow, blockOf(flow, at / 4)).flatMap(([, e]) => resultsIn(flow, e));
      if (asked.some((name) => isMaker(effects, name, ref.path))) return { line, from: '' };
      continue;
    }
    const from = resultsIn(flow, value).find((name) => givesNullOfMaker(effects, name, ref.path));
    if (from !== undefined) passedOn ??= { line, from };
  }
  return passedOn;
}

/** Names of the functions whose result an expression is, or compares, in place or by a variable. */
function resultsIn(flow: Flow, expression: number): readonly string[] {
  let e = stripCasts(flow, expression);
  if (flow.exprOp[e] === Expr.Unary || flow.exprOp[e] === Expr.Binary)
    e = stripCasts(flow, flow.exprA[e] as number);
  const values = flow.exprOp[e] === Expr.Local ? [...assignedTo(flow, e)] : [e];
  return values.flatMap((value) => {
    const result = stripCasts(flow, value);
    return flow.exprOp[result] === Expr.Result ? [calleeName(flow, flow.exprA[result] as number)] : [];
  });
}

/** Calls below one that are looked at for an allocation. */
const LEVELS = 2;

function isMaker(effects: Effects, name: string, from: string): boolean {
  if (ALLOCATORS.has(name)) return true;
  const callee = effects.callee(name, from).function;
  return callee !== undefined && allocates(effects, callee, LEVELS);
}

const givesNullOfMaker = (effects: Effects, name: string, from: string): boolean =>
  isMaker(effects, name, from) &&
  (ALLOCATORS.has(name) || mayBeNull(effects.callee(name, from).summary.result));
