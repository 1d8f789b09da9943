/**
 * Lookups that their caller may know to succeed: it asked before, counted, or looks at what the callee says of its
 * failure elsewhere. A function that allocates fails whatever its caller knows.
 */
import { Operator } from '../../c/ast.ts';
import { Expr, type Flow, Op, ScopeKind } from '../../c/flow.ts';
import { isPointer } from '../../c/types.ts';
import type { Effects } from '../../effects/effects.ts';
import { expressionText } from '../../effects/expression-text.ts';
import {
  assignedTo,
  calleeName,
  callsOf,
  globalName,
  isConstantName,
  isParameter,
  pushOperands,
  stripCasts,
} from '../../effects/flow-expressions.ts';
import { habitsIn } from './callers.ts';

/** A result that is used, and what is known of the function that gives it. */
export interface Lookup {
  readonly call: number;
  readonly pointer: number;
  /** Instruction that uses the result. */
  readonly usedAt: number;
  /** File of the caller. */
  readonly from: string;
  /** It asks for memory: it fails whatever its caller knows of its arguments. */
  readonly isMaker: boolean;
  /** Its other callers test what it gives. */
  readonly isTestedByRule: boolean;
}

/** Whether something in the function, other than a test of the result, tells of whether a call finds anything. */
export function isKnownToSucceed(effects: Effects, flow: Flow, lookup: Lookup): boolean {
  const { call, from } = lookup;
  if (
    isToldByVariable(flow, call) ||
    isErrorTested(flow, call, lookup.usedAt) ||
    isWaitedFor(flow, lookup.pointer)
  )
    return true;
  if (lookup.isMaker) return false;
  return (
    isAskedBefore(flow, call) ||
    isMemberAsked(effects, flow, call, from) ||
    isTakenBefore(flow, lookup) ||
    isOfCounter(flow, call) ||
    isOfIterator(flow, call) ||
    isAskedThrough(effects, flow, call, from, calleeName(flow, call), flow.ops[lookup.usedAt * 4 + 3]) ||
    isTestedElsewhere(flow, call, lookup.isTestedByRule) ||
    MATCHED.test(calleeName(flow, call))
  );
}

/** `wait_event(wq, (p = take(q)) != NULL)`: it goes on once there is something. */
function isWaitedFor(flow: Flow, pointer: number): boolean {
  const p = stripCasts(flow, pointer);
  const isAsked = (e: number): boolean => {
    const asked = stripCasts(flow, e);
    return (
      asked === p ||
      (flow.exprOp[asked] === Expr.Binary && stripCasts(flow, flow.exprA[asked] as number) === p)
    );
  };
  return flow.calls.some(({ args }, call) => WAITS.test(calleeName(flow, call)) && args.some(isAsked));
}

const WAITS = /^(?:s?wait_event|wait_var_event)(?:_cmd|_lock_irq)?$/;

const ASKS_FOR_CONTENT = /empty|peek|_len$|_count$|(?:^|_)has_|(?:^|_)is_|valid|mapped|supported|pending/i;
const PUTS_IN = /(?:^|_)(?:add|insert|push|enqueue|queue_(?:tail|head))(?:_|$)/;

/**
 * `while (!queue_empty(q)) take(q)`, `while (q->length > 0)`: a test of what the callee looks into, or something was put
 * into it just before.
 */
function isAskedBefore(flow: Flow, call: number): boolean {
  // `&queues[cpu].list`: what is written alike is meant to be the same, though the index be no constant.
  const texts = (args: readonly number[]): string[] =>
    args.filter((arg) => flow.exprOp[arg] !== Expr.Integer).map((arg) => expressionText(flow, arg));
  const own = new Set(texts(flow.calls[call]?.args ?? []));
  const isAsked = flow.calls.some(
    (other, n) =>
      isEarlier(flow, n, call) &&
      isAboutContent(calleeName(flow, n)) &&
      texts(other.args).some((text) => own.has(text)),
  );
  return isAsked || isMemberTested(flow, call, COUNTS, flow.ops.length / 4);
}

