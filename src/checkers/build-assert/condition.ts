/** What an assertion asks of its condition: that the compiler knows its value, or only so where it says that it does. */
import { Operator } from '../../c/ast.ts';
import { Expr, type Flow } from '../../c/flow.ts';
import { CHOICE, CONSTANT_TESTS } from '../../kernel/assertions.ts';

/** The arguments of a call among what is not evaluated; undefined for anything else. */
function callOf(flow: Flow, e: number): { name: string; args: readonly number[] } | undefined {
  const args: number[] = [];
  let at = e;
  for (; flow.exprOp[at] === Expr.Binary && flow.exprC[at] === 0; at = flow.exprA[at] as number)
    args.unshift(flow.exprB[at] as number);
  if (flow.exprOp[at] !== Expr.Global || args.length === 0) return undefined;
  return { name: flow.names[flow.exprA[at] as number] as string, args };
}

/** Whether a condition is true where the compiler knows nothing but what is written; undefined where that can't be told. */
function truth(flow: Flow, e: number): boolean | undefined {
  const a = flow.exprA[e] as number;
  const b = flow.exprB[e] as number;
  switch (flow.exprOp[e]) {
    case Expr.Integer:
      return a !== 0;
    case Expr.Cast:
      return truth(flow, a);
    case Expr.Unary: {
      const operand = flow.exprC[e] === Operator.Not ? truth(flow, a) : undefined;
      return operand === undefined ? undefined : !operand;
    }
    case Expr.Binary:
      return truthOfBinary(flow, e, a, b);
    default:
      return undefined;
  }
}

function truthOfBinary(flow: Flow, e: number, a: number, b: number): boolean | undefined {
  const left = truth(flow, a);
  switch (flow.exprC[e]) {
    case Operator.And:
      return left === false || truth(flow, b) === false ? false : left && truth(flow, b);
    case Operator.Or:
      return left === true || truth(flow, b) === true ? true : left === false ? truth(flow, b) : undefined;
    case 0: {
      const call = callOf(flow, e);
      if (call !== undefined) return truthOfCall(flow, call.name, call.args);
      if (left === undefined || flow.exprOp[b] !== Expr.Binary) return undefined;
      return truth(flow, (left ? flow.exprA[b] : flow.exprB[b]) as number);
    }
    default:
      return undefined;
  }
}

function truthOfCall(flow: Flow, name: string, args: readonly number[]): boolean | undefined {
  if (CONSTANT_TESTS.has(name)) return false;
  const chosen = name === CHOICE ? truth(flow, args[0] ?? 0) : undefined;
  return chosen === undefined ? undefined : truth(flow, args[chosen ? 1 : 2] ?? 0);
}

/** The arguments of all __builtin_constant_p() in an expression. */
function constantTests(flow: Flow, e: number): number[] {
  const call = callOf(flow, e);
  if (call !== undefined && CONSTANT_TESTS.has(call.name)) return [...call.args];
  const a = flow.exprA[e] as number;
  switch (flow.exprOp[e]) {
    case Expr.Cast:
    case Expr.Unary:
      return constantTests(flow, a);
    case Expr.Binary:
      return [...constantTests(flow, a), ...constantTests(flow, flow.exprB[e] as number)];
    default:
      return [];
  }
}

/**
 * The expressions that must be constants for an assertion to hold, which fails where `condition` is `failing`;
 * 'fails' where it does so whatever they are.
 */
export function askedOf(flow: Flow, condition: number, failing: boolean): readonly number[] | 'fails' {
  const without = truth(flow, condition);
  if (without === !failing) return [];
  const tested = constantTests(flow, condition);
  if (without === failing) return tested.length === 0 ? 'fails' : tested;
  return [condition];
}
