import { Operator } from '../../c/ast.ts';
import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import { endOfBlock } from '../../c/flow-blocks.ts';
import type { View } from '../../effects/domain.ts';
import { calleeName, stripCasts } from '../../effects/flow-expressions.ts';
import { SIZED_ACCESSES } from '../../kernel/pointers.ts';
import type { Rule } from '../checker.ts';
import { type Use, useSteps, useText } from './dereference.ts';
import { type FunctionContext, nullOrigin, reaches, successors } from './function-context.ts';

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
  const isFollowed = !view.isMerged && !view.isWeak(pointer);
  const isSure = isFollowed && origin.forks === 0;
  const isLikely = isFollowed && origin.forks === 1 && isOneWay(context.flow, origin.block, view);
  const isDoubted = isOfSize(context.flow, use) || isBehindChain(context.flow, origin.block, view);
  context.report({
    rule: clearedThenUsed,
    confidence: isDoubted ? 'low' : isSure ? 'high' : isLikely ? 'medium' : 'low',
    // What decided in between has not gone that way, so far.
    ...(isSure ? {} : { confidenceInUse: 'low' as const }),
    position,
    identity: name,
    message: `${name} ${useText(context, use)} on a path where it was set to NULL at line ${origin.line} and to nothing else since.`,
    explanation: `On this path ${name} still is the NULL of line ${origin.line} when line ${lineOf(position)} uses it.`,
    trace: [context.step(origin.line, `${name} is set to NULL`), ...useSteps(context, use)],
  });
  return true;
}

/** Handed to a function that accesses as many bytes as it is told: none, where there is nothing. */
function isOfSize(flow: Flow, use: Use): boolean {
  const size = use.through < 0 ? undefined : flow.calls[use.through]?.args[2];
  if (size === undefined || !SIZED_ACCESSES.has(calleeName(flow, use.through))) return false;
  const e = stripCasts(flow, size);
  return flow.exprOp[e] !== Expr.Integer && flow.exprOp[e] !== Expr.Sizeof;
}

/**
 * Whether the one undecided condition since is an `if`: no other can go with it. That a loop is run at least once, and
 * that a switch has all cases, is often known.
 */
function isOneWay(flow: Flow, from: number, view: View): boolean {
  const path = view.pathForks();
  const first = path.findLastIndex(([block]) => block === from);
  for (let i = first + 1; i < path.length; i++) {
    const [block, forks] = path[i - 1] as [number, number];
    if ((path[i]?.[1] ?? forks) === forks) continue;
    const last = (endOfBlock(flow, block) - 1) * 4;
    if (flow.ops[last] !== Op.Branch) return false;
    return !successors(flow, block).some((way) => reaches(flow, way, block, -1));
  }
  return false;
}

/** `if (x == A) p = …; else if (x == B) p = …;`: that x is one of the two is known to who leaves out the rest. */
function isBehindChain(flow: Flow, from: number, view: View): boolean {
  const path = view.path();
  const refused = new Map<number, number>();
  for (let i = path.lastIndexOf(from); i >= 0 && i < path.length - 1; i++) {
    const last = (endOfBlock(flow, path[i] as number) - 1) * 4;
    if (flow.ops[last] !== Op.Branch) continue;
    const branch = (flow.ops[last + 1] as number) * 3;
    const e = stripCasts(flow, flow.branches[branch] as number);
    if (flow.exprOp[e] !== Expr.Binary || flow.exprC[e] !== Operator.Equal) continue;
    if (flow.branches[branch + 2] !== path[i + 1]) continue;
    const asked = flow.exprA[e] as number;
    const times = (refused.get(asked) ?? 0) + 1;
    if (times > 1) return true;
    refused.set(asked, times);
  }
  return false;
}
