import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import {
  calleeName,
  callsOf,
  globalName,
  isConstantName,
  isParameter,
  stripCasts,
} from '../../effects/flow-expressions.ts';
import { ALLOCATORS, MAPS_ADDRESS } from '../../kernel/allocators.ts';
import { GIVES_UP } from '../../kernel/pointers.ts';
import type { Rule } from '../checker.ts';
import { everyCaller, habitsIn } from './callers.ts';
import { type Use, useSteps, useText } from './dereference.ts';
import type { FunctionContext } from './function-context.ts';
import { allocationText, untestedText } from './source.ts';
import { isTestedWith } from './tested-with.ts';

export const uncheckedAlloc: Rule = {
  id: 'null-deref/unchecked-alloc',
  severity: 'error',
  summary: 'The result of an allocation is used without a test for NULL.',
  source: 'Documentation/core-api/memory-allocation.rst; Documentation/process/coding-style.rst, 14',
};

/** The value comes straight from an allocator, and no test lies between. */
export function findUncheckedAlloc(context: FunctionContext, use: Use): boolean {
  const { pointer, view } = use;
  const call = view.originCall(pointer);
  const allocator = call < 0 ? '' : calleeName(context.flow, call);
  if (!ALLOCATORS.has(allocator)) return false;
  const name = context.text(pointer);
  const position = context.positionOf(view.at);
  const line = lineOf(context.flow.calls[call]?.position ?? 0);
  const isStatic = isMappedForGood(context, call);
  context.report({
    rule: uncheckedAlloc,
    confidence:
      isFreed(context, use) ||
      isTestedBehind(context.flow, pointer) ||
      isToldByFlag(context.flow, call) ||
      isTestedWith(context.flow, use)
        ? 'low'
        : // What is left of NULL behind a subtraction depends on the number.
          use.isDifference ||
            view.isWeak(pointer) ||
            ((use.isAddress || use.isSometimes) && isTested(context, call)) ||
            isStatic
          ? 'medium'
          : 'high',
    ...(isStatic ? { confidenceInUse: 'low' as const } : {}),
    position,
    identity: `${allocator} ${name}`,
    message: `${name} ${useText(context, use)} without a test: ${allocator}() at line ${line} returns NULL when it fails.`,
    explanation: `The allocation may fail, and ${untestedText(name, line, lineOf(position))}. Test it right behind the allocation and leave with an error (usually -ENOMEM).`,
    missingTest: { pointer: name, line, returns: context.ref.fact.returns },
    trace: [context.step(line, allocationText(name, allocator)), ...useSteps(context, use)],
  });
  return true;
}

const isFreed = (context: FunctionContext, use: Use): boolean =>
  use.isSometimes === true && GIVES_UP.test(context.calleeText(use.through));

/**
 * `ioremap(CHIP_BASE, size)`, here or by what all callers hand over: no memory is asked for where a platform has that mapped
 * already.
 */
export function isMappedForGood({ effects, flow, ref }: FunctionContext, call: number): boolean {
  if (!MAPS_ADDRESS.test(calleeName(flow, call))) return false;
  const address = stripCasts(flow, flow.calls[call]?.args[0] ?? 0);
  if (!isParameter(flow, address)) return isConstant(flow, address);
  const k = flow.exprA[address] as number;
  return everyCaller(effects, ref, ({ fact: { flow: body } }) => {
    if (body === undefined) return false;
    const calls = callsOf(body, ref.name);
    return calls.length > 0 && calls.every((n) => isConstant(body, body.calls[n]?.args[k] ?? 0));
  });
}

/** A number, a name in capitals, or what is made of such. */
function isConstant(flow: Flow, expression: number): boolean {
  const e = stripCasts(flow, expression);
  const op = flow.exprOp[e];
  if (op === Expr.Global) return isConstantName(globalName(flow, e));
  if (op === Expr.Binary)
    return isConstant(flow, flow.exprA[e] as number) && isConstant(flow, flow.exprB[e] as number);
  if (op !== Expr.Result) return op === Expr.Integer;
  const call = flow.exprA[e] as number;
  return (
    isConstantName(calleeName(flow, call)) &&
    flow.calls[call]?.args.every((arg) => isConstant(flow, arg)) === true
  );
}

/** Somewhere in the function: behind a use that need be none. */
const isTested = (context: FunctionContext, call: number): boolean =>
  habitsIn(context.flow, [call]).forNull > 0;

/** `ok = p != NULL; if (!ok) …`: a branch is taken by a variable that says whether there is anything. */
function isToldByFlag(flow: Flow, call: number): boolean {
  const names = new Set<number>();
  const flags = new Set<number>();
  for (let at = 0; at < flow.ops.length; at += 4) {
    const x = flow.ops[at + 1] as number;
    if (flow.ops[at] === Op.Branch && flags.has(stripCasts(flow, flow.branches[x * 3] as number)))
      return true;
    if (flow.ops[at] !== Op.Assign) continue;
    const value = stripCasts(flow, flow.ops[at + 2] as number);
    const op = flow.exprOp[value];
    if (op === Expr.Result && flow.exprA[value] === call) names.add(x);
    const isTest = op === Expr.Unary || op === Expr.Binary;
    if (isTest && names.has(stripCasts(flow, flow.exprA[value] as number))) flags.add(x);
  }
  return false;
}

/** `at = &x->data; *at = allocate(); if (!x->data)`: the test names what the address is of. */
function isTestedBehind(flow: Flow, pointer: number): boolean {
  const e = stripCasts(flow, pointer);
  if (flow.exprOp[e] !== Expr.Deref) return false;
  const holder = stripCasts(flow, flow.exprA[e] as number);
  const tested = new Set(
    flow.branches.filter((_, i) => i % 3 === 0).map((condition) => stripCasts(flow, condition)),
  );
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] !== Op.Assign || flow.ops[at + 1] !== holder) continue;
    const value = stripCasts(flow, flow.ops[at + 2] as number);
    if (flow.exprOp[value] === Expr.Address && tested.has(flow.exprA[value] as number)) return true;
  }
  return false;
}
