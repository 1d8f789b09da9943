import { Expr, type Flow, lineOf, ScopeKind } from '../../c/flow.ts';
import { hasLoop } from '../../c/flow-blocks.ts';
import { isPointer } from '../../c/types.ts';
import type { Effects } from '../../effects/effects.ts';
import { typeOf } from '../../effects/expression-text.ts';
import { calleeName, callsOf, stripCasts } from '../../effects/flow-expressions.ts';
import { MAY_ERR } from '../../effects/values.ts';
import type { FunctionRef } from '../../index/program.ts';
import { RUNS_WHILE_BOUND } from '../../kernel/lifetimes.ts';
import type { Confidence, Rule } from '../checker.ts';
import { allocates } from './allocates.ts';
import {
  type CallerHabits,
  callerHabits,
  everyCaller,
  fileHabits,
  habitsIn,
  isForEverybody,
} from './callers.ts';
import { type Use, useSteps, useText } from './dereference.ts';
import type { FunctionContext } from './function-context.ts';
import {
  asksForMember,
  isAskedThrough,
  isKnownToSucceed,
  isStepAlong,
  type Lookup,
  memberBehind,
} from './known-to-succeed.ts';
import { isLookedUpByCallers, isTakenFromTested } from './lookup-repeated.ts';
import { isMatchedByForce, isOfAnyDriver, matchedOtherwise } from './matched-otherwise.ts';
import { isRuledOut } from './ruled-out.ts';
import { sourceSteps, sourceText, untestedText } from './source.ts';
import { findsInTable } from './table-lookup.ts';
import { isTestedWith } from './tested-with.ts';

export const uncheckedLookup: Rule = {
  id: 'null-deref/unchecked-lookup',
  severity: 'warning',
  summary: 'The result of a function that can return NULL is used without a test.',
  source: 'https://cwe.mitre.org/data/definitions/476.html; error27/smatch, check_unchecked_allocation',
};

/** The value comes from a function of the tree that returns NULL on some way, and no test lies between. */
export function findUncheckedLookup(context: FunctionContext, use: Use): boolean {
  const { pointer, view } = use;
  const call = view.originCall(pointer);
  const callee = call < 0 ? '' : calleeName(context.flow, call);
  if (callee === '') return false;
  const { function: ref, summary } = context.effects.callee(callee, context.ref.path);
  const { macro } = context.effects.meaning(callee, context.ref.path);
  const name = context.text(pointer);
  const position = context.positionOf(view.at);
  const habits = ref
    ? habitsOf(context, ref, summary.nullFrom)
    : macro && callerHabits(context.effects, macro, context.ref.id);
  const isMaker = ref !== undefined && allocates(context.effects, ref, 3);
  const lookup: Lookup = {
    call,
    pointer,
    usedAt: view.at,
    from: context.ref.path,
    isMaker,
    isTestedByRule: habits !== undefined && habits.forNull >= 5 && habits.forNull >= 0.9 * habits.calls,
  };
  const table = matchedOtherwise(context, call);
  const isClear = !view.isWeak(pointer) && !view.isMerged;
  const isExpected = (): boolean =>
    isRuledOut(context, call, ref, summary.nullLine) ||
    isTestedWith(context.flow, use) ||
    (ref !== undefined && isTakenFromTested(context, call, ref)) ||
    isLookedUpByCallers(context, call) ||
    isKnownToSucceed(context.effects, context.flow, lookup) ||
    (!isMaker &&
      (isStepAlong(context.flow, call) ||
        RUNS_WHILE_BOUND.test(context.ref.name) ||
        (ref !== undefined && findsInTable(context.effects, ref)) ||
        isTrustedInFile(context, callee) ||
        isAskedByCallers(context, call)));
  const isForced = isMatchedByForce(context, call, position);
  const isOfAny = isOfAnyDriver(context, call);
  const confidence = (): Confidence => {
    if (table > 0 && isClear) return 'high';
    if (isOfAny && isClear) return 'medium';
    if (isExpected()) return 'low';
    return isForced && isClear ? 'medium' : confidenceOf(context, ref, habits, use);
  };
  const why =
    table > 0
      ? `; devices of this driver are matched by ACPI, too (line ${table}), and are not found in its table of names`
      : isForced
        ? '; a platform driver can be made to probe a device that has none, by driver_override'
        : isOfAny
          ? '; drivers of all kinds call this function, and not all have a table that names their device'
          : habitText(habits);
  context.report({
    rule: uncheckedLookup,
    confidence: confidence(),
    // What looks something up has found it there, so far.
    ...(isMaker || table > 0 || isOfAny || isForced ? {} : { confidenceInUse: 'low' as const }),
    position,
    identity: `${callee} ${name}`,
    message: `${name} ${useText(context, use)} without a test: ${sourceText(context, use)}${why}.`,
    explanation: `${callee}() can return NULL, and ${untestedText(name, lineOf(context.flow.calls[call]?.position ?? 0), lineOf(position))}.`,
    trace: [...sourceSteps(context, use), ...useSteps(context, use)],
  });
  return true;
}

