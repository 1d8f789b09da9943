import { Operator } from '../../c/ast.ts';
import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import type { Observer, View } from '../../effects/domain.ts';
import { calleeName, pointerBehind, stripCasts } from '../../effects/flow-expressions.ts';
import { ANY, ERR, MAY_ERR, MAY_NULL, mayBeError, ZERO } from '../../effects/values.ts';
import { ERROR_MAKERS, ERROR_TESTS } from '../../kernel/pointers.ts';
import type { Rule } from '../checker.ts';
import { allocates } from './allocates.ts';
import { type CallerHabits, callerHabits, habitsIn } from './callers.ts';
import { type Use, useSteps, useText } from './dereference.ts';
import { firstDereference } from './first-dereference.ts';
import type { FunctionContext } from './function-context.ts';
import { isAskedForSame, isAskedThrough } from './known-to-succeed.ts';
import { isCalledByCallers, isLookedUpByCallers } from './lookup-repeated.ts';
import { isRuledOut } from './ruled-out.ts';
import { resultText, sourceText } from './source.ts';
import { isTested } from './tested-with.ts';
import { goesThroughList, isOfConfiguration } from './unchecked-lookup.ts';

export const errPtr: Rule = {
  id: 'null-deref/err-ptr',
  severity: 'error',
  summary: 'A result is tested for the wrong failure, or an error pointer is dereferenced.',
  source: 'include/linux/err.h; scripts/coccinelle/null/eno.cocci',
};

/**
 * `if (PTR_ERR(p) == -EBUSY) goto again;`: of a function that picks a code out, of `pointer` where that is told, the others
 * may be none that it gets.
 */
const comparesCode = (flow: Flow | undefined, pointer = 0): boolean =>
  flow?.exprOp.some((op, e) => {
    if (op !== Expr.Binary || flow.exprC[e] !== Operator.Equal) return false;
    const compared = stripCasts(flow, flow.exprA[e] as number);
    if (flow.exprOp[compared] !== Expr.Result) return false;
    const call = flow.exprA[compared] as number;
    const asked = stripCasts(flow, flow.calls[call]?.args[0] ?? 0);
    return calleeName(flow, call) === 'PTR_ERR' && (pointer === 0 || asked === pointer);
  }) === true;

/** It looks into a map of the kernel, or goes through a list. */
const findsByKey = (flow: Flow | undefined): boolean =>
  goesThroughList(flow) || flow?.calls.some((_, call) => LOOKUPS.test(calleeName(flow, call))) === true;

const LOOKUPS = /^(?:xa_load|xas_load|idr_find|radix_tree_lookup|rb_find|rhashtable_lookup\w*)$/;

/** A value that can be an error pointer is dereferenced. */
export function findErrorDereference(context: FunctionContext, use: Use): boolean {
  const { pointer, view } = use;
  const call = view.originCall(pointer);
  const callee = call < 0 ? '' : calleeName(context.flow, call);
  if (callee === '') return false;
  const { function: ref, summary } = context.effects.callee(callee, context.ref.path);
  const name = context.text(pointer);
  const position = context.positionOf(view.at);
  const line = lineOf(context.flow.calls[call]?.position ?? 0);
  const habits = ref && callerHabits(context.effects, ref, context.ref.id);
  const isRule = habits !== undefined && habits.forError >= 2 && habits.forError / habits.calls >= 0.9;
  // Others do without a test, too: the failure is one that can't happen to them.
  const isTrusted =
    habits !== undefined &&
    ((habits.calls >= 4 && habits.forError * 2 < habits.calls) ||
      (habits.forNull > 0 && habits.forError === 0));
  // The function tests it, and may know by the code that it made of it.
  const isTestedHere = habitsIn(context.flow, [call]).forError > 0 || isCompared(context.flow, pointer);
  // What only looks at its arguments fails for what they are, which its caller may know.
  const isLook = ref !== undefined && summary.writes === 0 && !summary.modifies;
  const isClear =
    !isRuledOut(context, call, ref, summary.errorLine) &&
    !isLook &&
    !isAskedForSame(context.flow, call) &&
    !isLookedUpByCallers(context, call, 'forError') &&
    !view.isWeak(pointer) &&
    !view.isMerged &&
    !isTestedHere &&
    !(use.isAddress && isAddressTested(context.flow, pointer)) &&
    // What goes into a table is often tested as a whole.
    context.flow.exprOp[stripCasts(context.flow, pointer)] !== Expr.Index &&
    !isOfConfiguration(ref?.fact.flow) &&
    !comparesCode(ref?.fact.flow) &&
    !comparesCode(context.flow, stripCasts(context.flow, pointer));
  // What finds something by a key may be known to find it here.
  const isMaker = ref === undefined || allocates(context.effects, ref, 3);
  const isFound = ref !== undefined && !isMaker && findsByKey(ref.fact.flow);
  const where = ref && summary.errorLine > 0 ? ` at ${ref.path}:${summary.errorLine}` : '';
  const wrongTest = (view.bits(pointer) & ZERO) === 0 ? '; a test for NULL does not catch it' : '';
  context.report({
    rule: errPtr,
    confidence:
      !isClear || isTrusted || (isFound && !isRule) ? 'low' : isRule && !isFound ? 'high' : 'medium',
    // What makes nothing has not failed so far, where few expect it to. Another function that is asked about the same
    // looks for it, too; or whoever calls this one has called the same.
    ...((!isMaker && !isRule) ||
    isAskedThrough(context.effects, context.flow, call, context.ref.path, callee, position) ||
    isCalledByCallers(context, call)
      ? { confidenceInUse: 'low' as const }
      : {}),
    position,
    identity: `${callee} ${name}`,
    message: `${name} ${useText(context, use)}, but ${callee}() returns an error pointer${where} when it fails${wrongTest}.`,
    explanation: `Test ${name} with IS_ERR() behind line ${line}.`,
    trace: [
      context.step(line, resultText(name, callee)),
      ...(ref && summary.errorLine > 0
        ? [
            {
              path: ref.path,
              line: summary.errorLine,
              function: ref.name,
              text: 'an error pointer is returned',
            },
          ]
        : []),
      ...useSteps(context, use),
    ],
  });
  return true;
}

