/**
 * A test that the change removes, of a pointer that is still used behind it. Nothing in the new code says that the
 * pointer can be NULL: the removed test is the evidence, weighed with what the code around says of it.
 */
import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import { isPointer } from '../../c/types.ts';
import type { Effects } from '../../effects/effects.ts';
import { expressionText, typeOf } from '../../effects/expression-text.ts';
import { fieldKey } from '../../effects/field-uses.ts';
import { calledPointer, calleeName, pointerOf, stripCasts } from '../../effects/flow-expressions.ts';
import type { FunctionRef } from '../../index/program.ts';
import { type Confidence, compareConfidence, type Finding, type Rule } from '../checker.ts';
import { FunctionFindings } from '../function-findings.ts';
import type { FieldEvidence } from './field-evidence.ts';

export const checkRemoved: Rule = {
  id: 'null-deref/check-removed',
  severity: 'warning',
  summary: 'The change removes a test for NULL, and the pointer is still used.',
  source: 'https://cwe.mitre.org/data/definitions/476.html',
};

/** The tests that `now` no longer has, of pointers that it uses; `introduced` are the findings of head that base has not. */
export function findRemovedChecks(
  effects: Effects,
  fields: FieldEvidence,
  old: FunctionRef,
  now: FunctionRef,
  introduced: readonly Finding[],
): readonly Finding[] {
  const before = old.fact.flow;
  const after = now.fact.flow;
  if (before === undefined || after === undefined) return [];
  const tested = testsOf(effects, before, old.path);
  if (tested.size === 0) return [];
  const still = testsOf(effects, after, now.path);
  const called = new Set(before.calls.map((_, call) => calleeName(before, call)));
  /** By the test and the use: a copy of the pointer has the same, and of the two the surer is said. */
  const found = new Map<string, Finding>();
  for (const [text, line] of tested) {
    if (still.has(text)) continue;
    const use = useOf(effects, after, now.path, text, called);
    if (use === undefined) continue;
    const findings = new FunctionFindings('null-deref', now);
    report(effects, fields, findings, now, after, { text, line, ...use }, introduced);
    const key = `${line} ${use.position}`;
    for (const finding of findings.all) {
      const known = found.get(key);
      if (known === undefined || compareConfidence(finding.confidence, known.confidence) > 0)
        found.set(key, finding);
    }
  }
  return [...found.values()];
}

/** The pointers that a function tests for NULL, as they are written, with the line; copies in locals count for them. */
export function testsOf(effects: Effects, flow: Flow, path: string): ReadonlyMap<string, number> {
  const copies = copiesIn(flow);
  const tests = new Map<string, number>();
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] !== Op.Branch) continue;
    const condition = flow.branches[(flow.ops[at + 1] as number) * 3] as number;
    for (const tested of testedIn(flow, condition)) {
      if (!isPointer(typeOf(flow, tested, effects.program, path))) continue;
      const line = lineOf(flow.ops[at + 3] as number);
      for (const e of [tested, ...(copies.get(tested) ?? [])]) {
        const text = expressionText(flow, e);
        if (!text.includes('…') && !tests.has(text)) tests.set(text, line);
      }
    }
  }
  return tests;
}

/** The pointer that a condition is, or that IS_ERR_OR_NULL() and the like are asked of. */
function testedIn(flow: Flow, condition: number): readonly number[] {
  const e = stripCasts(flow, condition);
  if (flow.exprOp[e] !== Expr.Result) return [e];
  const args = flow.calls[flow.exprA[e] as number]?.args ?? [];
  return args.map((arg) => stripCasts(flow, arg));
}

/** What each local is set to, by plain assignments. */
function copiesIn(flow: Flow): ReadonlyMap<number, readonly number[]> {
  const copies = new Map<number, number[]>();
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] !== Op.Assign) continue;
    const target = flow.ops[at + 1] as number;
    const value = stripCasts(flow, flow.ops[at + 2] as number);
    const op = flow.exprOp[value];
    if (flow.exprOp[target] !== Expr.Local) continue;
    if (op !== Expr.Arrow && op !== Expr.Field && op !== Expr.Local && op !== Expr.Index) continue;
    copies.set(target, [...(copies.get(target) ?? []), value]);
  }
  return copies;
}

