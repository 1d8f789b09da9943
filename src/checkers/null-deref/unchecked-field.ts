import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import { blockOf } from '../../c/flow-blocks.ts';
import type { Observer, View } from '../../effects/domain.ts';
import { calleeName } from '../../effects/effects.ts';
import { stripCasts } from '../../effects/layout.ts';
import { mayBeNull, ZERO } from '../../effects/values.ts';
import type { Confidence, Rule } from '../checker.ts';
import { calledPointer, useSteps, useText, watchDereferences } from './dereference.ts';
import {
  aliasesOf,
  type FieldEvidence,
  type FieldUse,
  fieldKey,
  isOfFile,
  keyText,
  loaded,
} from './field-evidence.ts';
import type { FunctionContext } from './function-context.ts';
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
    const use = `${place} ${blockOf(flow, view.at)}`;
    let evidence: Evidence | undefined;
    if (asked.has(use)) evidence = asked.get(use);
    else {
      evidence = weigh(context, fields, before, place, view.at);
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
  if (own.tested.length === 0 || isGuardedByCallers(context, fields, key)) return undefined;
  // What the function sets, or lets others set, is its own affair.
  const isSet = (i: number): boolean => isSetBy(flow, i, place, setters);
  if (before.nearest(place, at, isSet).found.length > 0) return undefined;
  const wide = countOf([...uses, ...fields.besides(ref.path, key)]);
  const confidence = isOfFile(key) && own.unguarded > 0 ? 'low' : confidenceOf(own, wide);
  if (confidence === undefined) return undefined;
  // It knows of the doubt, and the test may be one that can't be followed to here.
  if (isTestedHere || confidence === 'low') return { key, ...own, confidence: 'low' };
  // Other elements of an array are other pointers; and the files beside this one have a say.
  const isDisputed = wide.tested.length < wide.unguarded;
  return {
    key,
    ...own,
    confidence: isDisputed || (key.endsWith('[]') && own.unguarded > 0) ? 'low' : confidence,
  };
}

/** Whether an instruction sets the place, or calls a function that may: not where that is handed nothing of it. */
function isSetBy(flow: Flow, instruction: number, place: number, setters: ReadonlySet<string>): boolean {
  const x = flow.ops[instruction * 4 + 1] as number;
  if (flow.ops[instruction * 4] === Op.Assign) return x === place;
  if (flow.ops[instruction * 4] !== Op.Call) return false;
  const args = flow.calls[x]?.args ?? [];
  if (args.some((arg) => flow.exprOp[arg] === Expr.Address && flow.exprA[arg] === place)) return true;
  if (!setters.has(calleeName(flow, x))) return false;
  const root = rootOf(flow, place);
  if (flow.exprOp[root] !== Expr.Local || !flow.locals[flow.exprA[root] as number]?.isParameter) return true;
  return args.some((arg) => rootOf(flow, arg) === root || rootOf(flow, arg) === 0);
}

/** The variable that an access path starts at; 0 where it starts at something else. */
function rootOf(flow: Flow, expression: number): number {
  let e = expression;
  for (let steps = 0; steps < 16; steps++) {
    switch (flow.exprOp[e]) {
      case Expr.Local:
      case Expr.Global:
      case Expr.Integer:
        return e;
      case Expr.Field:
      case Expr.Arrow:
      case Expr.Deref:
      case Expr.Index:
      case Expr.Address:
      case Expr.Cast:
        e = flow.exprA[e] as number;
        break;
      default:
        return 0;
    }
  }
  return 0;
}

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

/** A function all of whose callers test the field relies on them. */
function isGuardedByCallers(context: FunctionContext, fields: FieldEvidence, key: string): boolean {
  const { effects, ref } = context;
  const callers = effects.program.callers(ref, MAX_CALLERS);
  return (
    callers.length > 0 &&
    callers.length < MAX_CALLERS &&
    callers.every((caller) =>
      fields.ofFile(caller.path, key).some((use) => use.function === caller.name && use.isTested),
    )
  );
}

/** Never high: those who do not test a field often know by something else that it is set. */
function confidenceOf({ guarded, tested, cleared, unguarded }: Count, wide: Count): Confidence | undefined {
  if (unguarded === 0) {
    if (guarded.length >= (cleared.length > 0 ? 2 : 3)) return 'medium';
    if (guarded.length >= 1 && tested.length >= 4 && cleared.length > 0) return 'medium';
    if (wide.tested.length >= Math.max(4, 2 * wide.unguarded) && wide.cleared.length > 0) return 'medium';
  }
  return guarded.length > unguarded ? 'low' : undefined;
}

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