/** `if (p == ERR_PTR(-ENOMEM))`: where that is the only error. */
function isCompared(flow: Flow, pointer: number): boolean {
  const isMade = (e: number): boolean =>
    flow.exprOp[e] === Expr.Result && ERROR_MAKERS.has(calleeName(flow, flow.exprA[e] as number));
  return flow.branches.some((condition, i) => {
    if (i % 3 !== 0 || flow.exprOp[condition] !== Expr.Binary) return false;
    const a = stripCasts(flow, flow.exprA[condition] as number);
    const b = stripCasts(flow, flow.exprB[condition] as number);
    return (a === stripCasts(flow, pointer) && isMade(b)) || (b === stripCasts(flow, pointer) && isMade(a));
  });
}

/** `x = &make()->base; if (IS_ERR(x))`: the address of the first member of an error is the error. */
function isAddressTested(flow: Flow, pointer: number): boolean {
  const addresses = new Set<number>();
  for (let at = 0; at < flow.ops.length; at += 4) {
    const value = stripCasts(flow, flow.ops[at + 2] as number);
    if (flow.ops[at] !== Op.Assign || flow.exprOp[value] !== Expr.Address) continue;
    const holder = pointerBehind(flow, flow.exprA[value] as number);
    if (holder === stripCasts(flow, pointer)) addresses.add(flow.ops[at + 1] as number);
  }
  return flow.calls.some(
    ({ args }, call) =>
      ERROR_TESTS.has(calleeName(flow, call)) && args.some((arg) => addresses.has(stripCasts(flow, arg))),
  );
}

/** Nothing says that a function returns error pointers, and those who call it test for NULL. */
const isTestedForNull = ({ forNull, forError }: CallerHabits): boolean =>
  forNull >= 3 && forNull >= 3 * forError;

/** IS_ERR() of a value that is NULL where its function failed, and never an error pointer. */
export function watchErrorTests(context: FunctionContext): Observer {
  return {
    call(call, view) {
      if (!ERROR_TESTS.has(calleeName(context.flow, call))) return;
      const pointer = context.flow.calls[call]?.args[0] ?? 0;
      const bits = view.bits(pointer);
      if ((bits & MAY_ERR) !== 0 || (bits & MAY_NULL) === 0 || (bits & ANY) === ZERO) return;
      const origin = view.originCall(pointer);
      const callee = origin < 0 ? '' : calleeName(context.flow, origin);
      if (callee === '' || view.isWeak(pointer)) return;
      // An error was ruled out by a test before: this one is the second.
      const { result } = view.knowledge(origin);
      if ((result & MAY_ERR) !== 0) return;
      const { function: ref } = context.effects.callee(callee, context.ref.path);
      const habits = ref && callerHabits(context.effects, ref, context.ref.id);
      if ((bits & ERR) !== 0 && !(habits && isTestedForNull(habits))) return;
      const name = context.text(pointer);
      const position = context.positionOf(view.at);
      const source = sourceText(context, { pointer, view, through: -1, argument: -1 });
      context.report({
        rule: errPtr,
        confidence:
          // `if (IS_ERR(p)) …; else if (p) …`: nothing is missed.
          isErrorOtherwise(context, pointer, view) || isTested(context.flow, pointer) ? 'low' : 'high',
        // What all that get it take (`clk_get_rate(parent)`) does no harm; the test is wrong all the same.
        ...(isUsed(context, pointer) ? {} : { confidenceInUse: 'low' as const }),
        position,
        identity: `test ${callee} ${name}`,
        message: `IS_ERR() never catches a failure of ${callee}() here: ${source}, and nothing says that it returns error pointers.`,
        explanation: `Test ${name} for NULL instead.`,
        trace: [
          context.step(
            lineOf(context.flow.calls[origin]?.position ?? 0),
            `${name} is the result of ${callee}()`,
          ),
          context.step(lineOf(position), `${name} is tested with IS_ERR()`),
        ],
      });
    },
  };
}

