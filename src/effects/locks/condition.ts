/**
 * Whether something in a function happens, as far as its caller can know: always, or where some test says so. A test
 * of what a parameter is (`!$2`: it is 0; `$0>.flags&FLAG`: it has the flag) can be answered where the function is
 * called; of any other only that there is one is known.
 */
import { Operator } from '../../c/ast.ts';
import { Expr, type Flow, Op } from '../../c/flow.ts';
import { isConstantName } from '../flow-expressions.ts';

/** False: it always happens; true: some test decides; a text: the test of a parameter that must hold. */
export type Condition = boolean | string;

const TEST = /^(!?)\$(\d+)(?:>\.(\w+))?(?:([&=])(\w+))?$/;

interface Test {
  readonly negated: boolean;
  readonly parameter: number;
  /** Member of what the parameter points to; '' where it is the parameter itself. */
  readonly field: string;
  /** Whether it has a flag, or equals a value; '': whether it is not 0. */
  readonly operator: '' | '&' | '=';
  readonly value: string;
}

/** The test of a parameter that a branch makes where it goes the way `taken`; undefined where it makes another. */
export function testOf(flow: Flow, condition: number, taken: boolean): string | undefined {
  const { exprOp, exprA, exprB, exprC, names } = flow;
  const a = exprA[condition] as number;
  const b = exprB[condition] as number;
  if (exprOp[condition] === Expr.Binary) {
    const operator = exprC[condition];
    if (operator !== Operator.And && operator !== Operator.Equal && operator !== Operator.NotEqual)
      return undefined;
    const place = placeOf(flow, a);
    const value = exprOp[b] === Expr.Global ? names[exprA[b] as number] : undefined;
    if (place === undefined || value === undefined) return undefined;
    const holds = taken === (operator !== Operator.NotEqual);
    return `${holds ? '' : '!'}${place}${operator === Operator.And ? '&' : '='}${value}`;
  }
  const place = placeOf(flow, condition);
  return place === undefined ? undefined : `${taken ? '' : '!'}${place}`;
}

/** `$1` of a parameter that keeps its value, `$1>.flags` of a member of what it points to. */
function placeOf(flow: Flow, e: number): string | undefined {
  const a = flow.exprA[e] as number;
  if (flow.exprOp[e] === Expr.Cast) return placeOf(flow, a);
  if (flow.exprOp[e] === Expr.Local) return isKept(flow, a) ? `$${a}` : undefined;
  if (flow.exprOp[e] !== Expr.Arrow || flow.exprOp[a] !== Expr.Local) return undefined;
  const parameter = flow.exprA[a] as number;
  return isKept(flow, parameter) ? `$${parameter}>.${flow.names[flow.exprB[e] as number] ?? ''}` : undefined;
}

const isKept = (flow: Flow, local: number): boolean =>
  flow.locals[local]?.isParameter === true && assigned(flow, Expr.Local, local).length === 0;

/** The values that a local gets. */
function assigned(flow: Flow, op: number, a: number, b?: number): readonly number[] {
  const values: number[] = [];
  for (let at = 0; at < flow.ops.length; at += 4) {
    const target = flow.ops[at + 1] as number;
    if (flow.ops[at] !== Op.Assign || flow.exprOp[target] !== op || flow.exprA[target] !== a) continue;
    if (b === undefined || flow.exprB[target] === b) values.push(flow.ops[at + 2] as number);
  }
  return values;
}

/** What a call's arguments make of a callee's condition, in words of the caller; 'never' where it does not hold. */
export function conditionAt(
  condition: Condition,
  flow: Flow,
  args: readonly number[],
  constant: (name: string) => number | undefined,
): Condition | 'never' {
  if (typeof condition === 'boolean') return condition;
  const test = parse(condition);
  const argument = test === undefined ? undefined : args[test.parameter];
  if (test === undefined || argument === undefined) return true;
  const place = placeOf(flow, argument);
  if (place !== undefined && (test.field === '' || !place.includes('>'))) {
    const below = test.field === '' ? place : `${place}>.${test.field}`;
    return `${test.negated ? '!' : ''}${below}${test.operator}${test.value}`;
  }
  const value = test.field === '' ? argument : memberOf(flow, argument, test.field);
  const answer = value === undefined ? undefined : holds(flow, value, test, constant);
  if (answer === undefined) return true;
  return answer === test.negated ? 'never' : false;
}