interface PointerUse {
  readonly expression: number;
  readonly position: number;
  readonly through: string;
}

/** Where a pointer of this text is dereferenced first; undefined where it is not, or where something new may test it. */
function useOf(
  effects: Effects,
  flow: Flow,
  path: string,
  text: string,
  calledBefore: ReadonlySet<string>,
): PointerUse | undefined {
  const copies = copiesIn(flow);
  const isMeant = (e: number): boolean =>
    [e, ...(copies.get(e) ?? [])].some((copy) => expressionText(flow, copy) === text);
  let found: PointerUse | undefined;
  for (let at = 0; at < flow.ops.length; at += 4) {
    const x = flow.ops[at + 1] as number;
    const position = flow.ops[at + 3] as number;
    if (flow.ops[at] === Op.Deref && isMeant(stripCasts(flow, x)))
      found ??= { expression: stripCasts(flow, x), position, through: '' };
    if (flow.ops[at] !== Op.Call) continue;
    const callee = calledPointer(flow, x);
    if (callee !== 0 && isMeant(callee)) found ??= { expression: callee, position, through: '' };
    const name = calleeName(flow, x);
    const { dereferences } = effects.knowledge(flow, x, path);
    for (const [n, arg] of (flow.calls[x]?.args ?? []).entries()) {
      const pointer = pointerOf(flow, arg);
      if (pointer === 0 || !isMeant(pointer)) continue;
      if (!calledBefore.has(name)) return undefined;
      if (n <= 30 && (dereferences & (1 << n)) !== 0)
        found ??= { expression: pointer, position, through: name };
    }
  }
  return found;
}

function report(
  effects: Effects,
  fields: FieldEvidence,
  findings: FunctionFindings,
  ref: FunctionRef,
  flow: Flow,
  removed: PointerUse & { readonly text: string; readonly line: number },
  introduced: readonly Finding[],
): void {
  const { text, line, expression, position, through } = removed;
  if (findingsOf(introduced, ref, text).some(({ confidence }) => confidence !== 'low')) return;
  const reason = reasonFor(effects, fields, ref, flow, expression, text, introduced);
  const how = through === '' ? 'dereferenced' : `passed to ${through}(), which dereferences it,`;
  findings.report({
    rule: checkRemoved,
    confidence: reason.confidence,
    line: lineOf(position),
    identity: text,
    message: `${text} is still ${how} here, and the change removes the test for NULL that stood before it (line ${line} of the old file)${reason.text}.`,
    explanation: `Somebody thought that ${text} can be NULL here. If that is no longer so, say why in the commit message; otherwise keep the test.`,
    trace: [
      {
        path: ref.path,
        line: lineOf(position),
        function: ref.name,
        text: `${text} is ${how.replace(/,$/, '')} without a test`,
      },
    ],
  });
}

/** What is said of a pointer in a function by itself. */
const findingsOf = (introduced: readonly Finding[], ref: FunctionRef, text: string): readonly Finding[] =>
  introduced.filter(
    (finding) =>
      finding.path === ref.path && finding.function === ref.name && finding.message.startsWith(`${text} `),
  );

/** What else says that the pointer can be NULL: a finding that is too unsure by itself, or what the file does. */
function reasonFor(
  effects: Effects,
  fields: FieldEvidence,
  ref: FunctionRef,
  flow: Flow,
  expression: number,
  text: string,
  introduced: readonly Finding[],
): { confidence: Confidence; text: string } {
  const [other] = findingsOf(introduced, ref, text);
  if (other !== undefined) return { confidence: 'medium', text: '' };
  const places = [expression, ...(copiesIn(flow).get(expression) ?? [])];
  for (const place of places) {
    const key = fieldKey(effects, flow, place, ref.path);
    if (key === '') continue;
    const uses = fields.ofFile(ref.path, key).filter((use) => use.function !== ref.name);
    const testing = uses.filter((use) => use.isTested);
    const trusting = uses.filter((use) => use.isDereferenced && !use.isTested && !use.isSet);
    const [witness] = testing;
    if (witness !== undefined && testing.length >= trusting.length)
      return {
        confidence: 'medium',
        text: `; ${witness.function}() tests it too, at line ${witness.testedAt}`,
      };
  }
  return { confidence: 'low', text: '' };
}
