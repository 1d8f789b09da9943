/** Tests for NULL that are for nothing: what is known elsewhere says that there is something. */
import { Expr, type Flow } from '../../c/flow.ts';
import { expressionText } from '../../effects/expression-text.ts';
import { fieldKey } from '../../effects/field-uses.ts';
import { assignedTo, calleeName, isParameter, stripCasts } from '../../effects/flow-expressions.ts';
import type { Program } from '../../index/program.ts';
import { CONTAINERS } from '../../kernel/pointers.ts';
import type { FieldEvidence } from './field-evidence.ts';
import type { FunctionContext } from './function-context.ts';
import { isGuardedByCallers } from './guarded-by-callers.ts';
import { isKnownByCallers } from './known-by-callers.ts';
import { isAnswerTested } from './known-to-succeed.ts';

/** Whether a pointer that a function tests can't be NULL there, as far as what made it and its callers tell. */
export const isNeedlessTest = (context: FunctionContext, fields: FieldEvidence, pointer: number): boolean =>
  isFromLaterMember(context, pointer) ||
  isGivenOnSuccess(context, pointer) ||
  isMemberTestedByCallers(context, fields, pointer) ||
  isKnownArgument(context, pointer);

/** A parameter that keeps what the callers handed, who all know that it is there. */
function isKnownArgument({ effects, flow, ref }: FunctionContext, pointer: number): boolean {
  const p = stripCasts(flow, pointer);
  if (!isParameter(flow, p) || [...assignedTo(flow, p)].length > 0) return false;
  return isKnownByCallers(effects, ref, flow.exprA[p] as number);
}

/** `err = look_up(key, &p); if (err) return err;`: who looks whether that worked has something then. */
function isGivenOnSuccess({ flow }: FunctionContext, pointer: number): boolean {
  const p = stripCasts(flow, pointer);
  if (flow.exprOp[p] !== Expr.Local) return false;
  const isFilled = (arg: number): boolean => flow.exprOp[arg] === Expr.Address && flow.exprA[arg] === p;
  return flow.calls.some(({ args }, call) => args.some(isFilled) && isAnswerTested(flow, call));
}

/** A member of what a function of the file is handed, by callers that all test it: its own test is for nothing. */
function isMemberTestedByCallers(
  { effects, flow, ref }: FunctionContext,
  fields: FieldEvidence,
  pointer: number,
): boolean {
  const key = ref.fact.isStatic ? fieldKey(effects, flow, stripCasts(flow, pointer), ref.path) : '';
  return key !== '' && isGuardedByCallers(effects, fields, ref, key, new Set());
}

/** The object that a member lies in, which is not its first: a test of that is for nothing, whatever the member was. */
function isFromLaterMember({ effects, flow, ref }: FunctionContext, pointer: number): boolean {
  const isFrom = (body: Flow, e: number, from: string): boolean => {
    const value = stripCasts(body, e);
    if (body.exprOp[value] !== Expr.Result) return false;
    const call = body.exprA[value] as number;
    const name = calleeName(body, call);
    if (CONTAINERS.has(name)) return isLater(effects.program, body, call, from);
    const { functions, macro } = effects.meaning(name, from);
    const wrapper = functions[0] ?? macro;
    const inner = wrapper?.fact.flow;
    if (wrapper === undefined || inner?.calls.length !== 1 || !CONTAINERS.has(calleeName(inner, 0)))
      return false;
    return isLater(effects.program, inner, 0, wrapper.path);
  };
  return [...assignedTo(flow, stripCasts(flow, pointer))].some((value) => isFrom(flow, value, ref.path));
}

/** Whether a container_of() names a member that is not the first of its type. */
function isLater(program: Program, flow: Flow, call: number, from: string): boolean {
  const [, type = 0, member = 0] = flow.calls[call]?.args ?? [];
  if (flow.exprOp[type] !== Expr.Type) return false;
  const first = program.struct(flow.types[flow.exprB[type] as number] ?? '', from)?.fields[0]?.name;
  return first !== undefined && first !== '' && first !== expressionText(flow, member);
}
