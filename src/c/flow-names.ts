/** The names that a flow mentions of what lies outside of it. */
import { Expr, type Flow } from './flow.ts';

/** Names of the globals, functions and macros in a flow, each as often as it has an expression for it. */
export function* globalsIn(flow: Flow | undefined): Generator<string> {
  if (flow === undefined) return;
  for (const [e, op] of flow.exprOp.entries())
    if (op === Expr.Global) yield flow.names[flow.exprA[e] as number] ?? '';
}