/** Other functions of the file use what it gives without a test, more than those that test it. */
function isTrustedInFile({ effects, ref }: FunctionContext, callee: string): boolean {
  const { calls, forNull } = fileHabits(effects, ref, callee);
  return calls - forNull >= 2 && calls - forNull > forNull;
}

/**
 * All callers of the function look the same up before and test or use it, or ask another function about it that looks it up, or
 * know that there is something in what is looked into; or all of theirs do.
 */
function isAskedByCallers({ effects, flow, ref }: FunctionContext, call: number): boolean {
  const callee = calleeName(flow, call);
  const members = (flow.calls[call]?.args ?? [])
    .map((arg) => memberBehind(flow, arg))
    .filter((name) => name !== '');
  const areAsked = (asked: FunctionRef, levels: number): boolean =>
    everyCaller(effects, asked, (caller) => {
      const body = caller.fact.flow;
      if (body === undefined) return false;
      // A caller that uses it without a test is the one to be told.
      if (habitsIn(body, callsOf(body, callee)).calls > 0) return true;
      const calls = callsOf(body, asked.name);
      // Who only hands it on calls it for whatever it is given then.
      if (calls.length === 0) return false;
      if (calls.every((n) => isAskedThrough(effects, body, n, caller.path, callee))) return true;
      if (members.some((member) => calls.every((n) => asksForMember(body, n, member)))) return true;
      return levels > 1 && areAsked(caller, levels - 1);
    });
  return areAsked(ref, LEVELS_ASKED);
}

/** How far up callers are asked. */
const LEVELS_ASKED = 2;

/** Where nobody else calls it: how the callers of the function that its NULL comes from treat that. */
function habitsOf(context: FunctionContext, ref: FunctionRef, nullFrom: string): CallerHabits {
  const habits = callerHabits(context.effects, ref, context.ref.id);
  if (habits.calls > 0 || nullFrom === '') return habits;
  const source = context.effects.callee(nullFrom, ref.path).function;
  return source === undefined ? habits : callerHabits(context.effects, source, ref.id);
}

function habitText(habits: CallerHabits | undefined): string {
  if (habits === undefined || habits.forNull === 0) return '';
  return `; ${habits.forNull} of ${habits.calls} other callers test it`;
}

/** What it answers was decided when the kernel was configured, for its callers too. */
export const isOfConfiguration = (flow: Flow | undefined): boolean =>
  flow !== undefined &&
  flow.branches.length > 0 &&
  flow.branches.every((condition, i) => i % 3 !== 0 || isConfiguration(flow, condition));

function isConfiguration(flow: Flow, condition: number): boolean {
  let e = flow.exprOp[condition] === Expr.Unary ? (flow.exprA[condition] as number) : condition;
  // IS_ENABLED(CONFIG_FOO)
  if (flow.exprOp[e] === Expr.Result) e = flow.calls[flow.exprA[e] as number]?.args[0] ?? 0;
  return (
    flow.exprOp[e] === Expr.Global && flow.names[flow.exprA[e] as number]?.startsWith('CONFIG_') === true
  );
}

