/**
 * A failure that nobody sees: the result goes into an object that lives on, and the function goes on and
 * returns without a test. Whoever uses the object finds NULL, or an error pointer, in it.
 */
import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import type { Observer, View } from '../../effects/domain.ts';
import { type FieldUse, fieldKey } from '../../effects/field-uses.ts';
import { calleeName, isParameter, stripCasts } from '../../effects/flow-expressions.ts';
import { ANY, ERR, isNull, MAY_ERR, MAY_NULL, mayBeError, mayBeNull, ZERO } from '../../effects/values.ts';
import type { FunctionRef } from '../../index/program.ts';
import { ALLOCATORS } from '../../kernel/allocators.ts';
import { ASKS_FOR_ERROR } from '../../kernel/pointers.ts';
import { allocates } from './allocates.ts';
import { callerHabits, everyCaller } from './callers.ts';
import { errPtr } from './err-ptr.ts';
import { findErrorLeft } from './error-left.ts';
import type { FieldEvidence } from './field-evidence.ts';
import type { FunctionContext } from './function-context.ts';
import { isGuardedByCallers } from './guarded-by-callers.ts';
import { isToldByVariable } from './known-to-succeed.ts';
import { isTested } from './tested-with.ts';
import { isMappedForGood, uncheckedAlloc } from './unchecked-alloc.ts';
import { uncheckedLookup } from './unchecked-lookup.ts';

/** Watches what is stored, and looks at it again where the function is left with success. */
export function watchStores(context: FunctionContext, fields: FieldEvidence): Observer {
  const { flow } = context;
  /** Places that a call's result is stored in, directly. */
  const stores = new Map<number, { call: number; at: number }>();
  return {
    assign(target, value, view) {
      const op = flow.exprOp[target];
      if (op !== Expr.Arrow && op !== Expr.Field && op !== Expr.Global) return;
      // A variable does not live on: whoever it is handed to may test it.
      if (isOfLocal(flow, target)) return;
      const result = stripCasts(flow, value);
      if (flow.exprOp[result] !== Expr.Result) return;
      const bits = view.bits(result);
      if (mayBeNull(bits) || mayBeError(bits))
        stores.set(target, { call: flow.exprA[result] as number, at: view.at });
    },
    leave(value, view) {
      if (stores.size === 0 || view.isMerged) return;
      if (value !== 0 && (view.bits(value) & ZERO) === 0) {
        for (const [place, { call, at }] of stores) findErrorLeft(context, fields, place, call, at, view);
        return;
      }
      const isSuccess = value === 0 || isNull(view.bits(value));
      for (const [place, { call, at }] of stores)
        if (!isMadeOf(flow, value, place)) check(context, fields, place, call, at, view, isSuccess);
    },
  };
}

/** `return PTR_ERR_OR_ZERO(x->foo)`, `return x->foo != NULL`: the value that is returned tells of the place. */
function isMadeOf(flow: Flow, value: number, place: number): boolean {
  let e = stripCasts(flow, value);
  while (flow.exprOp[e] === Expr.Unary || flow.exprOp[e] === Expr.Binary)
    e = stripCasts(flow, flow.exprA[e] as number);
  if (e === place) return true;
  return flow.exprOp[e] === Expr.Result && flow.calls[flow.exprA[e] as number]?.args.includes(place) === true;
}

/** `HFS_SB(sb)->tree = open(); if (!HFS_SB(sb)->tree)`: a test of what is written alike, though it is asked for anew. */
function isTestedByName(context: FunctionContext, place: number): boolean {
  const { flow } = context;
  const name = context.text(place);
  const isNamed = (e: number): boolean => {
    const tested = stripCasts(flow, e);
    return tested !== place && flow.exprOp[tested] === flow.exprOp[place] && context.text(tested) === name;
  };
  for (let at = 0; at < flow.ops.length; at += 4) {
    const x = flow.ops[at + 1] as number;
    if (flow.ops[at] === Op.Branch && isNamed(flow.branches[x * 3] as number)) return true;
    if (flow.ops[at] !== Op.Call || !ASKS_FOR_ERROR.has(calleeName(flow, x))) continue;
    if (flow.calls[x]?.args.some(isNamed) === true) return true;
  }
  return false;
}

