/** What a body may write or leave changed, read off its instructions. */
import { Expr, Op } from '../c/flow.ts';
import { pointerOf } from './flow-expressions.ts';
import { type CallKnowledge, UNKNOWN_CALL } from './knowledge.ts';
import { MAX_PARAMETERS, type Parameters } from './parameters.ts';
import type { Body } from './summarise.ts';
import type { Summary } from './summary.ts';

/**
 * What is written, to whom, whatever the path. What a function does with its parameter leaves the argument alone. The last
 * parameter of a variadic macro may be any number of arguments, and is handed on to as many places.
 */
export function scanEffects(
  { flow, isMacro, isVariadic }: Pick<Body, 'flow' | 'isMacro' | 'isVariadic'>,
  parameters: Parameters,
  known: readonly CallKnowledge[],
): Pick<Summary, 'writes' | 'modifies' | 'assigns'> {
  const rest = isVariadic ? parameters.count - 1 : -1;
  let writes = 0;
  let modifies = false;
  const store = (target: number): void => {
    let e = target;
    for (let steps = 0; steps < 64; steps++) {
      const op = flow.exprOp[e];
      if (op === Expr.Local || op === Expr.Temporary) return;
      if (op === Expr.Field) {
        e = flow.exprA[e] as number;
        continue;
      }
      modifies = true;
      if (op !== Expr.Arrow && op !== Expr.Deref && op !== Expr.Index) return;
      const k = parameters.of(flow.exprA[e] as number);
      if (k >= 0) writes |= 1 << k;
      return;
    }
  };
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] === Op.Assign) store(flow.ops[at + 1] as number);
    else if (flow.ops[at] === Op.Call) {
      const n = flow.ops[at + 1] as number;
      const callee = known[n] ?? UNKNOWN_CALL;
      if (callee.modifies) modifies = true;
      for (const [k, arg] of (flow.calls[n]?.args ?? []).entries()) {
        const direct = parameters.of(arg);
        const mask = callee.writes >> Math.min(k, MAX_PARAMETERS);
        const isWritten = direct >= 0 && direct === rest ? mask !== 0 : (mask & 1) !== 0;
        if (!isWritten) continue;
        const behind = direct >= 0 ? direct : parameters.of(pointerOf(flow, arg));
        if (behind >= 0) writes |= (behind === rest ? -1 : 1) << behind;
      }
      if (callee.assigns !== 0)
        for (const [k, arg] of (flow.calls[n]?.args ?? []).entries())
          if (k < MAX_PARAMETERS && (callee.assigns & (1 << k)) !== 0) store(arg);
    }
  }
  return { writes, modifies, assigns: isMacro ? parameters.assigned : 0 };
}