/** `list_for_each_entry()` and the like: what it makes is made where nothing was found. */
export const goesThroughList = (flow: Flow | undefined): boolean =>
  flow?.scopes.some(({ kind, call }) => kind === ScopeKind.MacroBlock && call >= 0) === true;

/** Users of a macro: all know as much as its text says. */
const isTestedByMost = ({ calls, forNull, passedOn }: CallerHabits): boolean =>
  forNull >= 5 && forNull >= 0.85 * calls && forNull * 4 >= passedOn;

/** Callers that test what depends on a kind before it is believed that they must. */
const FEW_TESTS = 5;

/** `return event->type == PATH ? &event->path : NULL`: a number decides, of what it is handed; nothing is looked for. */
function isOfKindOnly(effects: Effects, ref: FunctionRef): boolean {
  const { flow } = ref.fact;
  const { writes, modifies, nullFrom } = effects.summary(ref);
  if (flow === undefined || writes !== 0 || modifies || nullFrom !== '' || hasLoop(flow)) return false;
  const conditions = flow.branches.filter((_, i) => i % 3 === 0).map((e) => stripCasts(flow, e));
  return (
    conditions.length + flow.switches.length > 0 &&
    conditions.every((e) => !isPointer(typeOf(flow, e, effects.program, ref.path)))
  );
}

/**
 * The tree's own habit decides: where the others test, a test is needed. What makes an object fails by no fault of
 * its caller; what looks one up may be known to find it here, by a check that somebody made before.
 */
function confidenceOf(
  context: FunctionContext,
  ref: FunctionRef | undefined,
  habits: CallerHabits | undefined,
  use: Use,
): Confidence {
  const isClear = !use.view.isWeak(use.pointer) && !use.view.isMerged && !use.isAddress;
  // What goes into a table is often tested as a whole.
  const isElement = context.flow.exprOp[stripCasts(context.flow, use.pointer)] === Expr.Index;
  if (habits === undefined) return 'low';
  const { effects } = context;
  if (ref === undefined) return isClear && isTestedByMost(habits) ? 'medium' : 'low';
  if (isOfConfiguration(ref.fact.flow)) return 'low';
  const isSearch = goesThroughList(ref.fact.flow);
  if (habits.calls === 0 && use.isSometimes) return 'low';
  if (habits.calls === 0) {
    // Where it tells of its failure by an error, NULL is something else.
    const { nullFrom, result } = effects.summary(ref);
    if (nullFrom !== '' || (result & MAY_ERR) !== 0 || !isClear) return 'low';
    // What looks something up may be known to find it here: nobody else tells whether that needs a test.
    if (!allocates(effects, ref, 1)) return 'low';
    return isSearch ? 'medium' : 'high';
  }
  const share = habits.forNull / habits.calls;
  if (!allocates(effects, ref, 3) && isForEverybody(effects, ref)) return 'low';
  // The callee that it is handed to does not test it, but need not use it either.
  if (use.isSometimes)
    return habits.forNull >= 5 && habits.forNull * 4 >= habits.passedOn && share >= 0.9 && isClear
      ? 'medium'
      : 'low';
  if (allocates(effects, ref, 3)) {
    if (habits.forNull >= 3 && share >= 0.9) return isClear && !isElement && !isSearch ? 'high' : 'medium';
    return share >= 0.75 && isClear ? 'medium' : 'low';
  }
  if (habits.forNull * 4 < habits.passedOn) return 'low';
  // Whoever has an object of the right kind gets it.
  if (habits.forNull < FEW_TESTS && isOfKindOnly(effects, ref)) return 'low';
  // What many read from an object by a function of a header is known to be there by those who do not test it.
  const isUnanimous = habits.forNull >= 20 && share >= 0.95;
  const isAccessor = ref.path.endsWith('.h') && habits.calls >= 8 && !isUnanimous;
  return share >= 0.85 && isClear && !isAccessor ? 'medium' : 'low';
}