/** `if (attr_is_valid(attrs, ID)) use(attr_get(attrs, ID));`: it was asked for the very same before. */
export function isAskedForSame(flow: Flow, call: number): boolean {
  const texts = (n: number): string[] => (flow.calls[n]?.args ?? []).map((arg) => expressionText(flow, arg));
  const own = texts(call);
  return (
    own.length > 1 &&
    flow.calls.some(
      (_, n) =>
        isEarlier(flow, n, call) &&
        isAboutContent(calleeName(flow, n)) &&
        own.every((text, k) => texts(n)[k] === text) &&
        isAnswerTested(flow, n),
    )
  );
}

const isAboutContent = (name: string): boolean => ASKS_FOR_CONTENT.test(name) || PUTS_IN.test(name);

/**
 * Whether a function asks, before it calls another one, whether there is something in what that looks into, or puts
 * something there: in a member of this name of whatever object.
 */
export function asksForMember(flow: Flow, before: number, member: string): boolean {
  return flow.calls.some(
    ({ args }, n) =>
      isEarlier(flow, n, before) &&
      isAboutContent(calleeName(flow, n)) &&
      args.some((arg) => memberBehind(flow, arg) === member),
  );
}

/** The last member of `&x->list`; '' where there is none. */
export function memberBehind(flow: Flow, expression: number): string {
  const e = stripCasts(flow, expression);
  const place = flow.exprOp[e] === Expr.Address ? (flow.exprA[e] as number) : e;
  const op = flow.exprOp[place];
  return op === Expr.Arrow || op === Expr.Field ? (flow.names[flow.exprB[place] as number] ?? '') : '';
}

/** `if (flow->head) take_first(flow)`, where take_first() looks at its argument's head: what it looks at was tested. */
function isMemberAsked(effects: Effects, flow: Flow, call: number, from: string): boolean {
  const callee = effects.callee(calleeName(flow, call), from).function?.fact.flow;
  if (callee === undefined) return false;
  const read = new Set<string>();
  for (let e = 1; e < callee.exprOp.length; e++) {
    const base = callee.exprA[e] as number;
    if (callee.exprOp[e] !== Expr.Arrow || callee.exprOp[base] !== Expr.Local) continue;
    if (callee.locals[callee.exprA[base] as number]?.isParameter)
      read.add(callee.names[callee.exprB[e] as number] ?? '');
  }
  const position = flow.calls[call]?.position ?? 0;
  let end = 0;
  while (end < flow.ops.length / 4 && (flow.ops[end * 4 + 3] as number) < position) end++;
  return isMemberTested(flow, call, { test: (name) => read.has(name) }, end);
}

/** A function that got it before was asked whether it could do with it. */
function isTakenBefore(flow: Flow, { call, pointer, usedAt }: Lookup): boolean {
  const p = stripCasts(flow, pointer);
  for (let at = 0; at < usedAt; at++) {
    if (flow.ops[at * 4] !== Op.Call) continue;
    const n = flow.ops[at * 4 + 1] as number;
    if (!isEarlier(flow, call, n) || !flow.calls[n]?.args.some((arg) => stripCasts(flow, arg) === p))
      continue;
    if (isAnswerTested(flow, n)) return true;
  }
  return false;
}

/** A branch is taken by what a call gives, or by a variable that is set to it. */
export function isAnswerTested(flow: Flow, call: number): boolean {
  const isAnswer = (e: number): boolean => flow.exprOp[e] === Expr.Result && flow.exprA[e] === call;
  const names = new Set<number>();
  for (let at = 0; at < flow.ops.length; at += 4) {
    const x = flow.ops[at + 1] as number;
    if (flow.ops[at] === Op.Assign && isAnswer(stripCasts(flow, flow.ops[at + 2] as number))) names.add(x);
    if (flow.ops[at] !== Op.Branch) continue;
    const stack = [flow.branches[x * 3] as number];
    for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
      if (isAnswer(e) || names.has(e)) return true;
      pushOperands(flow, e, stack);
      if (flow.exprOp[e] === Expr.Result) stack.push(...(flow.calls[flow.exprA[e] as number]?.args ?? []));
    }
  }
  return false;
}

const COUNTS = /len|count|argc|^nr_|^num_/;

const isEarlier = (flow: Flow, call: number, other: number): boolean =>
  (flow.calls[call]?.position ?? 0) < (flow.calls[other]?.position ?? 0);

