import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import { blockOf } from '../../c/flow-blocks.ts';
import type { Observer, View } from '../../effects/domain.ts';
import {
  aliasesOf,
  type FieldUse,
  fieldKey,
  isOfFile,
  isOfUser,
  keyText,
  loaded,
} from '../../effects/field-uses.ts';
import { calledPointer, calleeName, isParameter, stripCasts } from '../../effects/flow-expressions.ts';
import { mayBeNull, ZERO } from '../../effects/values.ts';
import type { Confidence, Rule } from '../checker.ts';
import { useSteps, useText, watchDereferences } from './dereference.ts';
import type { FieldEvidence } from './field-evidence.ts';
import {
  isAskedOfCallee,
  isFirstElement,
  isOfHandedIndex,
  isOfKind,
  isOfPart,
  rootOf,
} from './field-known.ts';
import type { FunctionContext } from './function-context.ts';
import { isGuardedByCallers } from './guarded-by-callers.ts';
import { Before } from './set-before.ts';

export const uncheckedField: Rule = {
  id: 'null-deref/unchecked-field',
  severity: 'warning',
  summary: 'A field that the code around tests for NULL is used without a test.',
  source: 'D. Engler et al., Bugs as deviant behavior, SOSP 2001',
};

export const nullOp: Rule = {
  id: 'null-deref/null-op',
  severity: 'warning',
  summary: 'A call through a pointer to a function that the code around tests for NULL, without a test.',
  source: 'D. Engler et al., Bugs as deviant behavior, SOSP 2001',
};

interface Evidence {
  readonly key: string;
  readonly guarded: readonly FieldUse[];
  readonly tested: readonly FieldUse[];
  readonly cleared: readonly FieldUse[];
  readonly unguarded: number;
  readonly confidence: Confidence;
}

/** Watches dereferences of fields of which nothing is known on the path, and asks the neighbours. */
export function watchFields(context: FunctionContext, fields: FieldEvidence): Observer {
  const { flow } = context;
  const before = new Before(flow);
  const placeOf = placesOf(flow, before);
  const asked = new Map<string, Evidence | undefined>();
  const check = (pointer: number, view: View, through: number, argument: number, isCall = false): void => {
    const e = stripCasts(flow, pointer);
    if (e <= 0) return;
    const bits = view.bits(e);
    if ((bits & ZERO) === 0 || mayBeNull(bits)) return;
    const place = placeOf(e, view.at);
    if (place === 0) return;
    const use = `${place} ${blockOf(flow, view.at)} ${isCall} ${through < 0}`;
    let evidence: Evidence | undefined;
    if (asked.has(use)) evidence = asked.get(use);
    else {
      evidence = weigh(context, fields, before, place, view.at, { isCall, isHere: through < 0 });
      asked.set(use, evidence);
    }
    if (evidence !== undefined) report(context, evidence, { pointer: e, view, through, argument, isCall });
  };
  const dereferences = watchDereferences(flow, check);
  return {
    ...dereferences,
    call(call, view) {
      const callee = calledPointer(flow, call);
      if (callee !== 0) check(callee, view, -1, -1, true);
      dereferences.call(call, view);
    },
  };
}

/** The place that a pointer is read from: itself, or where the local got its value, on all ways to the instruction. */
function placesOf(flow: Flow, before: Before): (e: number, at: number) => number {
  const aliases = aliasesOf(flow);
  const known = new Map<string, number>();
  return (e, at) => {
    const alias = aliases.get(e);
    if (alias !== 0) return alias ?? e;
    const use = `${e} ${at}`;
    let place = known.get(use);
    if (place === undefined) {
      const isSet = (i: number): boolean => flow.ops[i * 4] === Op.Assign && flow.ops[i * 4 + 1] === e;
      const { found, fromEntry } = before.nearest(e, at, isSet);
      const values = new Set(found.map((i) => loaded(flow, flow.ops[i * 4 + 2] as number)));
      place = values.size === 1 && !fromEntry ? ([...values][0] as number) : 0;
      known.set(use, place);
    }
    return place;
  };
}