function parse(condition: string): Test | undefined {
  const found = TEST.exec(condition);
  if (found === null) return undefined;
  const [, negated, parameter, field = '', operator = '', value = ''] = found;
  return {
    negated: negated === '!',
    parameter: Number(parameter),
    field,
    operator: operator as Test['operator'],
    value,
  };
}

/** An expression that is 0. */
const ABSENT = 0;

/**
 * The value of a member of a local that is handed on by its address: what its initializer says; ABSENT where that
 * leaves it out. Undefined where it is not known.
 */
function memberOf(flow: Flow, argument: number, field: string): number | undefined {
  const { exprOp, exprA, exprB, lists, names } = flow;
  const local = exprA[argument] as number;
  if (exprOp[argument] !== Expr.Address || exprOp[local] !== Expr.Local) return undefined;
  // Others that are given it may set the member.
  if (flow.calls.filter(({ args }) => args.includes(argument)).length > 1) return undefined;
  const [whole, ...others] = assigned(flow, Expr.Local, exprA[local] as number);
  if (whole === undefined || others.length > 0 || exprOp[whole] !== Expr.Initializer) return undefined;
  const name = names.indexOf(field);
  if (name >= 0 && assigned(flow, Expr.Field, local, name).length > 0) return undefined;
  const first = exprA[whole] as number;
  for (let pair = 0; pair < (exprB[whole] as number); pair++) {
    const member = lists[first + pair * 2] as number;
    if (member === 0) return undefined;
    if (names[member] === field) return lists[first + pair * 2 + 1];
  }
  return ABSENT;
}

/** Whether a value passes the test, before it is negated; undefined where that is not known. */
function holds(
  flow: Flow,
  value: number,
  test: Test,
  constant: (name: string) => number | undefined,
): boolean | undefined {
  const { exprOp, exprA, exprC, names } = flow;
  const a = exprA[value] as number;
  const known =
    value === ABSENT
      ? 0
      : exprOp[value] === Expr.Integer
        ? a
        : exprOp[value] === Expr.Global
          ? constantOf(names[a] ?? '', constant)
          : undefined;
  if (test.operator === '') {
    if (exprOp[value] === Expr.Address || exprOp[value] === Expr.String) return true;
    if (value !== ABSENT && exprOp[value] === Expr.Binary && exprC[value] === Operator.Or) return true;
    return known === undefined ? undefined : known !== 0;
  }
  const said = value === ABSENT ? [] : namesIn(flow, value);
  if (test.operator === '=') {
    if (said?.length === 1 && said[0] === test.value) return true;
    const wanted = constantOf(test.value, constant);
    if (known !== undefined && wanted !== undefined) return known === wanted;
    return said?.length === 1 && isConstantName(said[0] ?? '') && isConstantName(test.value)
      ? false
      : undefined;
  }
  if (said?.includes(test.value)) return true;
  const flag = constantOf(test.value, constant);
  if (known !== undefined && flag !== undefined) return (known & flag) !== 0;
  if (known === 0) return false;
  // Flags of other names are other flags.
  return said?.every(isConstantName) ? false : undefined;
}

const WORDS: ReadonlyMap<string, number> = new Map([
  ['NULL', 0],
  ['false', 0],
  ['true', 1],
]);

const constantOf = (name: string, constant: (name: string) => number | undefined): number | undefined =>
  WORDS.get(name) ?? constant(name);

/** The names that an expression joins with `|`; undefined where there is anything else in it. */
function namesIn(flow: Flow, value: number): readonly string[] | undefined {
  const { exprOp, exprA, exprB, exprC, names } = flow;
  if (exprOp[value] === Expr.Global) return [names[exprA[value] as number] ?? ''];
  if (exprOp[value] !== Expr.Binary || exprC[value] !== Operator.Or) return undefined;
  const left = namesIn(flow, exprA[value] as number);
  const right = namesIn(flow, exprB[value] as number);
  return left && right && [...left, ...right];
}