/** Whether a branch before instruction `end` tests a member, whose name is like that, of an object that the call gets. */
function isMemberTested(
  flow: Flow,
  call: number,
  name: { test(name: string): boolean },
  end: number,
): boolean {
  const objects = flow.calls[call]?.args.map((arg) => stripCasts(flow, arg)) ?? [];
  const isHanded = (base: number): boolean =>
    objects.some(
      (object) => object === base || (flow.exprOp[object] === Expr.Address && flow.exprA[object] === base),
    );
  const asked = new Set<number>();
  for (let at = 0; at < end; at++)
    if (flow.ops[at * 4] === Op.Branch)
      asked.add(flow.branches[(flow.ops[at * 4 + 1] as number) * 3] as number);
  for (const e of asked) {
    const op = flow.exprOp[e];
    if (op === Expr.Unary || op === Expr.Cast) asked.add(flow.exprA[e] as number);
    if (op === Expr.Binary) asked.add(flow.exprA[e] as number).add(flow.exprB[e] as number);
    // `err = x->handler.error; if (err)`
    if (op === Expr.Local) for (const value of assignedTo(flow, e)) asked.add(value);
    if (op !== Expr.Field && op !== Expr.Arrow) continue;
    if (name.test(flow.names[flow.exprB[e] as number] ?? '') && isHanded(flow.exprA[e] as number))
      return true;
  }
  return false;
}

/** `p = make(&size); if (size)`: a variable that the callee fills is tested, which tells of the result. */
export function isToldByVariable(flow: Flow, call: number): boolean {
  const filled = new Set<number>();
  for (const arg of flow.calls[call]?.args ?? [])
    if (flow.exprOp[arg] === Expr.Address) filled.add(flow.exprA[arg] as number);
  if (filled.size === 0) return false;
  return flow.branches.some((condition, i) => {
    if (i % 3 !== 0) return false;
    const e = stripCasts(flow, condition);
    return (
      filled.has(e) ||
      (flow.exprOp[e] === Expr.Binary && filled.has(stripCasts(flow, flow.exprA[e] as number)))
    );
  });
}

/** `p = next(p)`: whoever goes along a chain knows how far it goes. */
export function isStepAlong(flow: Flow, call: number): boolean {
  const args = new Set(flow.calls[call]?.args.map((arg) => stripCasts(flow, arg)));
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] !== Op.Assign || !args.has(flow.ops[at + 1] as number)) continue;
    const value = stripCasts(flow, flow.ops[at + 2] as number);
    if (flow.exprOp[value] === Expr.Result && flow.exprA[value] === call) return true;
  }
  return false;
}

/**
 * Another function that is asked about the same looks it up, too, or asks what the lookup asks: `if (!is_known(id)) …;
 * get(id)->x`. `of`: the name that is looked up by, where the call is of a function that does; `before`: the position that
 * it is asked before.
 */
export function isAskedThrough(
  effects: Effects,
  flow: Flow,
  call: number,
  from: string,
  of = calleeName(flow, call),
  before = flow.calls[call]?.position ?? 0,
): boolean {
  const names = new Set([of, ...pointersFrom(effects, of, from)]);
  const [object, ...others] = flow.calls[call]?.args ?? [];
  // What is looked for tells more than where.
  const keys = others.filter(
    (arg) => flow.exprOp[arg] !== Expr.Integer && !isConstantName(globalName(flow, arg)),
  );
  const looked = keys.length > 0 || object === undefined ? keys : [object];
  const asks = (arg: number): boolean =>
    looked.some((e) => e === arg || (isMember(flow, e) && rootOf(flow, e) === stripCasts(flow, arg)));
  return flow.calls.some(({ args, position }, n) => {
    const other = calleeName(flow, n);
    if (other === '' || other === of || !args.some(asks) || position >= before) return false;
    // What the lookup asks first, this function has asked itself.
    if (asksOf(effects, of, from).includes(other) && isAnswerTested(flow, n)) return true;
    return looksUp(effects, other, from, names, ASKED_BELOW);
  });
}

const isMember = (flow: Flow, e: number): boolean =>
  flow.exprOp[e] === Expr.Arrow || flow.exprOp[e] === Expr.Field;

