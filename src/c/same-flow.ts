/** Whether two flows do the same: names and structure count, positions do not. */
import { Expr, type Flow } from './flow.ts';

/** Expressions whose a, or b, is the number of a name. */
const NAME_IN_A: ReadonlySet<number> = new Set([Expr.Global]);
const NAME_IN_B: ReadonlySet<number> = new Set([Expr.Field, Expr.Arrow]);

export function sameFlow(x: Flow, y: Flow): boolean {
  return (
    x.exprOp.length === y.exprOp.length &&
    x.ops.length === y.ops.length &&
    sameNumbers(x.exprOp, y.exprOp) &&
    sameNumbers(x.exprC, y.exprC) &&
    sameNumbers(x.blocks, y.blocks) &&
    sameNumbers(x.branches, y.branches) &&
    sameNumbers(x.lists, y.lists) &&
    x.scopes.length === y.scopes.length &&
    x.scopes.every((scope, n) => x.names[scope.name] === y.names[y.scopes[n]?.name ?? -1]) &&
    x.locals.length === y.locals.length &&
    x.locals.every((local, n) => local.type === y.locals[n]?.type) &&
    x.calls.length === y.calls.length &&
    x.calls.every(
      (call, n) => call.callee === y.calls[n]?.callee && sameNumbers(call.args, y.calls[n]?.args ?? []),
    ) &&
    sameOperations(x, y) &&
    sameExpressions(x, y)
  );
}

function sameOperations(x: Flow, y: Flow): boolean {
  for (let at = 0; at < x.ops.length; at += 4)
    for (let word = 0; word < 3; word++) if (x.ops[at + word] !== y.ops[at + word]) return false;
  return true;
}

function sameExpressions(x: Flow, y: Flow): boolean {
  for (let e = 0; e < x.exprOp.length; e++) {
    const op = x.exprOp[e] as number;
    const [a, b] = [x.exprA[e] as number, x.exprB[e] as number];
    const [c, d] = [y.exprA[e] as number, y.exprB[e] as number];
    if (NAME_IN_A.has(op) ? x.names[a] !== y.names[c] : a !== c) return false;
    if (NAME_IN_B.has(op) ? x.names[b] !== y.names[d] : !isTyped(op) && b !== d) return false;
  }
  return true;
}

/** Casts and the like hold the number of a type, which says nothing about what is done. */
const isTyped = (op: number): boolean => op === Expr.Cast || op === Expr.Type;

function sameNumbers(x: ArrayLike<number>, y: ArrayLike<number>): boolean {
  if (x.length !== y.length) return false;
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
}
