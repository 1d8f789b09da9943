/** NULL as the failure of an operation whose callers know error pointers only: they take it for success. */
import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import { isPointer } from '../../c/types.ts';
import { isNullConstant, stripCasts } from '../../effects/flow-expressions.ts';
import { MAY_ERR, MAY_NULL } from '../../effects/values.ts';
import type { FunctionRef } from '../../index/program.ts';
import { habitsIn } from './callers.ts';
import { errPtr } from './err-ptr.ts';
import type { FunctionContext } from './function-context.ts';

/** Functions that call through fields of one name. */
const MAX_CALLERS = 40;
/** Tables that store the operation, and how many of their functions are asked. */
const MAX_STORED = 600;
const MAX_ASKED = 24;

/** Looks at a function that returns NULL and is stored as an operation. */
export function findNullForError(context: FunctionContext): void {
  const { effects, ref, flow } = context;
  if (!isPointer(ref.fact.returns)) return;
  const returned = returnsOfNull(flow);
  if (returned.length === 0) return;
  for (const { entry } of effects.program.storedIn(ref)) {
    const witness = testedForErrorsOnly(context, entry.type, entry.field);
    if (witness === undefined || !doOthersFailByError(context, entry.type, entry.field)) continue;
    for (const position of returned) report(context, position, entry, witness);
  }
}

function returnsOfNull(flow: Flow): number[] {
  const found: number[] = [];
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] !== Op.Return) continue;
    const value = flow.ops[at + 1] as number;
    if (value !== 0 && isNullConstant(flow, value)) found.push(flow.ops[at + 3] as number);
  }
  return found;
}

/** Other functions that the tree stores there return error pointers, and none of them NULL. */
function doOthersFailByError(context: FunctionContext, type: string, field: string): boolean {
  const { effects, ref } = context;
  const others = effects.program
    .stored(type, field, MAX_STORED)
    .filter((other) => other.ref.id !== ref.id)
    .slice(0, MAX_ASKED);
  const results = others.map((other) => effects.summary(other.ref).result);
  return (
    results.filter((bits) => (bits & MAY_ERR) !== 0).length >= 2 &&
    !results.some((bits) => (bits & MAY_NULL) !== 0)
  );
}

interface Witness {
  readonly caller: FunctionRef;
  readonly line: number;
}

/** A caller that tests with IS_ERR() and uses the result; undefined where there is none, or where any tests for NULL. */
function testedForErrorsOnly(context: FunctionContext, type: string, field: string): Witness | undefined {
  const { program } = context.effects;
  const callers = program.callersThrough(field, MAX_CALLERS);
  if (callers.length >= MAX_CALLERS) return undefined;
  let witness: Witness | undefined;
  for (const caller of callers) {
    const { flow } = caller.fact;
    if (flow === undefined) continue;
    const calls = [...flow.calls.keys()].filter((call) => isCallOf(context, caller, flow, call, type, field));
    const { forNull, forError } = habitsIn(flow, calls);
    if (forNull > 0) return undefined;
    if (forError > 0) witness ??= { caller, line: lineOf(flow.calls[calls[0] as number]?.position ?? 0) };
  }
  return witness;
}

function isCallOf(
  context: FunctionContext,
  caller: FunctionRef,
  flow: Flow,
  call: number,
  type: string,
  field: string,
): boolean {
  const callee = stripCasts(flow, flow.calls[call]?.callee ?? 0);
  const op = flow.exprOp[callee];
  if (op !== Expr.Arrow && op !== Expr.Field) return false;
  if (flow.names[flow.exprB[callee] as number] !== field) return false;
  const { program } = context.effects;
  const base = context.typeIn(flow, flow.exprA[callee] as number, caller.path);
  return base !== '' && program.field(base, field, caller.path)?.owner === type;
}

function report(
  context: FunctionContext,
  position: number,
  entry: { type: string; field: string },
  { caller, line }: Witness,
): void {
  const operation = `${entry.type}.${entry.field}`;
  context.report({
    rule: errPtr,
    confidence: 'high',
    position,
    identity: `return ${operation}`,
    message: `NULL is returned as the failure of ${operation}, whose callers test with IS_ERR() only (${caller.name}() at ${caller.path}:${line}) and go on to use it.`,
    explanation: `IS_ERR(NULL) is false. Return an error pointer (ERR_PTR(-ENOMEM) and the like).`,
    trace: [
      context.step(lineOf(position), 'NULL is returned'),
      {
        path: caller.path,
        line,
        function: caller.name,
        text: `the result of ${operation} is tested with IS_ERR()`,
      },
    ],
  });
}
