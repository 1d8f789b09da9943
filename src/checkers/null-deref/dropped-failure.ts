/**
 * A function stores an allocation in an object, and tells its caller by what it returns when that failed; the caller
 * does not look, and whoever uses the object finds NULL in it.
 */
import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import { expressionText } from '../../effects/expression-text.ts';
import { type FieldUse, fieldKey } from '../../effects/field-uses.ts';
import { calleeName, pushOperands, stripCasts } from '../../effects/flow-expressions.ts';
import type { FunctionRef } from '../../index/program.ts';
import { ALLOCATORS } from '../../kernel/allocators.ts';
import { GIVES_UP, PRINTING } from '../../kernel/pointers.ts';
import type { FieldEvidence } from './field-evidence.ts';
import type { FunctionContext } from './function-context.ts';
import { uncheckedAlloc } from './unchecked-alloc.ts';

/** Looks at the calls whose result the function drops. */
export function findDroppedFailures(context: FunctionContext, fields: FieldEvidence): void {
  const { effects, flow, ref } = context;
  const used = usedResults(flow);
  for (const call of flow.calls.keys()) {
    const name = used.has(call) ? '' : calleeName(flow, call);
    if (name === '') continue;
    const callee = effects.callee(name, ref.path).function;
    // Other files' functions are used in ways that can't be seen from here.
    if (callee?.path !== ref.path || callee.id === ref.id || callee.fact.returns !== 'int') continue;
    for (const kept of toldAllocations(callee)) {
      const user = trustingUser(context, fields, callee, kept.place);
      if (user === undefined) continue;
      report(context, call, callee, kept, user);
      break;
    }
  }
}

/** Calls whose result the function does anything with. */
function usedResults(flow: Flow): ReadonlySet<number> {
  const stack = flow.calls.flatMap(({ args, callee }) => [...args, callee]);
  stack.push(...flow.switches.map(({ value }) => value));
  for (let at = 0; at < flow.ops.length; at += 4) {
    const [op, x, y] = [flow.ops[at], flow.ops[at + 1] as number, flow.ops[at + 2] as number];
    if (op === Op.Assign) stack.push(x, y);
    else if (op === Op.Return || op === Op.Deref) stack.push(x);
    else if (op === Op.Branch) stack.push(flow.branches[x * 3] as number);
  }
  const used = new Set<number>();
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (flow.exprOp[e] === Expr.Result) used.add(flow.exprA[e] as number);
    pushOperands(flow, e, stack);
  }
  return used;
}

interface Kept {
  /** In the callee. */
  readonly place: number;
  readonly allocator: string;
  readonly line: number;
}

/** The allocations that a function keeps in what it was handed, and tests. */
function toldAllocations({ fact: { flow } }: FunctionRef): readonly Kept[] {
  if (flow === undefined || !onlyAllocates(flow)) return [];
  const kept: Kept[] = [];
  const set = new Map<number, number>();
  for (let at = 0; at < flow.ops.length; at += 4)
    if (flow.ops[at] === Op.Assign)
      set.set(flow.ops[at + 1] as number, (set.get(flow.ops[at + 1] as number) ?? 0) + 1);
  for (let at = 0; at < flow.ops.length; at += 4) {
    const place = flow.ops[at + 1] as number;
    if (flow.ops[at] !== Op.Assign || flow.exprOp[place] !== Expr.Arrow) continue;
    const value = stripCasts(flow, flow.ops[at + 2] as number);
    const allocator = flow.exprOp[value] === Expr.Result ? calleeName(flow, flow.exprA[value] as number) : '';
    // What is set again is another way to get it.
    if (ALLOCATORS.has(allocator) && set.get(place) === 1 && isTold(flow, place))
      kept.push({ place, allocator, line: lineOf(flow.ops[at + 3] as number) });
  }
  return kept;
}

/** What else a function does when it has its memory (a flag, a file, an interrupt) is often what leads to the uses of it. */
function onlyAllocates(flow: Flow): boolean {
  for (let at = 0; at < flow.ops.length; at += 4) {
    const op = flow.exprOp[flow.ops[at + 1] as number];
    if (flow.ops[at] !== Op.Assign || (op !== Expr.Arrow && op !== Expr.Field)) continue;
    const value = stripCasts(flow, flow.ops[at + 2] as number);
    if (flow.exprOp[value] === Expr.Integer && flow.exprA[value] !== 0) return false;
  }
  return flow.calls.every((_, call) => {
    const name = calleeName(flow, call);
    return ALLOCATORS.has(name) || PRINTING.test(name) || GIVES_UP.test(name);
  });
}

/** By a branch, or in what is returned: `return !p->buffer`. */
function isTold(flow: Flow, place: number): boolean {
  for (let at = 0; at < flow.ops.length; at += 4) {
    const x = flow.ops[at + 1] as number;
    if (flow.ops[at] === Op.Branch && stripCasts(flow, flow.branches[x * 3] as number) === place) return true;
    if (flow.ops[at] !== Op.Return) continue;
    const e = stripCasts(flow, x);
    if (flow.exprOp[e] === Expr.Unary && stripCasts(flow, flow.exprA[e] as number) === place) return true;
  }
  return false;
}

/** A function that uses the field, where none that only uses it tests it. */
function trustingUser(
  { effects }: FunctionContext,
  fields: FieldEvidence,
  callee: FunctionRef,
  place: number,
): FieldUse | undefined {
  const key = fieldKey(effects, callee.fact.flow as Flow, place, callee.path);
  if (key === '') return undefined;
  const uses = fields
    .ofFile(callee.path, key)
    .filter((use) => use.function !== callee.name && !use.isSet && use.isDereferenced);
  return uses.some((use) => use.isTested) ? undefined : uses[0];
}

function report(
  context: FunctionContext,
  call: number,
  callee: FunctionRef,
  { place, allocator, line }: Kept,
  user: FieldUse,
): void {
  const position = context.flow.calls[call]?.position ?? 0;
  const field = expressionText(callee.fact.flow as Flow, place);
  context.report({
    rule: uncheckedAlloc,
    confidence: 'high',
    position,
    identity: `dropped ${callee.name} ${field}`,
    message: `${callee.name}() fails when ${allocator}() at ${callee.path}:${line} returns NULL, and nothing here looks at its result: ${field} is NULL then, and ${user.function}() uses it without a test.`,
    explanation: `Test what ${callee.name}() returns, and fail with it.`,
    trace: [
      {
        path: callee.path,
        line,
        function: callee.name,
        text: `${field} is allocated by ${allocator}(), which may return NULL`,
      },
      context.step(lineOf(position), `the result of ${callee.name}() is dropped`),
    ],
  });
}
