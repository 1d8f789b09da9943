/**
 * The rules about a pointer that is used although it can be NULL or an error: what they have in common is the
 * place where it shows, a dereference in this function or in a callee that does not test.
 */
import { Operator } from '../../c/ast.ts';
import { Expr, type Flow, Op } from '../../c/flow.ts';
import { blockOf, endOfBlock } from '../../c/flow-blocks.ts';
import { isArray, isPointer } from '../../c/types.ts';
import type { Observer, View } from '../../effects/domain.ts';
import type { Effects } from '../../effects/effects.ts';
import {
  calledPointer,
  calleeName,
  isLocal,
  pointerBehind,
  pointerOf,
  stripCasts,
} from '../../effects/flow-expressions.ts';
import { isNull, mayBeError, mayBeNull } from '../../effects/values.ts';
import type { FunctionRef } from '../../index/program.ts';
import { ASKS_FOR_ERROR, GIVES_UP, WARNINGS } from '../../kernel/pointers.ts';
import type { FunctionContext } from './function-context.ts';

/** A pointer that is dereferenced where it may be none. */
export interface Use {
  readonly pointer: number;
  readonly view: View;
  /** Call whose callee dereferences it; -1 where this function does. */
  readonly through: number;
  readonly argument: number;
  /** Only the address of a member is taken, and kept. */
  readonly isAddress?: boolean;
  /** Something is subtracted from it: what comes out of NULL passes for a pointer. */
  readonly isDifference?: boolean;
  /** The function that it points to is called. */
  readonly isCall?: boolean;
  /** A variable that points into the object, and that is what is dereferenced. */
  readonly via?: number;
  /** The callee dereferences it on some of its paths, and tests it on none. */
  readonly isSometimes?: boolean;
}

/** What the rules of a family are asked in turn; the first that knows the case reports it. */
export interface UseRules {
  /** The pointer is NULL on this path. */
  readonly whenNull: readonly ((context: FunctionContext, use: Use) => boolean)[];
  /** Something says that it can be NULL. */
  readonly whenMaybeNull: readonly ((context: FunctionContext, use: Use) => boolean)[];
  /** Something says that it can be an error pointer. */
  readonly whenMaybeError: readonly ((context: FunctionContext, use: Use) => boolean)[];
}

/** Watches dereferences, here and in callees, and hands doubtful ones to the rules. */
export function watchUses(context: FunctionContext, rules: UseRules): Observer {
  const check = (use: Use): void => {
    const bits = use.view.bits(use.pointer);
    if (isNull(bits)) rules.whenNull.some((rule) => rule(context, use));
    else if (mayBeNull(bits)) rules.whenMaybeNull.some((rule) => rule(context, use));
    else if (mayBeError(bits)) rules.whenMaybeError.some((rule) => rule(context, use));
  };
  const wholes = wholesOf(context.flow);
  return {
    accessed(pointer, place, view) {
      const accessed = context.accessed(stripCasts(context.flow, pointer), place, isDoubtful(view));
      if (accessed !== 0 && !isReadLater(context.flow, view, accessed))
        check({ pointer: accessed, view, through: -1, argument: -1 });
      const via = stripCasts(context.flow, pointer);
      const whole = wholes(via, isDoubtful(view));
      if (whole !== 0) check({ pointer: whole, view, through: -1, argument: -1, via });
      return accessed;
    },
    assign(target, value, view) {
      const { flow } = context;
      const e = stripCasts(flow, value);
      if (flow.exprOp[e] === Expr.Binary && flow.exprC[e] === Operator.Subtract) {
        const from = stripCasts(flow, flow.exprA[e] as number);
        const isResult = mayBeNull(view.bits(from)) && view.originCall(from) >= 0;
        if (isResult && isPointer(context.typeOf(from)))
          check({ pointer: from, view, through: -1, argument: -1, isDifference: true });
        return;
      }
      const isKept = flow.exprOp[target] !== Expr.Local && flow.exprOp[target] !== Expr.Temporary;
      if (!isKept) return;
      const pointer = flow.exprOp[e] === Expr.Address ? pointerOf(flow, e) : pointerBehind(flow, e);
      if (pointer === 0 || isNull(view.bits(pointer))) return;
      // The name of an array is its address; anything else is read, which is no matter of this.
      if (flow.exprOp[e] !== Expr.Address && !(mayBeNull(view.bits(pointer)) && isArray(context.typeOf(e))))
        return;
      check({ pointer, view, through: -1, argument: -1, isAddress: true });
    },
    call(call, view) {
      const { flow } = context;
      const callee = calledPointer(flow, call);
      if (callee !== 0) check({ pointer: callee, view, through: -1, argument: -1, isCall: true });
      const { dereferences, mayDereference } = view.knowledge(call);
      for (const [argument, arg] of (flow.calls[call]?.args ?? []).entries()) {
        const pointer = argument > 30 ? 0 : context.behindArrays(pointerOf(flow, arg), isDoubtful(view));
        if (pointer === 0) continue;
        if (((dereferences | mayDereference) & (1 << argument)) === 0) {
          // A test for NULL lets it through.
          if (mayBeError(view.bits(pointer)) && isUsedUnlessNull(context, call, argument))
            check({ pointer, view, through: call, argument, isSometimes: true });
          continue;
        }
        if (isNull(view.bits(pointer)) && isReadLater(flow, view, pointer)) continue;
        const isSometimes = (dereferences & (1 << argument)) === 0;
        if (isSometimes && !(mayBeNull(view.bits(pointer)) && isTestedNowhere(context, call, argument)))
          continue;
        check({ pointer, view, through: call, argument, ...(isSometimes ? { isSometimes } : {}) });
      }
    },
  };
}

