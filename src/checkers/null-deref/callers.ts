/** How the callers of a function treat what it returns: the tree's own opinion of whether a test is needed. */
import { Expr, type Flow, Op } from '../../c/flow.ts';
import { blockOf, Successors } from '../../c/flow-blocks.ts';
import type { Effects } from '../../effects/effects.ts';
import { calleeName, callsOf, pointerOf, stripCasts } from '../../effects/flow-expressions.ts';
import { folderOf } from '../../index/folder.ts';
import type { FunctionRef, MacroRef } from '../../index/program.ts';
import { ASKS_FOR_ERROR } from '../../kernel/pointers.ts';
import { type Known, remembered } from '../remembered.ts';

export interface CallerHabits {
  /** Calls whose result is tested, or dereferenced. */
  readonly calls: number;
  /** Those of them that test it for NULL, and for an error pointer. */
  readonly forNull: number;
  readonly forError: number;
  /** Calls whose result is neither tested nor dereferenced: passed on, or dropped. */
  readonly passedOn: number;
}

const MAX_CALLERS = 40;
const TESTS_NULL = /^(?:IS_ERR_OR_NULL|WARN_ON|WARN_ON_ONCE|BUG_ON)$/;

const habitsKnown: Known<Effects, ReadonlyMap<string, CallerHabits>> = new WeakMap();
const widelyKnown: Known<Effects, boolean> = new WeakMap();

/** Counts over at most 40 callers of a function, or users of a macro, other than `except`. */
export function callerHabits(effects: Effects, ref: FunctionRef | MacroRef, except: string): CallerHabits {
  const habits = remembered(habitsKnown, effects, ref.id, () => count(effects, ref));
  return sum([...habits].filter(([caller]) => caller !== except).map(([, own]) => own));
}

/** Callers that are few enough to be asked one by one. */
const FEW_CALLERS = 8;

/** Whether something holds for all who call a function by its name; not where nobody does, or too many. */
export function everyCaller(
  effects: Effects,
  ref: FunctionRef,
  holds: (caller: FunctionRef) => boolean,
): boolean {
  const callers = effects.program.callers(ref, FEW_CALLERS);
  return callers.length > 0 && callers.length < FEW_CALLERS && callers.every(holds);
}

/** Folders of callers from which on a function is for everybody. */
const MANY_FOLDERS = 4;

/** Whether many subsystems or drivers call a function: each knows of its own when it need not test what that gives. */
export const isForEverybody = (effects: Effects, ref: FunctionRef): boolean =>
  remembered(widelyKnown, effects, ref.id, () => {
    const callers = effects.program.callers(ref, MAX_CALLERS);
    return new Set(callers.map(({ path }) => folderOf(path))).size >= MANY_FOLDERS;
  });

/** Counts over the other functions of a function's file that call by a name. */
export function fileHabits(effects: Effects, ref: FunctionRef, name: string): CallerHabits {
  const others = effects.program.definitions(ref.path).filter(({ id }) => id !== ref.id);
  return sum(
    others.flatMap(({ path, fact: { flow } }) =>
      flow === undefined ? [] : [habitsIn(flow, callsOf(flow, name), usesOfCallees(effects, flow, path))],
    ),
  );
}

/** What each caller does, by its id. */
function count(effects: Effects, ref: FunctionRef | MacroRef): ReadonlyMap<string, CallerHabits> {
  const habits = new Map<string, CallerHabits>();
  const { program } = effects;
  const isFunction = 'number' in ref;
  const name = isFunction ? ref.name : ref.fact.name;
  for (const caller of isFunction
    ? program.callers(ref, MAX_CALLERS)
    : program.macroUsers(ref, MAX_CALLERS)) {
    const { flow } = caller.fact;
    if (flow === undefined) continue;
    habits.set(caller.id, habitsIn(flow, callsOf(flow, name), usesOfCallees(effects, flow, caller.path)));
  }
  return habits;
}

/** The arguments that the callee of a call dereferences on every path, as a mask. */
type UsesOfCallees = (call: number) => number;

const usesOfCallees =
  (effects: Effects, flow: Flow, path: string): UsesOfCallees =>
  (call) =>
    effects.knowledge(flow, call, path).dereferences;