const isUsed = ({ effects, flow, ref }: FunctionContext, pointer: number): boolean => {
  const p = stripCasts(flow, pointer);
  return firstDereference(effects, flow, ref.path, (e) => e === p) !== undefined;
};

/** Another call gives the same place an error pointer, on another way to the test: it is for that. */
function isErrorOtherwise({ effects, flow, ref }: FunctionContext, pointer: number, view: View): boolean {
  const place = stripCasts(flow, pointer);
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] !== Op.Assign || flow.ops[at + 1] !== place) continue;
    const value = stripCasts(flow, flow.ops[at + 2] as number);
    if (flow.exprOp[value] !== Expr.Result) continue;
    const call = flow.exprA[value] as number;
    if ((view.knowledge(call).result & MAY_ERR) !== 0) return true;
    // `return err ? ERR_PTR(err) : found;`, where nothing is known of err.
    const body = effects.callee(calleeName(flow, call), ref.path).function?.fact.flow;
    if (body?.calls.some((_, n) => ERROR_MAKERS.has(calleeName(body, n)))) return true;
  }
  return false;
}

/** A test for NULL of a value that is an error pointer where its function failed, and never NULL. */
export function watchNullTests(context: FunctionContext): Observer {
  const { flow } = context;
  const done = new Set<number>();
  return {
    branch(condition, view) {
      const pointer = stripCasts(
        flow,
        flow.exprOp[condition] === Expr.Unary ? (flow.exprA[condition] as number) : condition,
      );
      const call = pointer <= 0 ? -1 : view.originCall(pointer);
      if (call < 0 || done.has(call) || view.isWeak(pointer)) return;
      const bits = view.bits(pointer);
      if (!mayBeError(bits) || (bits & ANY) === ERR || (bits & MAY_NULL) !== 0) return;
      done.add(call);
      const callee = calleeName(flow, call);
      const { function: ref, summary } = context.effects.callee(callee, context.ref.path);
      if (ref === undefined || callee.includes('debugfs') || isOfConfiguration(ref.fact.flow)) return;
      if (habitsIn(flow, [call]).forError > 0 || isSetOtherwise(flow, pointer, call)) return;
      const { calls, forNull, forError } = callerHabits(context.effects, ref, context.ref.id);
      const isNeverNull = (view.knowledge(call).result & ZERO) === 0;
      // IS_ERR_OR_NULL() is a test for both.
      if (forNull * 5 > forError || forError < (isNeverNull ? 1 : 3) || forError < 0.7 * calls) return;
      const name = context.text(pointer);
      const position = context.positionOf(view.at);
      const line = lineOf(flow.calls[call]?.position ?? 0);
      context.report({
        rule: errPtr,
        confidence: isNeverNull && forError >= 2 ? 'high' : 'medium',
        position,
        identity: `${callee} ${name}`,
        message: `A test of ${name} for NULL never catches a failure of ${callee}(), which returns an error pointer${summary.errorLine > 0 ? ` at ${ref.path}:${summary.errorLine}` : ''}; ${forError} of ${calls} other callers test it with IS_ERR().`,
        explanation: `Test ${name} with IS_ERR() instead.`,
        trace: [
          context.step(line, resultText(name, callee)),
          context.step(lineOf(position), `${name} is tested for NULL`),
        ],
      });
    },
  };
}

/** Whether a place gets something else than the result of a call somewhere: the test may be for that. */
function isSetOtherwise(flow: Flow, place: number, call: number): boolean {
  for (let at = 0; at < flow.ops.length; at += 4) {
    const x = flow.ops[at + 1] as number;
    if (flow.ops[at] === Op.Call && flow.calls[x]?.args.some((arg) => isAddressOf(flow, arg, place)))
      return true;
    if (flow.ops[at] !== Op.Assign || x !== place) continue;
    const value = stripCasts(flow, flow.ops[at + 2] as number);
    if (flow.exprOp[value] !== Expr.Result || flow.exprA[value] !== call) return true;
  }
  return false;
}

const isAddressOf = (flow: Flow, arg: number, place: number): boolean =>
  flow.exprOp[arg] === Expr.Address && flow.exprA[arg] === place;
