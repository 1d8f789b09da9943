/**
 * What a function with another body leads to as before: it is called, handed on, stored and asked about in the same
 * way, with the same held. Those below it see nothing of the change.
 */
import { Expr, type Flow, Op } from '../../c/flow.ts';
import { blockOf } from '../../c/flow-blocks.ts';
import { expressionText } from '../../effects/expression-text.ts';
import { pushOperands } from '../../effects/flow-expressions.ts';
import type { FunctionRef, Program } from '../../index/program.ts';
import { type FunctionLocks, keptLocks } from './function-locks.ts';
import { callText, happeningText, isSameText } from './same-behaviour.ts';

/** Answers for the names that one function in two programs uses, and for `.ops` where it calls through a field. */
export function leadsAlike(
  before: readonly [Program, FunctionRef],
  after: readonly [Program, FunctionRef],
): (name: string) => boolean {
  const [old, now] = [keptLocks(before), keptLocks(after)];
  if (old?.body.complete !== true || now?.body.complete !== true) return () => false;
  const [one, other] = [mentionsIn(old), mentionsIn(now)];
  return (name) => {
    const [a, b] = [one.get(name), other.get(name)];
    return a !== undefined && b !== undefined && isSameText([...a].sort(), [...b].sort());
  };
}

/** How a function uses each name. */
function mentionsIn(locks: FunctionLocks): ReadonlyMap<string, ReadonlySet<string>> {
  const { flow, conditions } = locks.body;
  const mentions = new Map<string, Set<string>>();
  const put = (names: readonly string[], texts: readonly string[]): void => {
    for (const name of names) {
      const known = mentions.get(name) ?? new Set();
      mentions.set(name, known);
      for (const text of texts) known.add(text);
    }
  };
  const happenings = Map.groupBy(locks.eventsOrCalls, ({ call }) => call);
  for (let at = 0; at < flow.ops.length; at += 4) {
    const [op, x = 0, y = 0] = flow.ops.subarray(at, at + 3);
    const made = op === Op.Call ? flow.calls[x] : undefined;
    if (made !== undefined) {
      const texts = (happenings.get(x) ?? []).map((event) =>
        JSON.stringify([
          happeningText(locks.body, event),
          event.isMerged,
          locks.isConditional(x),
          event.state.held.map((lock) => [
            locks.isConditional(x, lock),
            locks.mayBeReleased(event, lock),
            locks.certainty(event, lock),
          ]),
        ]),
      );
      put(namesIn(flow, [made.callee, ...made.args]), texts.length > 0 ? texts : [callText(flow, x)]);
    } else {
      const used = operandsOf(flow, op, x, y);
      const texts = used.map((e) => expressionText(flow, e));
      put(namesIn(flow, used), [
        `${op} ${JSON.stringify(conditions.conditionOf(blockOf(flow, at / 4)))} ${texts.join(' = ')}`,
      ]);
    }
  }
  return mentions;
}

/** The expressions of an instruction that is no call. */
function operandsOf({ branches, switches }: Flow, op: number | undefined, x: number, y: number): number[] {
  switch (op) {
    case Op.Assign:
      return [x, y];
    case Op.Branch:
      return [branches[x * 3] as number];
    case Op.Switch:
      return [switches[x]?.value ?? 0];
    case Op.Deref:
    case Op.Evaluate:
    case Op.Return:
      return [x];
    default:
      return [];
  }
}

/** The names of what lies outside of the function in some expressions, and the fields with a dot before. */
function namesIn(flow: Flow, expressions: readonly number[]): string[] {
  const names = new Set<string>();
  const stack = [...expressions];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    const op = flow.exprOp[e];
    if (op === Expr.Global) names.add(flow.names[flow.exprA[e] as number] ?? '');
    if (op === Expr.Arrow || op === Expr.Field) names.add(`.${flow.names[flow.exprB[e] as number] ?? ''}`);
    pushOperands(flow, e, stack);
  }
  return [...names];
}