/** The pointer, or struct, at the start of `x->a.b`. */
function rootOf(flow: Flow, member: number): number {
  let e = member;
  while (isMember(flow, e)) e = stripCasts(flow, flow.exprA[e] as number);
  return e;
}

/** Calls below a question that are looked at for the lookup. */
const ASKED_BELOW = 2;

/** Whether a function that answers by a number or a truth value, or one below it that does, calls one of these. */
function looksUp(
  effects: Effects,
  name: string,
  from: string,
  names: ReadonlySet<string>,
  depth: number,
): boolean {
  const ref = effects.callee(name, from).function;
  const flow = ref?.fact.flow;
  if (ref === undefined || flow === undefined) return false;
  if (isPointer(ref.fact.returns) || ref.fact.returns === 'void') return false;
  return flow.calls.some((_, n) => {
    const called = calleeName(flow, n);
    return names.has(called) || (depth > 1 && looksUp(effects, called, ref.path, names, depth - 1));
  });
}

/** Names of what a lookup calls with what it is handed. */
function asksOf(effects: Effects, name: string, from: string): readonly string[] {
  const flow = effects.callee(name, from).function?.fact.flow;
  if (flow === undefined) return [];
  return flow.calls.flatMap(({ args }, n) =>
    args.some((arg) => isOfParameter(flow, arg)) ? [calleeName(flow, n)] : [],
  );
}

const isOfParameter = (flow: Flow, e: number): boolean => isParameter(flow, stripCasts(flow, e));

/** The functions that a lookup hands what it is asked for, for a pointer: where these find nothing, it finds nothing. */
function pointersFrom(effects: Effects, name: string, from: string): readonly string[] {
  const ref = effects.callee(name, from).function;
  const flow = ref?.fact.flow;
  if (ref === undefined || flow === undefined) return [];
  return flow.calls.flatMap(({ args }, n) => {
    const other = calleeName(flow, n);
    if (other === '' || !args.some((arg) => isOfParameter(flow, arg))) return [];
    const callee = effects.callee(other, ref.path).function;
    return callee?.path === ref.path && isPointer(callee.fact.returns) ? [other] : [];
  });
}

/** `xa_for_each(xa, i, p) { … xa_load(xa, i) … }`: what a loop has just come to. */
function isOfIterator(flow: Flow, call: number): boolean {
  const args = flow.calls[call]?.args ?? [];
  return (
    args.length > 1 &&
    flow.scopes.some(
      (scope) =>
        scope.kind === ScopeKind.MacroBlock &&
        scope.call >= 0 &&
        isEarlier(flow, scope.call, call) &&
        args.every((arg) => flow.calls[scope.call]?.args.includes(arg)),
    )
  );
}

/** `for (i = 0; i < number_of(x); i++) get(x, i)`: one of those that were counted. */
function isOfCounter(flow: Flow, call: number): boolean {
  const counters = new Set<number>();
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] !== Op.Assign) continue;
    const target = flow.ops[at + 1] as number;
    const value = stripCasts(flow, flow.ops[at + 2] as number);
    if (flow.exprOp[value] === Expr.Binary && flow.exprC[value] === Operator.Add)
      if (flow.exprA[value] === target) counters.add(target);
  }
  return flow.calls[call]?.args.some((arg) => counters.has(stripCasts(flow, arg))) === true;
}

/** What matched the device is of the driver's own table, in which each entry mostly has its data. */
const MATCHED = /_get_match_data$|^of_match_(?:node|device)$/;

/**
 * The function tests the result of another call of the same: of the same question, the answer is the same; of another,
 * where others do without a test, what it knows by that may hold here.
 */
function isTestedElsewhere(flow: Flow, call: number, isTestedByRule: boolean): boolean {
  const name = calleeName(flow, call);
  const args = flow.calls[call]?.args ?? [];
  const others = callsOf(flow, name).filter(
    (other) =>
      other !== call && (!isTestedByRule || args.every((arg, k) => flow.calls[other]?.args[k] === arg)),
  );
  return habitsIn(flow, others).forNull > 0;
}

/** `make(&x->handler); if (x->handler.error)`: what failed is noted in the object that the callee was handed. */
const isErrorTested = (flow: Flow, call: number, usedAt: number): boolean =>
  isMemberTested(flow, call, /err/, usedAt);
