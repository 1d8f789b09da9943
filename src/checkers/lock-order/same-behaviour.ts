/**
 * Whether a function whose body was changed still does the same to locks: it makes the same calls in the same order,
 * under the same conditions and with the same held, and stores the same. A test that is added or taken out then is
 * nothing to lock-order, and neither are the functions around it.
 */
import { Expr, type Flow, Op } from '../../c/flow.ts';
import { blockOf } from '../../c/flow-blocks.ts';
import { expressionText, typeOf } from '../../effects/expression-text.ts';
import { calleeName, globalName, stripCasts } from '../../effects/flow-expressions.ts';
import type { Held, LockState } from '../../effects/locks/held.ts';
import type { Body } from '../../effects/locks/lock-body.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import type { LockEffects } from '../../effects/locks/lock-effects.ts';
import { changesState, mattersUnderLock } from '../../effects/locks/lock-summary.ts';
import { isNumberType } from '../../effects/number-types.ts';
import type { FunctionRef, Program } from '../../index/program.ts';
import { PRINTING } from '../../kernel/pointers.ts';
import { type FunctionLocks, keptLocks } from './function-locks.ts';

/** One function in two programs. */
export function doesSameToLocks(
  before: readonly [Program, FunctionRef],
  after: readonly [Program, FunctionRef],
): boolean {
  const [a, b] = [keptLocks(before), keptLocks(after)];
  if (a?.body.complete !== true || b?.body.complete !== true) return false;
  return isSameText(stepsOf(a), stepsOf(b)) && isSameText(happeningsOf(a), happeningsOf(b));
}

export const isSameText = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((line, i) => line === b[i]);

/** Calls and stores as they are written, in their order; what is only reckoned or printed is no matter. */
function stepsOf({ effects, ref: { path }, body: { flow, conditions } }: FunctionLocks): readonly string[] {
  const steps: string[] = [];
  for (let at = 0; at < flow.ops.length; at += 4) {
    const [op, x = 0, y = 0] = flow.ops.subarray(at, at + 3);
    if (op === Op.Call && !isNoMatter(effects, flow, x, path))
      steps.push(`${conditions.conditionOf(blockOf(flow, at / 4))} ${callText(flow, x)}`);
    if (op === Op.Assign && !isOfNumbers(effects, flow, x, y, path))
      steps.push(`${expressionText(flow, x)} = ${expressionText(flow, y)}`);
    if (op === Op.EnterScope || op === Op.ExitScope) steps.push(`${op} ${flow.scopes[x]?.kind}`);
  }
  return steps;
}

/**
 * What prints, and `min(a, b)`: a macro that does nothing to locks, and that is handed no address of something, nor a
 * function.
 */
function isNoMatter(effects: LockEffects, flow: Flow, call: number, path: string): boolean {
  const name = calleeName(flow, call);
  if (PRINTING.test(name)) return true;
  if (name === '' || effects.effects.meaning(name, path).macro === undefined) return false;
  const isHandedMore = flow.calls[call]?.args.some(
    (arg) =>
      flow.exprOp[arg] === Expr.Address ||
      effects.effects.meaning(globalName(flow, arg), path).functions.length > 0,
  );
  const summary = effects.ofName(name, path);
  return isHandedMore === false && !mattersUnderLock(summary) && !changesState(summary);
}

/**
 * `ret = -ENOMEM`, `x->size = n`: what comes of a number is seen where it is tested; but a constant in an object tells of
 * what kind that is.
 */
function isOfNumbers(effects: LockEffects, flow: Flow, target: number, value: number, path: string): boolean {
  const put = stripCasts(flow, value);
  const { program } = effects.effects;
  const isNumber = (e: number): boolean => {
    const op = flow.exprOp[e];
    return op === Expr.Integer || op === Expr.Unary || isNumberType(typeOf(flow, e, program, path));
  };
  const isConstant = flow.exprOp[put] === Expr.Integer || flow.exprOp[put] === Expr.Global;
  switch (flow.exprOp[target]) {
    case Expr.Temporary:
      return isNumber(put) || effects.effects.constant(globalName(flow, put), path) !== undefined;
    case Expr.Local:
      return isNumber(target);
    default:
      return isNumber(target) && !isConstant;
  }
}

export const callText = (flow: Flow, call: number): string => {
  const { callee = 0, args = [] } = flow.calls[call] ?? {};
  return `${expressionText(flow, callee)}(${args.map((arg) => expressionText(flow, arg)).join(', ')})`;
};

/** What happens while something is held, off or released, in any order. */
function happeningsOf({ effects, ref: { path }, body }: FunctionLocks): readonly string[] {
  const happenings = new Set<string>();
  for (const event of body.events) {
    const isMeant =
      event.kind === 'acquire' ||
      event.kind === 'release' ||
      (!isNothing(event.state) &&
        (event.kind === 'leave' || !isNoMatter(effects, body.flow, event.call, path)));
    if (isMeant) happenings.add(happeningText(body, event));
  }
  return [...happenings].sort();
}

const isNothing = ({ held, released, dropped, ...counts }: LockState): boolean =>
  held.length + released.length + dropped.length === 0 && Object.values(counts).every((n) => n === 0);

export function happeningText({ flow }: Body, event: LockEvent): string {
  const { kind, call, state, lock, blocks, stops, result, nullParameters } = event;
  const { held, ...others } = state;
  const text = JSON.stringify([
    kind,
    call < 0 ? '' : callText(flow, call),
    held.map(plain),
    others,
    lock && plain(lock),
    blocks,
    stops,
    result,
    nullParameters,
  ]);
  // Places start with the number of a local.
  return text.replace(/%(\d+)/g, (_, local) => `%${flow.locals[Number(local)]?.name}`);
}

/** Without the number of its call. */
const plain = ({ call: _, ...lock }: Held): Omit<Held, 'call'> => lock;
