/**
 * A failure that nobody sees: the result goes into an object that lives on, and the function goes on and
 * returns without a test. Whoever uses the object finds NULL, or an error pointer, in it.
 */
import { Expr, lineOf } from '../../c/flow.ts';
import type { Observer, View } from '../../effects/domain.ts';
import { calleeName } from '../../effects/effects.ts';
import { stripCasts } from '../../effects/layout.ts';
import { ANY, isNull, mayBeError, mayBeNull, ZERO } from '../../effects/values.ts';
import { ALLOCATORS } from '../../kernel/allocators.ts';
import { callerHabits } from './callers.ts';
import { errPtr } from './err-ptr.ts';
import type { FunctionContext } from './function-context.ts';
import { uncheckedAlloc } from './unchecked-alloc.ts';
import { uncheckedLookup } from './unchecked-lookup.ts';

/** Watches what is stored, and looks at it again where the function is left with success. */
export function watchStores(context: FunctionContext): Observer {
  const { flow } = context;
  /** Places that a call's result is stored in, directly. */
  const stores = new Map<number, { call: number; at: number }>();
  return {
    assign(target, value, view) {
      const op = flow.exprOp[target];
      if (op !== Expr.Arrow && op !== Expr.Field && op !== Expr.Global) return;
      const result = stripCasts(flow, value);
      if (flow.exprOp[result] !== Expr.Result) return;
      const bits = view.bits(result);
      if (mayBeNull(bits) || mayBeError(bits))
        stores.set(target, { call: flow.exprA[result] as number, at: view.at });
    },
    leave(value, view) {
      if (stores.size === 0 || view.isMerged) return;
      const isSuccess = value === 0 || isNull(view.bits(value));
      if (!isSuccess) return;
      for (const [place, { call, at }] of stores) check(context, place, call, at, view);
    },
  };
}

function check(context: FunctionContext, place: number, call: number, at: number, view: View): void {
  const bits = view.bits(place);
  if (view.originCall(place) !== call || view.isWeak(place)) return;
  const isNullable = mayBeNull(bits) && (bits & ANY) !== ZERO;
  if (!isNullable && !mayBeError(bits)) return;
  const callee = calleeName(context.flow, call);
  if (callee === '') return;
  const { function: ref, summary } = context.effects.callee(callee, context.ref.path);
  const isAllocator = ALLOCATORS.has(callee);
  const habits = isAllocator ? undefined : ref && callerHabits(context.effects, ref, context.ref.id);
  const tested = isNullable ? habits?.forNull : habits?.forError;
  const isHabit = habits !== undefined && tested !== undefined && tested >= 2 && tested / habits.calls >= 0.7;
  // Nobody else calls it: what its body says has to do.
  const isWritten = habits?.calls === 0 && (isNullable ? summary.nullFrom : summary.errorFrom) === '';
  if (!isAllocator && !isHabit && !isWritten) return;
  const name = context.text(place);
  const position = context.positionOf(at);
  const what = isNullable ? 'NULL' : 'an error pointer';
  context.report({
    rule: isNullable ? (isAllocator ? uncheckedAlloc : uncheckedLookup) : errPtr,
    // Whoever uses the object may test it: only a function that nobody else calls has no habit to ask.
    confidence: isNullable && !isAllocator && !isWritten ? 'low' : 'medium',
    position,
    identity: `stored ${callee} ${name}`,
    message: `${name} keeps the result of ${callee}() without a test: it is ${what} when that fails, and the function goes on and returns success.`,
    explanation: `Nothing tests ${name} between line ${lineOf(position)} and the successful return. Test it, and fail with an error.`,
    trace: [
      context.step(lineOf(position), `${name} is set to the result of ${callee}()`),
      context.step(lineOf(context.positionOf(view.at)), 'the function returns success'),
    ],
  });
}