/** By a branch that does not tell on this way (`if (!x->in && !x->out)`), or by a code: `err = PTR_ERR_OR_ZERO(x->in)`. */
const isTestedSomewhere = (flow: Flow, place: number): boolean =>
  isTested(flow, place) ||
  flow.calls.some(
    ({ args }, call) =>
      calleeName(flow, call) === 'PTR_ERR_OR_ZERO' && args.some((arg) => stripCasts(flow, arg) === place),
  );

/** `set_pages(x, n); if (!x->pages) …`: all who call the function look afterwards at what it has put there. */
function isTestedByCallers({ effects, flow, ref }: FunctionContext, place: number): boolean {
  if (flow.exprOp[place] !== Expr.Arrow || !isParameter(flow, flow.exprA[place] as number)) return false;
  const member = flow.names[flow.exprB[place] as number];
  return everyCaller(
    effects,
    ref,
    ({ fact: { flow: body } }) =>
      body?.branches.some((condition, i) => {
        const e = stripCasts(body, condition);
        return i % 3 === 0 && body.exprOp[e] === Expr.Arrow && body.names[body.exprB[e] as number] === member;
      }) === true,
  );
}

/** The function behind a macro whose failure it passes on. */
const sourceOf = (context: FunctionContext, name: string): FunctionRef | undefined =>
  name === '' ? undefined : context.effects.callee(name, context.ref.path).function;

/** The function in the body of a macro that gives it an error pointer, or NULL. */
function failingIn(context: FunctionContext, macro: string, bits: number): FunctionRef | undefined {
  const { program } = context.effects;
  const found = program.macro(macro, context.ref.path);
  const { flow } = found?.fact ?? {};
  if (found === undefined || flow === undefined) return undefined;
  for (let call = 0; call < flow.calls.length; call++) {
    const name = calleeName(flow, call);
    if (name === '') continue;
    const callee = context.effects.callee(name, found.path);
    if ((callee.summary.result & bits) === 0) continue;
    return callee.function ?? failingIn(context, name, bits);
  }
  return undefined;
}

/** A member of a local that is a struct. */
function isOfLocal(flow: Flow, place: number): boolean {
  let e = place;
  while (flow.exprOp[e] === Expr.Field) e = flow.exprA[e] as number;
  return flow.exprOp[e] === Expr.Local;
}

/** What the other functions of the file do with a field, that is not their own to set. */
function treatment(
  context: FunctionContext,
  fields: FieldEvidence,
  place: number,
  isNullable: boolean,
): { tested: boolean; trusted: FieldUse | undefined } {
  const { path, name } = context.ref;
  const key = fieldKey(context.effects, context.flow, place, path);
  if (key === '') return { tested: false, trusted: undefined };
  const uses = fields.ofFile(path, key).filter((use) => use.function !== name && !use.isSet);
  const isTested = (use: FieldUse): boolean => (isNullable ? use.isTested : use.isTestedForError);
  const setters = new Set([name]);
  const isGuarded = (use: FieldUse): boolean => {
    const ref = context.effects.program.functions(use.function, use.path)[0];
    return ref !== undefined && isGuardedByCallers(context.effects, fields, ref, key, setters);
  };
  return {
    // Those of the files beside it use it, too.
    tested: [...uses, ...fields.besides(path, key)].some((use) => !use.isSet && isTested(use)),
    trusted: uses.find((use) => use.isDereferenced && !isTested(use) && !(isNullable && isGuarded(use))),
  };
}

