import { Expr, lineOf } from '../../c/flow.ts';
import type { Rule } from '../checker.ts';
import { type Use, useSteps, useText } from './dereference.ts';
import { type FunctionContext, nullOrigin } from './function-context.ts';

export const clearedThenUsed: Rule = {
  id: 'null-deref/cleared-then-used',
  severity: 'error',
  summary: 'A pointer is set to NULL and then used.',
  source: 'https://cwe.mitre.org/data/definitions/476.html',
};

/** NULL was assigned on this path, and nothing else since. */
export function findClearedThenUsed(context: FunctionContext, use: Use): boolean {
  const { pointer, view } = use;
  if (use.isSometimes) return false;
  const origin = nullOrigin(context.flow, pointer, view);
  if (origin.kind !== 'assigned' || context.flow.exprOp[origin.value] !== Expr.Integer) return false;
  const name = context.text(pointer);
  const position = context.positionOf(view.at);
  const isSure = origin.forks === 0 && !view.isMerged && !view.isWeak(pointer);
  context.report({
    rule: clearedThenUsed,
    confidence: isSure ? 'high' : 'low',
    position,
    identity: name,
    message: `${name} ${useText(context, use)} on a path where it was set to NULL at line ${origin.line} and to nothing else since.`,
    explanation: `On this path ${name} still is the NULL of line ${origin.line} when line ${lineOf(position)} uses it.`,
    trace: [context.step(origin.line, `${name} is set to NULL`), ...useSteps(context, use)],
  });
  return true;
}