/**
 * The object that a variable points into: p of `m = &p->member`, or of `f = &m->first` behind that. 0 where it is none
 * of which there is doubt, or where the variable is set to something else, too.
 */
function wholesOf(flow: Flow): (variable: number, isDoubtful: (pointer: number) => boolean) => number {
  const wholes = new Map<number, number>();
  for (let at = 0; at < flow.ops.length; at += 4) {
    const target = flow.ops[at + 1] as number;
    if (flow.ops[at] !== Op.Assign || flow.exprOp[target] !== Expr.Local) continue;
    const value = stripCasts(flow, flow.ops[at + 2] as number);
    const whole = flow.exprOp[value] === Expr.Address ? pointerOf(flow, value) : 0;
    wholes.set(target, wholes.has(target) ? 0 : whole);
  }
  return (variable, doubt) => {
    let whole = wholes.get(variable) ?? 0;
    for (let steps = 0; steps < MAX_PARTS && whole !== 0 && !doubt(whole); steps++)
      whole = wholes.get(whole) ?? 0;
    return whole !== 0 && doubt(whole) && (wholes.get(whole) ?? 0) === 0 ? whole : 0;
  };
}

/** Members of members that are followed. */
const MAX_PARTS = 4;

const isDoubtful =
  (view: View) =>
  (pointer: number): boolean => {
    const bits = view.bits(pointer);
    return mayBeNull(bits) || mayBeError(bits);
  };

/**
 * What a macro is given is read where the macro says, which the walk takes for before it: `WARN(p && p->is_bad, "%d",
 * p->number)` prints where the condition holds, `for_each_with(p, list, p->number == 3)` asks of each p, and
 * `find(p, list, p->number == 3)` sets p before it asks.
 */
function isReadLater(flow: Flow, view: View, pointer: number): boolean {
  for (let at = view.at + 1; at < endOfBlock(flow, blockOf(flow, view.at)); at++) {
    if (flow.ops[at * 4] === Op.Assign && flow.exprOp[flow.ops[at * 4 + 1] as number] !== Expr.Temporary)
      return false;
    if (flow.ops[at * 4] !== Op.Call) continue;
    const call = flow.ops[at * 4 + 1] as number;
    const args = flow.calls[call]?.args ?? [];
    const k = args.indexOf(pointer);
    if (k >= 0 && flow.scopes.some((scope) => scope.call === call)) return true;
    if (k >= 0 && k <= 30 && (view.knowledge(call).assigns & (1 << k)) !== 0) return true;
    if (!WARNINGS.test(calleeName(flow, call))) continue;
    return args.slice(0, 2).some((arg) => isNull(view.bits(arg)));
  }
  return false;
}

/** Tells of every pointer that is dereferenced: here, or on every way through a callee that it is passed to. */
export function watchDereferences(
  flow: Flow,
  visit: (pointer: number, view: View, through: number, argument: number) => void,
): Required<Pick<Observer, 'deref' | 'call'>> {
  return {
    deref(pointer, _place, _isStore, view) {
      visit(pointer, view, -1, -1);
    },
    call(call, view) {
      const { dereferences } = view.knowledge(call);
      if (dereferences === 0) return;
      for (const [argument, arg] of (flow.calls[call]?.args ?? []).entries())
        if (argument <= 30 && (dereferences & (1 << argument)) !== 0)
          visit(pointerOf(flow, arg), view, call, argument);
    },
  };
}