function check(
  context: FunctionContext,
  fields: FieldEvidence,
  place: number,
  call: number,
  at: number,
  view: View,
  isSuccess: boolean,
): void {
  const bits = view.bits(place);
  if (
    view.originCall(place) !== call ||
    (isSuccess && view.isWeak(place) && !ALLOCATORS.has(calleeName(context.flow, call)))
  )
    return;
  if (isTestedByName(context, place) || isToldByVariable(context.flow, call)) return;
  const isTestedHere = isTestedSomewhere(context.flow, place);
  // One possibility is left: this way was taken by a test.
  if ((bits & ANY) === ZERO || (bits & ANY) === ERR) return;
  const isNullable = mayBeNull(bits) && (bits & ANY) !== ZERO;
  if (!isNullable && !mayBeError(bits)) return;
  const callee = calleeName(context.flow, call);
  // Nobody tests what debugfs gives: its functions take an error for a parent.
  if (callee === '' || callee.includes('debugfs')) return;
  const { function: ref, summary } = context.effects.callee(callee, context.ref.path);
  const isAllocator = ALLOCATORS.has(callee);
  const source =
    ref ??
    sourceOf(context, isNullable ? summary.nullFrom : summary.errorFrom) ??
    failingIn(context, callee, isNullable ? MAY_NULL : MAY_ERR);
  const habits = isAllocator ? undefined : source && callerHabits(context.effects, source, context.ref.id);
  const tested = isNullable ? habits?.forNull : habits?.forError;
  // Those who keep it without a test are the rule for what may fail unseen (debugfs).
  const isHabit =
    habits !== undefined &&
    tested !== undefined &&
    tested >= 2 &&
    tested / (habits.calls + habits.passedOn) >= 0.7;
  const from = isNullable ? summary.nullFrom : summary.errorFrom;
  const failsByItself = from === '' || ALLOCATORS.has(from);
  // Nobody else calls it: what its body says has to do.
  const isWritten = habits?.calls === 0 && from === '';
  // What asks for memory can fail whoever calls it; unless most of those take no notice.
  const isMaker =
    isAllocator ||
    (isNullable &&
      failsByItself &&
      source !== undefined &&
      allocates(context.effects, source, 1) &&
      (habits?.forNull ?? 0) * 2 >= (habits?.calls ?? 0));
  if (!isMaker && !isHabit && !isWritten) return;
  if (!isSuccess && !isHabit && !isMaker) return;
  const { tested: isTestedLater, trusted } = treatment(context, fields, place, isNullable);
  // A failure that all others expect is none; one that somebody relies on never to happen is seen to its end.
  const isExpected = isTestedLater && trusted === undefined;
  const isSure = trusted !== undefined && !isTestedLater && (isMaker || (isSuccess && isHabit));
  const isStatic = isMappedForGood(context, call);
  const isSilent = context.ref.fact.returns === 'void';
  const name = context.text(place);
  const position = context.positionOf(at);
  const what = isNullable ? 'NULL' : 'an error pointer';
  context.report({
    rule: isNullable ? (isAllocator ? uncheckedAlloc : uncheckedLookup) : errPtr,
    // Whoever uses the object may test it, where it is no failed allocation: many fields may be NULL.
    // Where nobody is seen to rely on it, those who use it may all test it, or need no more than its value.
    confidence:
      isExpected ||
      isTestedHere ||
      trusted === undefined ||
      (isNullable && !isMaker) ||
      isTestedByCallers(context, place)
        ? 'low'
        : isSure && !isStatic
          ? 'high'
          : 'medium',
    // That some test it shows that the object may do without.
    ...(isTestedLater || isStatic ? { confidenceInUse: 'low' as const } : {}),
    position,
    identity: `stored ${callee} ${name}`,
    message: `${name} keeps the result of ${callee}() with no test for ${what}, which it is when that fails, and the function goes on${isSuccess && !isSilent ? ' and returns success' : ''}${trusted === undefined ? '' : `; ${trusted.function}() uses it without a test`}.`,
    explanation: `Nothing tests ${name} for ${what} between line ${lineOf(position)} and the ${isSilent ? '' : 'successful '}return. Test it, and ${isSilent ? 'leave' : 'fail with an error'}.`,
    trace: [
      context.step(lineOf(position), `${name} is set to the result of ${callee}()`),
      context.step(
        lineOf(context.positionOf(view.at)),
        isSuccess && !isSilent
          ? 'the function returns success'
          : 'the function returns, with no test of it before',
      ),
    ],
  });
}
