import { Operator } from '../../c/ast.ts';
import { Expr, type Flow } from '../../c/flow.ts';
import { noWaitFlags } from '../../kernel/no-wait.ts';

/** `receive(sk, flags | MSG_DONTWAIT)`: whether one of a call's arguments asks the callee not to wait. */
export function isToldNotToWait(flow: Flow, args: readonly number[]): boolean {
  const { exprOp, exprA, exprB, exprC, names } = flow;
  const stack = [...args];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (exprOp[e] === Expr.Global && noWaitFlags.has(names[exprA[e] as number] ?? '')) return true;
    if (exprOp[e] === Expr.Binary && exprC[e] === Operator.Or)
      stack.push(exprA[e] as number, exprB[e] as number);
  }
  return false;
}
