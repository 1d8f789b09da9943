/** What the expressions of a flow are made of. */
import { Operator } from '../c/ast.ts';
import { Expr, type Flow, Op } from '../c/flow.ts';
import { isNumberType } from './number-types.ts';

/** What an expression is without the casts around it. */
export function stripCasts(flow: Flow, e: number): number {
  let at = e;
  while (flow.exprOp[at] === Expr.Cast) at = flow.exprA[at] as number;
  return at;
}

/**
 * The pointer that a callee dereferences when it dereferences this argument: of `&p->list` that is p, whose
 * NULL makes the address a small number that is no better.
 */
export function pointerOf(flow: Flow, argument: number): number {
  let e = stripCasts(flow, argument);
  // base + offset, or the other way round
  while (flow.exprOp[e] === Expr.Binary && flow.exprC[e] === Operator.Add) {
    const first = stripCasts(flow, flow.exprA[e] as number);
    e = isNumber(flow, first) ? stripCasts(flow, flow.exprB[e] as number) : first;
  }
  return flow.exprOp[e] === Expr.Address ? pointerBehind(flow, flow.exprA[e] as number) : e;
}

/** A variable that is declared as a number. */
const isNumber = (flow: Flow, e: number): boolean =>
  flow.exprOp[e] === Expr.Local && isNumberType(flow.locals[flow.exprA[e] as number]?.type ?? '');

/** The pointer (or array) whose object a place lies in: p of p->a.b and of p[i]; 0 where there is none. */
export function pointerBehind(flow: Flow, place: number): number {
  let e = place;
  while (flow.exprOp[e] === Expr.Field) e = flow.exprA[e] as number;
  const op = flow.exprOp[e];
  return op === Expr.Arrow || op === Expr.Index ? stripCasts(flow, flow.exprA[e] as number) : 0;
}

/** NULL or 0, as it is written, whatever it is cast to. */
export function isNullConstant(flow: Flow, expression: number): boolean {
  const e = stripCasts(flow, expression);
  return flow.exprOp[e] === Expr.Integer && flow.exprA[e] === 0;
}

/** Pushes the expressions that `e` is made of. */
export function pushOperands(flow: Flow, e: number, onto: number[]): void {
  switch (flow.exprOp[e]) {
    case Expr.Field:
    case Expr.Arrow:
    case Expr.Deref:
    case Expr.Address:
    case Expr.Unary:
    case Expr.Cast:
      onto.push(flow.exprA[e] as number);
      break;
    case Expr.Index:
    case Expr.Binary:
      onto.push(flow.exprA[e] as number, flow.exprB[e] as number);
      break;
    case Expr.Initializer: {
      const first = flow.exprA[e] as number;
      for (let i = 0; i < (flow.exprB[e] as number); i++) onto.push(flow.lists[first + i * 2 + 1] as number);
      break;
    }
  }
}

/** Name of a variable, function, macro or enumerator outside of the body; '' where an expression is none. */
export const globalName = (flow: Flow, e: number): string =>
  flow.exprOp[e] === Expr.Global ? (flow.names[flow.exprA[e] as number] ?? '') : '';

/** Enumerators, configuration options and the like: their value does not change. */
export const isConstantName = (name: string): boolean => /^[A-Z][A-Z0-9_]*$/.test(name);

/** The values that a flow assigns to a place, in its order. */
export function* assignedTo(flow: Flow, place: number): Generator<number> {
  for (let at = 0; at < flow.ops.length; at += 4)
    if (flow.ops[at] === Op.Assign && flow.ops[at + 1] === place) yield flow.ops[at + 2] as number;
}

/** Whether an expression is the local of a number, through casts. */
export function isLocal(flow: Flow, e: number, local: number): boolean {
  const value = stripCasts(flow, e);
  return flow.exprOp[value] === Expr.Local && flow.exprA[value] === local;
}

/** Whether an expression is a parameter, as it is written: without a cast. */
export const isParameter = (flow: Flow, e: number): boolean =>
  flow.exprOp[e] === Expr.Local && flow.locals[flow.exprA[e] as number]?.isParameter === true;

/** Name of a directly called function or macro, '' for a call through a pointer and for guard(name)(…). */
export const calleeName = (flow: Flow, call: number): string =>
  globalName(flow, flow.calls[call]?.callee ?? 0);

/** The pointer to a function that a call goes through; 0 for a call by name. */
export function calledPointer(flow: Flow, call: number): number {
  const callee = stripCasts(flow, flow.calls[call]?.callee ?? 0);
  switch (flow.exprOp[callee]) {
    case Expr.Local:
      // `int err; err("text");` is a macro of that name.
      return isNumber(flow, callee) ? 0 : callee;
    case Expr.Arrow:
    case Expr.Field:
    case Expr.Index:
      return callee;
    case Expr.Deref:
      return stripCasts(flow, flow.exprA[callee] as number);
    default:
      return 0;
  }
}

/** The direct calls of a function or macro, by number. */
export const callsOf = (flow: Flow, name: string): number[] =>
  [...flow.calls.keys()].filter((call) => calleeName(flow, call) === name);

/** Whether an assignment keeps what a call gave in a field or a global. */
export function isStoredResult(flow: Flow, target: number, value: number): boolean {
  const op = flow.exprOp[target];
  if (op !== Expr.Arrow && op !== Expr.Field && op !== Expr.Global) return false;
  return flow.exprOp[stripCasts(flow, value)] === Expr.Result;
}
