/** Failures of a callee that the arguments of a call rule out: `if (!locked) return ERR_PTR(-EAGAIN);`, called with `true`. */
import { lineOf, Op } from '../../c/flow.ts';
import { blockOf } from '../../c/flow-blocks.ts';
import { conditionAt } from '../../effects/locks/condition.ts';
import { Conditions } from '../../effects/locks/conditional.ts';
import type { FunctionRef } from '../../index/program.ts';
import type { FunctionContext } from './function-context.ts';

/** Whether a call does not come to the return on `line` of the function that it calls. */
export function isRuledOut(
  context: FunctionContext,
  call: number,
  callee: FunctionRef | undefined,
  line: number,
): boolean {
  const body = callee?.fact.flow;
  if (body === undefined || line === 0) return false;
  const { effects, flow, ref } = context;
  const args = flow.calls[call]?.args ?? [];
  const conditions = new Conditions(body);
  for (let at = 0; at < body.ops.length; at += 4) {
    if (body.ops[at] !== Op.Return || lineOf(body.ops[at + 3] as number) !== line) continue;
    const condition = conditions.conditionOf(blockOf(body, at / 4));
    return conditionAt(condition, flow, args, (name) => effects.constant(name, ref.path)) === 'never';
  }
  return false;
}
