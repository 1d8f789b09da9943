/**
 * The rules about a pointer that is used although it can be NULL or an error: what they have in common is the
 * place where it shows, a dereference in this function or in a callee that does not test.
 */
import { Expr } from '../../c/flow.ts';
import type { Observer, View } from '../../effects/domain.ts';
import { pointerOf, stripCasts } from '../../effects/layout.ts';
import { isNull, mayBeError, mayBeNull } from '../../effects/values.ts';
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
  return {
    deref(pointer, place, _isStore, view) {
      const isDoubtful = (p: number): boolean => {
        const bits = view.bits(p);
        return mayBeNull(bits) || mayBeError(bits);
      };
      const accessed = context.accessed(stripCasts(context.flow, pointer), place, isDoubtful);
      if (accessed !== 0) check({ pointer: accessed, view, through: -1, argument: -1 });
    },
    assign(target, value, view) {
      const { flow } = context;
      const e = stripCasts(flow, value);
      if (flow.exprOp[e] !== Expr.Address) return;
      const pointer = pointerOf(flow, e);
      const isKept = flow.exprOp[target] !== Expr.Local && flow.exprOp[target] !== Expr.Temporary;
      if (!isKept || pointer === 0 || isNull(view.bits(pointer))) return;
      check({ pointer, view, through: -1, argument: -1, isAddress: true });
    },
    call(call, view) {
      const { dereferences } = view.knowledge(call);
      if (dereferences === 0) return;
      for (const [argument, arg] of (context.flow.calls[call]?.args ?? []).entries()) {
        if (argument > 30 || (dereferences & (1 << argument)) === 0) continue;
        const pointer = pointerOf(context.flow, arg);
        if (pointer !== 0) check({ pointer, view, through: call, argument });
      }
    },
  };
}

/** 'it is dereferenced here' or 'f() dereferences it': how a message goes on. */
export function useText(context: FunctionContext, use: Use): string {
  if (use.isAddress) return 'has the address of a member taken';
  if (use.through < 0) return 'is dereferenced';
  return `is passed to ${context.calleeText(use.through)}(), which dereferences it`;
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