function weigh(
  context: FunctionContext,
  fields: FieldEvidence,
  before: Before,
  place: number,
  at: number,
  { isCall, isHere }: { readonly isCall: boolean; readonly isHere: boolean },
): Evidence | undefined {
  const { effects, ref, flow } = context;
  const key = fieldKey(effects, flow, place, ref.path);
  if (key === '') return undefined;
  const all = fields.ofFile(ref.path, key);
  const uses = all.filter((use) => use.function !== ref.name);
  const isTestedHere = all.some((use) => use.function === ref.name && use.isTested);
  const setters = new Set(uses.filter((use) => use.isSet).map((use) => use.function));
  const own = countOf(uses.filter((use) => !isGuarded(context, use, all, setters)));
  if (own.unguarded > own.tested.length) return undefined;
  // Who sets it tests whether that worked, which tells nothing of later.
  if (own.tested.every((use) => use.isSet) || isGuardedByCallers(effects, fields, ref, key, setters))
    return undefined;
  // What the function sets, or lets others set, is its own affair.
  const isSet = (i: number): boolean => isSetBy(context, i, place, setters);
  if (before.nearest(place, at, isSet).found.length > 0) return undefined;
  const around = [...uses, ...fields.besides(ref.path, key)];
  const wide = countOf(around);
  const testing = new Set(around.filter((use) => use.isTested).map((use) => use.function));
  const confidence =
    isOfFile(key) && own.unguarded > 0
      ? 'low'
      : confidenceOf(own, wide, {
          isElement: key.endsWith('[]'),
          isRcu: isReadByRcu(flow, place),
          isCall,
          isHere,
        });
  if (confidence === undefined) return undefined;
  // Who sets it to NULL, and nobody else does, uses it before: the others come after that.
  const isClearedHereAlone =
    own.cleared.length === 0 && all.some((use) => use.function === ref.name && use.clearedAt > 0);
  // It knows of the doubt, and the test may be one that can't be followed to here; or it knows by something else.
  const isDoubted =
    isTestedHere ||
    confidence === 'low' ||
    isOfUser(key) ||
    isOfKind(flow, place, at) ||
    isOfHandedIndex(context, place) ||
    isFirstElement(flow, place) ||
    isAskedOfCallee(flow, place, at, testing) ||
    isClearedHereAlone ||
    (own.tested.length < 2 && isOfPart(flow, place));
  if (isDoubted) return { key, ...own, confidence: 'low' };
  // Other elements of an array are other pointers; and the files beside this one have a say.
  const isDisputed = wide.tested.length < wide.unguarded;
  return {
    key,
    ...own,
    confidence: isDisputed || (key.endsWith('[]') && own.unguarded > 0) ? 'low' : confidence,
  };
}

/** Whether the place is read as one that others may change meanwhile. */
function isReadByRcu(flow: Flow, place: number): boolean {
  return flow.calls.some(
    ({ args }, call) =>
      RCU.test(calleeName(flow, call)) && args.some((arg) => stripCasts(flow, arg) === place),
  );
}

const RCU = /^s?rcu_dereference(?:_bh|_sched|_raw|_all)?(?:_check)?$/;

/** Whether an instruction sets the place, or calls a function that may: not where that is handed nothing of it. */
function isSetBy(
  context: FunctionContext,
  instruction: number,
  place: number,
  setters: ReadonlySet<string>,
): boolean {
  const { flow } = context;
  const [op, x = 0, value = 0] = flow.ops.subarray(instruction * 4, instruction * 4 + 3);
  if (op === Op.Assign) {
    if (x === place) return true;
    // A new object, from who makes it with the field.
    const made = stripCasts(flow, value);
    if (flow.exprOp[made] !== Expr.Result || x !== rootOf(flow, place)) return false;
    return setters.has(calleeName(flow, flow.exprA[made] as number));
  }
  if (op !== Op.Call) return false;
  const args = flow.calls[x]?.args ?? [];
  if (args.some((arg) => flow.exprOp[arg] === Expr.Address && flow.exprA[arg] === place)) return true;
  if (!setters.has(calleeName(flow, x))) return false;
  const root = rootOf(flow, place);
  if (!isParameter(flow, root)) return true;
  return args.some(
    (arg) => rootOf(flow, arg) === 0 || (rootOf(flow, arg) === root && !PLAIN.test(context.typeOf(arg))),
  );
}

/** What leads back to no object: a number, a text. */
const PLAIN =
  /^(?:const )?(?:(?:un)?signed |long |short )*(?:int|long|short|char|bool|[us]\d+|size_t)(?: \*| \[\])?$/;

type Count = Omit<Evidence, 'key' | 'confidence'>;

const countOf = (uses: readonly FieldUse[]): Count => ({
  guarded: uses.filter((use) => use.isTested && use.isDereferenced),
  tested: uses.filter((use) => use.isTested),
  // Who sets it, too, only gives it up again where that failed.
  cleared: uses.filter((use) => use.clearedAt > 0 && !use.isSet),
  unguarded: uses.filter((use) => use.isDereferenced && !use.isTested && !use.isSet).length,
});