/**
 * What a function does with the results of some of its calls. Who hands one to a callee that dereferences it uses it,
 * where `usesOfCallees` tells that.
 */
export function habitsIn(
  flow: Flow,
  calls: readonly number[],
  usesOfCallees: UsesOfCallees = () => 0,
): CallerHabits {
  const uses = calls.map((call) => useOfResult(flow, call, usesOfCallees));
  const used = uses.filter((use) => use !== undefined);
  return {
    calls: used.length,
    forNull: used.filter(({ forNull }) => forNull).length,
    forError: used.filter(({ forError }) => forError).length,
    passedOn: uses.length - used.length,
  };
}

const sum = (all: readonly CallerHabits[]): CallerHabits => ({
  calls: all.reduce((n, { calls }) => n + calls, 0),
  forNull: all.reduce((n, { forNull }) => n + forNull, 0),
  forError: all.reduce((n, { forError }) => n + forError, 0),
  passedOn: all.reduce((n, { passedOn }) => n + passedOn, 0),
});

/** What becomes of a call's result: the names that it is given are looked for in tests. Undefined: not used here. */
function useOfResult(
  flow: Flow,
  call: number,
  usesOfCallees: UsesOfCallees,
): { forNull: boolean; forError: boolean } | undefined {
  let result = 0;
  for (let e = 1; e < flow.exprOp.length; e++)
    if (flow.exprOp[e] === Expr.Result && flow.exprA[e] === call) result = e;
  if (result === 0) return undefined;
  const names = new Set([result]);
  /** Block in which the result is given a name. */
  let since: number | undefined;
  let isDereferenced = false;
  let forNull = false;
  let forError = false;
  for (let at = 0; at < flow.ops.length; at += 4) {
    const x = flow.ops[at + 1] as number;
    switch (flow.ops[at]) {
      case Op.Assign:
        if (names.has(stripCasts(flow, flow.ops[at + 2] as number))) {
          names.add(x);
          since ??= blockOf(flow, at / 4);
        } else if (names.has(x) && since !== undefined && leadsTo(flow, since, blockOf(flow, at / 4))) {
          names.delete(x);
        }
        break;
      case Op.Deref:
        if (names.has(stripCasts(flow, x))) isDereferenced = true;
        break;
      case Op.Branch:
        if (names.has(stripCasts(flow, flow.branches[x * 3] as number))) forNull = true;
        break;
      case Op.Call: {
        const name = calleeName(flow, x);
        isDereferenced ||=
          flow.calls[x]?.args.some(
            (arg, k) => k < 31 && names.has(pointerOf(flow, arg)) && (usesOfCallees(x) & (1 << k)) !== 0,
          ) === true;
        const isTest = ASKS_FOR_ERROR.has(name) || TESTS_NULL.test(name);
        if (!isTest || !flow.calls[x]?.args.some((arg) => mentions(flow, arg, names))) break;
        forError ||= ASKS_FOR_ERROR.has(name);
        forNull ||= TESTS_NULL.test(name);
        break;
      }
    }
  }
  // Who neither tests it nor uses it passes it on: to the caller, or to a function that tests it.
  if (!forNull && !forError && !isDereferenced) return undefined;
  return { forNull, forError };
}

/** Whether a block is on some way forward from another: not where they are the two branches of one test. */
function leadsTo(flow: Flow, from: number, to: number): boolean {
  const successors = new Successors().build(flow);
  const seen = new Set<number>();
  const stack = [from];
  for (let block = stack.pop(); block !== undefined; block = stack.pop()) {
    if (block === to) return true;
    if (seen.has(block)) continue;
    seen.add(block);
    for (const next of successors.of(block)) if (next > block) stack.push(next);
  }
  return false;
}

/** True where a condition is one of the names, or a comparison or negation of one. */
function mentions(flow: Flow, condition: number, names: ReadonlySet<number>): boolean {
  const stack = [condition];
  for (let steps = 0; stack.length > 0 && steps < 32; steps++) {
    const e = stripCasts(flow, stack.pop() as number);
    if (names.has(e)) return true;
    if (flow.exprOp[e] === Expr.Unary) stack.push(flow.exprA[e] as number);
    if (flow.exprOp[e] === Expr.Binary) stack.push(flow.exprA[e] as number, flow.exprB[e] as number);
  }
  return false;
}
