/**
 * NULL that is handed to a function that dereferences it: written as an argument, here or by a caller; or handed to
 * an operation, most of whose other implementations test for it.
 */
import { lineOf, position } from '../../c/flow.ts';
import type { Observer } from '../../effects/domain.ts';
import { fieldKey, isOfFile, keyText } from '../../effects/field-uses.ts';
import { calleeName, isNullConstant, stripCasts } from '../../effects/flow-expressions.ts';
import type { FunctionRef } from '../../index/program.ts';
import type { Rule, Step } from '../checker.ts';
import type { FieldEvidence } from './field-evidence.ts';
import type { FunctionContext } from './function-context.ts';

export const nullArgument: Rule = {
  id: 'null-deref/null-argument',
  severity: 'error',
  summary: 'NULL is passed to a function that dereferences it.',
  source: 'https://cwe.mitre.org/data/definitions/476.html; error27/smatch, check_deref.c',
};

/** Callers that are asked, and that are named. */
const MAX_CALLERS = 40;
const NAMED = 3;

/** Watches calls with a NULL that is written there. */
export function watchNullArguments(context: FunctionContext): Observer {
  const { flow } = context;
  return {
    call(call, view) {
      const { dereferences } = view.knowledge(call);
      if (dereferences === 0) return;
      const callee = calleeName(flow, call);
      const { function: ref, summary } = context.effects.callee(callee, context.ref.path);
      if (ref === undefined) return;
      for (const [k, arg] of (flow.calls[call]?.args ?? []).entries()) {
        if (k > 30 || (dereferences & (1 << k)) === 0 || !isNullConstant(flow, arg)) continue;
        const line = summary.dereferenceLines[k] ?? 0;
        const parameter = ref.fact.parameters[k]?.name ?? `argument ${k + 1}`;
        const at = flow.calls[call]?.position ?? 0;
        context.report({
          rule: nullArgument,
          confidence: 'high',
          position: at,
          identity: `${callee} ${k}`,
          message: `NULL is passed to ${callee}() as ${parameter}, which it dereferences at ${ref.path}:${line} on every path.`,
          explanation: `${callee}() does not expect NULL for ${parameter}: nothing in it tests it before line ${line}.`,
          trace: [
            context.step(lineOf(at), `NULL is passed as ${parameter}`),
            { path: ref.path, line, function: ref.name, text: `${parameter} is dereferenced without a test` },
          ],
        });
      }
    },
  };
}

/** The programs below tools/ are compiled by themselves; some stand in for the kernel's functions. */
const isOfSameProgram = (a: FunctionRef, b: FunctionRef): boolean =>
  a.path.startsWith('tools/') === b.path.startsWith('tools/');

interface NullCall {
  readonly caller: FunctionRef;
  readonly line: number;
}

/** Looks at the parameters that a function dereferences on every path, and at what its callers hand it. */
export function findNullArguments(context: FunctionContext, fields: FieldEvidence): void {
  const { effects, ref } = context;
  const { dereferences, dereferenceLines } = effects.summary(ref);
  if (dereferences === 0) return;
  const callers = effects.program
    .callers(ref, MAX_CALLERS)
    .filter((caller) => caller.id !== ref.id && isOfSameProgram(caller, ref));
  for (const [k, parameter] of ref.fact.parameters.entries()) {
    if (k > 30 || (dereferences & (1 << k)) === 0) continue;
    const calls = callers.flatMap((caller) => callsWithNull(caller, ref.name, k));
    const line = dereferenceLines[k] ?? 0;
    if (calls.length > 0) reportCallee(context, parameter.name, line, calls);
    else findFieldArgument(context, fields, callers, k, line);
  }
}

function callsWithNull(caller: FunctionRef, name: string, k: number): readonly NullCall[] {
  const { flow } = caller.fact;
  if (flow === undefined) return [];
  return [...flow.calls.entries()]
    .filter(([n, { args }]) => calleeName(flow, n) === name && isNullConstant(flow, args[k] ?? 0))
    .map(([, call]) => ({ caller, line: lineOf(call.position) }));
}

/** Functions that set a field to NULL before a caller that hands it on untested is doubted. */
const MIN_CLEARED = 3;

/** Callers that hand on a field without a test, which several other functions around them set to NULL. */
function findFieldArgument(
  context: FunctionContext,
  fields: FieldEvidence,
  callers: readonly FunctionRef[],
  k: number,
  line: number,
): void {
  const { effects, ref } = context;
  const parameter = ref.fact.parameters[k]?.name ?? '';
  for (const caller of callers) {
    const { flow } = caller.fact;
    if (flow === undefined) continue;
    for (const [n, { args, position: at }] of flow.calls.entries()) {
      if (calleeName(flow, n) !== ref.name) continue;
      const key = fieldKey(effects, flow, stripCasts(flow, args[k] ?? 0), caller.path);
      if (key === '' || isOfFile(key)) continue;
      const uses = [...fields.ofFile(caller.path, key), ...fields.besides(caller.path, key)];
      const cleared = uses.filter((use) => use.clearedAt > 0 && !use.isSet);
      const own = uses.find((use) => use.path === caller.path && use.function === caller.name);
      const isTested = own !== undefined && (own.isTested || own.isSet);
      const trusting = uses.filter(
        (use) => use.isDereferenced && !use.isTested && !use.isSet && use.function !== caller.name,
      );
      if (isTested || cleared.length < MIN_CLEARED || cleared.length <= 2 * trusting.length) continue;
      const [clearing] = cleared;
      if (clearing === undefined) continue;
      const text = keyText(key);
      context.report({
        rule: nullArgument,
        // Those who hand it on mostly know by something else that it is set.
        confidence: 'low',
        position: position(line, 1),
        identity: `parameter ${parameter}`,
        message: `${parameter} is dereferenced without a test, and ${caller.name}() passes ${text} for it (${caller.path}:${lineOf(at)}), which ${cleared.length} functions set to NULL (${clearing.function}() at ${clearing.path}:${clearing.clearedAt}).`,
        explanation: `${caller.name}() does not test ${text} either. Test ${parameter} before line ${line}, or the field before it is passed.`,
        trace: [
          step(clearing.path, clearing.clearedAt, clearing.function, `${text} is set to NULL`),
          step(caller.path, lineOf(at), caller.name, `${text} is passed as ${parameter}`),
          context.step(line, `${parameter} is dereferenced`),
        ],
      });
      return;
    }
  }
}

const step = (path: string, line: number, name: string, text: string): Step => ({
  path,
  line,
  function: name,
  text,
});

function reportCallee(
  context: FunctionContext,
  parameter: string,
  line: number,
  calls: readonly NullCall[],
): void {
  const names = [...new Set(calls.map(({ caller }) => `${caller.name}()`))];
  const named = names.slice(0, NAMED).join(', ');
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  const [first] = calls as [NullCall];
  context.report({
    rule: nullArgument,
    confidence: 'high',
    position: position(line, 1),
    identity: `parameter ${parameter}`,
    message: `${parameter} is dereferenced without a test, and ${named}${more} ${names.length === 1 ? 'passes' : 'pass'} NULL for it (${first.caller.path}:${first.line}).`,
    explanation: `Nothing tests ${parameter} before line ${line}. Test it, or pass something else there.`,
    trace: [
      ...calls.slice(0, NAMED).map(
        ({ caller, line: at }): Step => ({
          path: caller.path,
          line: at,
          function: caller.name,
          text: `NULL is passed as ${parameter}`,
        }),
      ),
      context.step(line, `${parameter} is dereferenced`),
    ],
  });
}