/** The callee uses the parameter where it is not NULL, and tests it for no error. */
function isUsedUnlessNull(context: FunctionContext, call: number, argument: number): boolean {
  const name = calleeName(context.flow, call);
  if (name === '' || GIVES_UP.test(name)) return false;
  const { function: ref } = context.effects.callee(name, context.ref.path);
  return ref !== undefined && isUsedBehindTest(context.effects, ref, argument, MAX_HANDS);
}

function isUsedBehindTest(effects: Effects, ref: FunctionRef, argument: number, hands: number): boolean {
  const { flow } = ref.fact;
  if (flow === undefined || hands === 0) return false;
  const isArgument = (e: number): boolean => isLocal(flow, e, argument);
  const handed = [...flow.calls.keys()].filter((n) => flow.calls[n]?.args.some(isArgument));
  if (handed.some((n) => ASKS_FOR_ERROR.has(calleeName(flow, n)))) return false;
  const isTested = (effects.summary(ref).tests & (1 << argument)) !== 0;
  for (let at = 0; isTested && at < flow.ops.length; at += 4)
    if (flow.ops[at] === Op.Deref && isArgument(flow.ops[at + 1] as number)) return true;
  return handed.some((n) =>
    flow.calls[n]?.args.some((arg, k) => {
      if (k > 30 || !isArgument(arg)) return false;
      if (isTested) return (effects.knowledge(flow, n, ref.path).dereferences & (1 << k)) !== 0;
      const callee = effects.callee(calleeName(flow, n), ref.path).function;
      return callee !== undefined && isUsedBehindTest(effects, callee, k, hands - 1);
    }),
  );
}

/** How far a parameter is followed that a callee hands on. */
const MAX_HANDS = 3;

/** The callee's body is known, and no branch of it, or of a function that it hands the parameter on to, tests it. */
function isTestedNowhere(context: FunctionContext, call: number, argument: number): boolean {
  const name = calleeName(context.flow, call);
  if (name === '') return false;
  const { function: ref } = context.effects.callee(name, context.ref.path);
  return ref !== undefined && !isTestedIn(context.effects, ref, argument, MAX_HANDS);
}

function isTestedIn(effects: Effects, ref: FunctionRef, argument: number, hands: number): boolean {
  if ((effects.summary(ref).tests & (1 << argument)) !== 0) return true;
  const { flow } = ref.fact;
  if (flow === undefined || hands === 0) return false;
  return flow.calls.some(({ args }, n) =>
    args.some((arg, k) => {
      const e = stripCasts(flow, arg);
      if (flow.exprOp[e] !== Expr.Local || flow.exprA[e] !== argument || k > 30) return false;
      const callee = effects.callee(calleeName(flow, n), ref.path).function;
      return callee !== undefined && callee.id !== ref.id && isTestedIn(effects, callee, k, hands - 1);
    }),
  );
}

/** 'it is dereferenced here' or 'f() dereferences it': how a message goes on. */
export function useText(context: FunctionContext, use: Use): string {
  if (use.isAddress) return 'has the address of a member taken';
  if (use.isDifference) return 'has something subtracted from it';
  if (use.isCall) return 'is called';
  if (use.via !== undefined) return `is dereferenced by way of ${context.text(use.via)}`;
  if (use.through < 0) return 'is dereferenced';
  const when = use.isSometimes ? ' on some path' : '';
  return `is passed to ${context.calleeText(use.through)}(), which dereferences it${when}`;
}

/** The steps behind a use: in the callee, where it has a body in the tree. */
export function useSteps(context: FunctionContext, use: Use): ReturnType<FunctionContext['step']>[] {
  const line = context.positionOf(use.view.at) >>> 10;
  const name = context.text(use.pointer);
  const here = context.step(line, `${name} ${useText(context, use)}`);
  if (use.through < 0) return [here];
  const callee = context.effects.callee(context.calleeText(use.through), context.ref.path);
  const deref = callee.summary.dereferenceLines[use.argument];
  if (callee.function === undefined || deref === undefined || deref === 0) return [here];
  const parameter = callee.function.fact.parameters[use.argument]?.name ?? 'its parameter';
  return [
    here,
    {
      path: callee.function.path,
      line: deref,
      function: callee.function.name,
      text: `${parameter} is dereferenced without a test`,
    },
  ];
}
