import { type Flow, lineOf, Op } from '../../c/flow.ts';
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
} from './field-evidence.ts';
import type { FunctionContext } from './function-context.ts';

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
  const aliases = aliasesOf(flow);
  const asked = new Map<number, Evidence | undefined>();
  const check = (pointer: number, view: View, through: number, argument: number, isCall = false): void => {
    const e = stripCasts(flow, pointer);
    if (e <= 0) return;
    const place = aliases.get(e) ?? e;
    if (place === 0) return;
    let evidence: Evidence | undefined;
    if (asked.has(place)) evidence = asked.get(place);
    else {
      evidence = weigh(context, fields, place);
      asked.set(place, evidence);
    }
    if (evidence === undefined) return;
    const bits = view.bits(e);
    if ((bits & ZERO) === 0 || mayBeNull(bits)) return;
    report(context, evidence, { pointer: e, view, through, argument, isCall });
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

function weigh(context: FunctionContext, fields: FieldEvidence, place: number): Evidence | undefined {
  const { effects, ref, flow } = context;
  const key = fieldKey(effects, flow, place, ref.path);
  if (key === '' || isSetHere(flow, place)) return undefined;
  const all = fields.ofFile(ref.path, key);
  const uses = all.filter((use) => use.function !== ref.name);
  const isTestedHere = all.some((use) => use.function === ref.name && use.isTested);
  const setters = new Set(uses.filter((use) => use.isSet).map((use) => use.function));
  if (flow.calls.some((_, call) => setters.has(calleeName(flow, call)))) return undefined;
  const own = countOf(uses.filter((use) => !isGuarded(context, use, all, setters)));
  if (own.unguarded > own.tested.length) return undefined;
  if (own.tested.length === 0 || isGuardedByCallers(context, fields, key)) return undefined;
  const confidence = isOfFile(key) && own.unguarded > 0 ? 'low' : confidenceOf(own);
  if (confidence === undefined) return undefined;
  // It knows of the doubt, and the test may be one that can't be followed to here.
  if (isTestedHere || confidence === 'low') return { key, ...own, confidence: 'low' };
  // Other elements of an array are other pointers; and the files beside this one have a say.
  const wide = countOf([...uses, ...fields.besides(ref.path, key)]);
  const isDisputed = wide.tested.length < wide.unguarded;
  return {
    key,
    ...own,
    confidence: isDisputed || (key.endsWith('[]') && own.unguarded > 0) ? 'low' : confidence,
  };
}

type Count = Omit<Evidence, 'key' | 'confidence'>;

const countOf = (uses: readonly FieldUse[]): Count => ({
  guarded: uses.filter((use) => use.isTested && use.isDereferenced),
  tested: uses.filter((use) => use.isTested),
  cleared: uses.filter((use) => use.clearedAt > 0),
  unguarded: uses.filter((use) => use.isDereferenced && !use.isTested && !use.isSet).length,
});

/** What the function itself sets is its own affair. */
function isSetHere(flow: Flow, place: number): boolean {
  for (let at = 0; at < flow.ops.length; at += 4)
    if (flow.ops[at] === Op.Assign && flow.ops[at + 1] === place) return true;
  return false;
}

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
function confidenceOf({ guarded, tested, cleared, unguarded }: Count): Confidence | undefined {
  if (unguarded === 0) {
    if (guarded.length >= (cleared.length > 0 ? 2 : 3)) return 'medium';
    if (guarded.length >= 1 && tested.length >= 4 && cleared.length > 0) return 'medium';
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
