/** What tells a function that a field is set, other than a test of it: nobody else's habit speaks against that. */
import { Operator } from '../../c/ast.ts';
import { Expr, type Flow, Op } from '../../c/flow.ts';
import { blockOf, endOfBlock } from '../../c/flow-blocks.ts';
import { assignedTo, calleeName, isParameter, stripCasts } from '../../effects/flow-expressions.ts';
import { type FunctionContext, reaches, successors } from './function-context.ts';

/** An element whose number a caller in the file hands over: it has chosen one that is there. */
export function isOfHandedIndex({ flow, ref }: FunctionContext, place: number): boolean {
  if (flow.exprOp[place] !== Expr.Index || !ref.fact.isStatic) return false;
  const index = stripCasts(flow, flow.exprB[place] as number);
  return isParameter(flow, index);
}

/** `x->ports[0]`: what there is one of at least. */
export const isFirstElement = (flow: Flow, place: number): boolean =>
  flow.exprOp[place] === Expr.Index &&
  flow.exprOp[stripCasts(flow, flow.exprB[place] as number)] === Expr.Integer;

/** `x->rx.map`: of a struct that lies in others, in several places, one test says little of this one. */
export const isOfPart = (flow: Flow, place: number): boolean =>
  flow.exprOp[place] === Expr.Field && flow.exprOp[flow.exprA[place] as number] === Expr.Arrow;

/**
 * `if (read_clock(x, &now) == 0) use(x->clock)`: a function that tests the field was called on the way, and what it gave
 * decided that.
 */
export function isAskedOfCallee(
  flow: Flow,
  place: number,
  at: number,
  testing: ReadonlySet<string>,
): boolean {
  const root = rootOf(flow, place);
  const asking = new Set<number>();
  for (const [call, { args }] of flow.calls.entries())
    if (testing.has(calleeName(flow, call)) && args.some((arg) => stripCasts(flow, arg) === root))
      asking.add(call);
  if (asking.size === 0) return false;
  const isAnswer = (e: number): boolean => {
    const answer = stripCasts(flow, e);
    return flow.exprOp[answer] === Expr.Result && asking.has(flow.exprA[answer] as number);
  };
  return isDecidedBy(flow, at, (condition) => {
    let e = stripCasts(flow, condition);
    while (flow.exprOp[e] === Expr.Unary || flow.exprOp[e] === Expr.Binary)
      e = stripCasts(flow, flow.exprA[e] as number);
    return isAnswer(e) || (flow.exprOp[e] === Expr.Local && assignedTo(flow, e).some(isAnswer));
  });
}

/**
 * Whether the use is only reached where another member of the same object has a certain value (`op->kind == MAP`): what
 * is of one kind has the field.
 */
export function isOfKind(flow: Flow, place: number, at: number): boolean {
  const op = flow.exprOp[place];
  if (op !== Expr.Arrow && op !== Expr.Field) return false;
  const base = flow.exprA[place] as number;
  return isDecidedBy(flow, at, (e, isSwitch) => {
    const kind = isSwitch ? e : comparedWithConstant(flow, e);
    return kind !== 0 && kind !== place && isMemberOf(flow, kind, base);
  });
}

/** Whether a branch or a switch on what is meant leads to an instruction by half of its ways at most. */
function isDecidedBy(
  flow: Flow,
  at: number,
  isMeant: (condition: number, isSwitch: boolean) => boolean,
): boolean {
  const here = blockOf(flow, at);
  for (let block = 0; block < flow.blocks.length; block++) {
    const last = (endOfBlock(flow, block) - 1) * 4;
    const x = flow.ops[last + 1] as number;
    const isSwitch = flow.ops[last] === Op.Switch;
    if (block === here || (!isSwitch && flow.ops[last] !== Op.Branch)) continue;
    const condition = isSwitch ? (flow.switches[x]?.value ?? 0) : (flow.branches[x * 3] as number);
    if (!isMeant(condition, isSwitch)) continue;
    const ways = new Set(successors(flow, block));
    const leading = [...ways].filter((way) => reaches(flow, way, here, block));
    if (leading.length > 0 && leading.length * 2 <= ways.size) return true;
  }
  return false;
}

/** The x of `x == A`, of an A that has a name; 0 otherwise. */
function comparedWithConstant(flow: Flow, condition: number): number {
  const e = stripCasts(flow, condition);
  if (flow.exprOp[e] !== Expr.Binary || flow.exprC[e] !== Operator.Equal) return 0;
  return flow.exprOp[stripCasts(flow, flow.exprB[e] as number)] === Expr.Global
    ? stripCasts(flow, flow.exprA[e] as number)
    : 0;
}

function isMemberOf(flow: Flow, member: number, base: number): boolean {
  let e = stripCasts(flow, member);
  while (flow.exprOp[e] === Expr.Arrow || flow.exprOp[e] === Expr.Field) {
    e = flow.exprA[e] as number;
    if (e === base) return true;
  }
  return false;
}

/** The variable that an access path starts at; 0 where it starts at something else. */
export function rootOf(flow: Flow, expression: number): number {
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
