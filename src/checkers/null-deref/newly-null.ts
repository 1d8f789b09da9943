/** A function that the change lets return NULL, which callers that it does not touch use without a test. */
import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import { type Effects, effectsOf } from '../../effects/effects.ts';
import { callsOf, stripCasts } from '../../effects/flow-expressions.ts';
import { MAY_NULL } from '../../effects/values.ts';
import type { FunctionRef, Program } from '../../index/program.ts';
import type { Finding, Step } from '../checker.ts';
import { FunctionFindings } from '../function-findings.ts';
import { habitsIn } from './callers.ts';
import { firstDereference } from './first-dereference.ts';
import { uncheckedLookup } from './unchecked-lookup.ts';

/** Callers that are looked at, and that are named. */
const MAX_CALLERS = 40;
const NAMED = 3;

interface Caller {
  readonly ref: FunctionRef;
  readonly line: number;
}

/** Looks at a function of both sides; said at the line that returns NULL. */
export function findNewlyNull(
  base: Program,
  effects: Effects,
  old: FunctionRef,
  now: FunctionRef,
): readonly Finding[] {
  const { result, nullLine, nullFrom } = effects.summary(now);
  if ((result & MAY_NULL) === 0 || nullLine === 0) return [];
  if ((effectsOf(base).summary(old).result & MAY_NULL) !== 0) return [];
  const callers = effects.program.callers(now, MAX_CALLERS).filter((caller) => caller.id !== now.id);
  const trusting = callers.flatMap((caller) => trustingCalls(effects, caller, now.name));
  if (trusting.length === 0) return [];
  const names = [...new Set(trusting.map(({ ref }) => `${ref.name}()`))];
  const named = names.slice(0, NAMED).join(', ');
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  const from = nullFrom === '' ? 'NULL' : `what ${nullFrom}() returns, which may be NULL`;
  const findings = new FunctionFindings('null-deref', now);
  findings.report({
    rule: uncheckedLookup,
    confidence: 'medium',
    line: nullLine,
    identity: 'newly NULL',
    message: `${now.name}() now returns ${from}, and ${named}${more} ${names.length === 1 ? 'uses' : 'use'} its result without a test.`,
    explanation: `Before this change nothing made ${now.name}() return NULL, so its callers do not test for it. Test the result there, or return something that they expect.`,
    trace: [
      { path: now.path, line: nullLine, function: now.name, text: 'NULL can be returned here' },
      ...trusting.slice(0, NAMED).map(
        ({ ref, line }): Step => ({
          path: ref.path,
          line,
          function: ref.name,
          text: `the result of ${now.name}() is used without a test`,
        }),
      ),
    ],
  });
  return findings.all;
}

/** The calls whose result is dereferenced, and tested nowhere. */
function trustingCalls(effects: Effects, caller: FunctionRef, name: string): readonly Caller[] {
  const { flow } = caller.fact;
  if (flow === undefined) return [];
  return callsOf(flow, name)
    .filter((call) => {
      const { calls, forNull } = habitsIn(flow, [call]);
      return calls === 1 && forNull === 0 && isDereferenced(effects, flow, caller.path, call);
    })
    .map((call) => ({ ref: caller, line: lineOf(flow.calls[call]?.position ?? 0) }));
}

function isDereferenced(effects: Effects, flow: Flow, path: string, call: number): boolean {
  const isResult = (e: number): boolean => flow.exprOp[e] === Expr.Result && flow.exprA[e] === call;
  const places = new Set<number>();
  for (let at = 0; at < flow.ops.length; at += 4)
    if (flow.ops[at] === Op.Assign && isResult(stripCasts(flow, flow.ops[at + 2] as number)))
      places.add(flow.ops[at + 1] as number);
  return firstDereference(effects, flow, path, (e) => isResult(e) || places.has(e)) !== undefined;
}