/** Another function that does not test it, but lets one of the `setters` set it, or is only called by functions that test. */
function isGuarded(
  context: FunctionContext,
  use: FieldUse,
  all: readonly FieldUse[],
  setters: ReadonlySet<string>,
): boolean {
  if (use.isTested || !use.isDereferenced) return false;
  const { program } = context.effects;
  const ref = program.functions(use.function, use.path)[0];
  if (ref === undefined) return false;
  const { flow } = ref.fact;
  if (flow?.calls.some((_, call) => setters.has(calleeName(flow, call)))) return true;
  if (!ref.fact.isStatic) return false;
  const callers = program.callers(ref, MAX_CALLERS);
  return (
    callers.length > 0 &&
    callers.every((caller) =>
      all.some((other) => other.function === caller.name && (other.isTested || other.isSet)),
    )
  );
}

/** Callers that are asked. */
const MAX_CALLERS = 8;

/**
 * Never high: those who do not test a field often know by something else that it is set. Medium where teardown, or who
 * gives the object up, is seen to set it to NULL and many test it; where a lookup without locks may meet that (RCU); and
 * where it is an element, of which another being set says nothing; and where no other goes without a test.
 */
function confidenceOf(
  { guarded, tested, cleared, unguarded }: Count,
  wide: Count,
  kind: {
    readonly isElement: boolean;
    readonly isRcu: boolean;
    readonly isCall: boolean;
    /** It is dereferenced here, and by no callee. */
    readonly isHere: boolean;
  },
): Confidence | undefined {
  const isCleared = wide.cleared.length > 0;
  // An operation that is left out is no matter of when: the tables say it.
  if (unguarded === 0 && kind.isCall && guarded.length >= 3) return 'medium';
  // All others that use it, here and in the files beside, test it first; where nobody sets it to NULL, out of caution.
  if (wide.unguarded === 0 && isCleared && kind.isHere && !kind.isCall && guarded.length >= 3)
    return 'medium';
  if (unguarded === 0 && isCleared) {
    if (tested.length >= MANY || (wide.tested.length >= 3 * MANY && guarded.length > 0)) return 'medium';
    if (guarded.length >= 2 && kind.isElement && wide.tested.length >= MANY) return 'medium';
    if (guarded.length >= 2 && kind.isRcu && cleared.length > 0) return 'medium';
  }
  return guarded.length > unguarded || (unguarded === 0 && guarded.length > 0) || tested.length > 0
    ? 'low'
    : undefined;
}

/** Functions that test a field before it is taken for one that may be NULL. */
const MANY = 5;

function report(
  context: FunctionContext,
  evidence: Evidence,
  use: { pointer: number; view: View; through: number; argument: number; isCall: boolean },
): void {
  const { guarded, tested, cleared, unguarded, confidence } = evidence;
  const key = keyText(evidence.key);
  const { pointer, view } = use;
  const position = context.positionOf(view.at);
  const name = context.text(pointer);
  const witness = (guarded[0] ?? tested[0]) as FieldUse;
  const clearing = cleared[0];
  const others = `${tested.length} other ${tested.length === 1 ? 'function' : 'functions'} of this file`;
  const cleared2 =
    clearing === undefined
      ? ''
      : `, and ${clearing.function}() sets it to NULL at line ${clearing.clearedAt}`;
  context.report({
    rule: use.isCall ? nullOp : uncheckedField,
    confidence,
    // Who uses it without a test has known, so far, that it is set.
    confidenceInUse: 'low',
    position,
    identity: `${key} ${name}`,
    message: `${name} ${useText(context, use)} without a test, while ${others} test ${key} for NULL (${witness.function}() at line ${witness.testedAt})${cleared2}.`,
    explanation: `${guarded.length} functions of this file test ${key} before they use it, ${unguarded} use it without a test. Line ${lineOf(position)} relies on it being set.`,
    trace: [
      {
        path: witness.path,
        line: witness.testedAt,
        function: witness.function,
        text: `${key} is tested for NULL`,
      },
      ...(clearing === undefined
        ? []
        : [
            {
              path: clearing.path,
              line: clearing.clearedAt,
              function: clearing.function,
              text: `${key} is set to NULL`,
            },
          ]),
      ...useSteps(context, use),
    ],
  });
}
