import { Operator } from '../../c/ast.ts';
import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import { blockOf, branchCondition, endOfBlock } from '../../c/flow-blocks.ts';
import type { View } from '../../effects/domain.ts';
import { assignedTo, calleeName, isNullConstant, stripCasts } from '../../effects/flow-expressions.ts';
import type { Confidence, Rule } from '../checker.ts';
import { type Use, useSteps, useText } from './dereference.ts';
import type { FieldEvidence } from './field-evidence.ts';
import {
  decisionsSince,
  type FunctionContext,
  nullOrigin,
  type Origin,
  reaches,
  successors,
} from './function-context.ts';
import { isNeedlessTest } from './needless-test.ts';
import { sourceSteps, sourceText } from './source.ts';

export const knownNull: Rule = {
  id: 'null-deref/known-null',
  severity: 'error',
  summary: 'A pointer is dereferenced on a path on which it was just found to be NULL.',
  source: 'https://cwe.mitre.org/data/definitions/476.html; kernel commit 5e957175 (ALSA: usb: qcom)',
};

/** A test on this path found NULL, and the pointer is used all the same. */
export function findKnownNull(context: FunctionContext, use: Use, fields: FieldEvidence): boolean {
  const { pointer, view } = use;
  if (use.isSometimes) return false;
  const origin = nullOrigin(context.flow, pointer, view);
  if (origin.kind !== 'tested') return false;
  const name = context.text(pointer);
  const position = context.positionOf(view.at);
  const source = sourceText(context, use);
  const because = source === '' ? '' : ` (${source})`;
  const confidence =
    origin.wasUsed || isSetByCallee(context, origin, use) || isNeedlessTest(context, fields, pointer)
      ? 'low'
      : confidenceInNull(context.flow, origin, use);
  context.report({
    rule: knownNull,
    confidence,
    // Who goes on with it all the same has tested for nothing, mostly; unless it comes from what does return NULL.
    ...(confidence === 'medium' || source === '' ? { confidenceInUse: 'low' as const } : {}),
    position,
    identity: name,
    message: `${name} ${useText(context, use)} on a path where the test at line ${origin.line} found it NULL${because}.`,
    explanation: `The test at line ${origin.line} lets ${name} through as NULL, and nothing sets it before line ${lineOf(position)}. Use something that is valid on this path, or leave the function before it.`,
    trace: [
      ...sourceSteps(context, use),
      context.step(origin.line, `${name} is found to be NULL`),
      ...useSteps(context, use),
    ],
  });
  return true;
}

/**
 * Sure where no decision lies between test and use, or where the use can only be reached where the test found
 * NULL. Otherwise a condition in between may go with the test in a way that cannot be seen here.
 */
export function confidenceInNull(flow: Flow, origin: Origin, use: Use): Confidence {
  const { view, pointer } = use;
  // Two pointers that are not the same are not both NULL.
  if (view.isWeak(pointer) || isCompared(flow, pointer)) return 'low';
  if (isOfPrinting(flow, origin, view) && !isOnNullSide(flow, origin, use)) return 'low';
  if (!isTestOf(flow, origin, pointer, view))
    return origin.forks === 0 &&
      !isComparison(flow, origin) &&
      !isOfCallee(flow, origin, pointer) &&
      !isPutInto(flow, origin, pointer)
      ? 'medium'
      : 'low';
  const setter = origin.forks > 0 ? setBetween(flow, origin, use) : NONE;
  // By another name, or in a callee: whoever goes on relies on that.
  if (setter > 0 && setter !== stripCasts(flow, pointer)) return 'low';
  if (isOnNullSide(flow, origin, use) && setter === NONE)
    return view.isMerged && origin.forks > 0 ? 'medium' : 'high';
  if (isDecidedByTest(flow, origin, use)) return 'low';
  // A path that was merged before may be one that nothing takes: only what leads on from the test by itself counts.
  const decisions = decisionsSince(flow, origin, view);
  if (origin.forks === 0 && decisions === 0 && mayPassBy(flow, origin, use)) return 'high';
  // Which operations there are is settled once: nothing else goes with it.
  if (use.isCall && decisions <= 1) return view.isMerged ? 'medium' : 'high';
  // Who goes on with it all the same may have tested for nothing: of code that has been in use most have. And a
  // condition in between may be one that only holds where there is something: `if (frame->is_aggregate) use(sta)`.
  return decisions === 0 || origin.forks === 0 ? 'medium' : 'low';
}

/** `debug("%d", p ? p->number : -1)`: whoever prints is more careful than need be. */
function isOfPrinting(flow: Flow, origin: Origin, view: View): boolean {
  const path = view.path();
  for (const block of path.slice(path.lastIndexOf(origin.block) + 1)) {
    for (let at = flow.blocks[block] as number; at < endOfBlock(flow, block); at++) {
      if (flow.ops[at * 4] !== Op.Call) continue;
      const call = flow.ops[at * 4 + 1] as number;
      const isGiven = (arg: number): boolean => flow.exprOp[stripCasts(flow, arg)] === Expr.Temporary;
      // Others are called for what else is printed.
      if (flow.calls[call]?.args.some(isGiven)) return PRINTS.test(calleeName(flow, call));
    }
  }
  return false;
}

const PRINTS = /print|dbg|debug|trace|log|_(?:err|warn|info|notice|crit|alert)$/i;

/** `if (p) flag = ask(); … if (flag) use(p);`: what decides in between is set where the test found something. */
function isDecidedByTest(flow: Flow, origin: Origin, use: Use): boolean {
  const other = otherSide(flow, origin, use);
  if (other === undefined) return false;
  const path = use.view.path();
  const since = path.slice(path.lastIndexOf(origin.block) + 1, -1);
  return since.slice(-MAX_DECISIONS).some((block) => {
    const condition = branchCondition(flow, block);
    if (condition === undefined) return false;
    return settersOf(flow, stripCasts(flow, condition)).some(
      (set) =>
        set !== origin.block &&
        !since.includes(set) &&
        reaches(flow, other, set, origin.block) &&
        reaches(flow, set, block, origin.block),
    );
  });
}

/** Branches before a use that are looked at, and assignments of what one asks about. */
const MAX_DECISIONS = 16;
const MAX_SETTERS = 8;

const setters = new WeakMap<Flow, ReadonlyMap<number, number[]>>();

/** The first blocks in which a place is set. */
function settersOf(flow: Flow, place: number): readonly number[] {
  let all = setters.get(flow);
  if (all === undefined) {
    const made = new Map<number, number[]>();
    for (let at = 0; at < flow.ops.length / 4; at++) {
      if (flow.ops[at * 4] !== Op.Assign) continue;
      const target = flow.ops[at * 4 + 1] as number;
      const known = made.get(target) ?? [];
      if (known.length < MAX_SETTERS) made.set(target, [...known, blockOf(flow, at)]);
    }
    all = made;
    setters.set(flow, all);
  }
  return all.get(place) ?? [];
}

/** `p == q` somewhere, where q is no constant. */
function isCompared(flow: Flow, pointer: number): boolean {
  const p = stripCasts(flow, pointer);
  for (let e = 1; e < flow.exprOp.length; e++) {
    if (flow.exprOp[e] !== Expr.Binary) continue;
    if (flow.exprC[e] !== Operator.Equal && flow.exprC[e] !== Operator.NotEqual) continue;
    const [a, b] = [stripCasts(flow, flow.exprA[e] as number), stripCasts(flow, flow.exprB[e] as number)];
    if ((a === p && flow.exprOp[b] !== Expr.Integer) || b === p) return true;
  }
  return false;
}

const NONE = 0;

/**
 * What sets the pointer on another way from the test to the use: the place itself, or what may be the same place, such
 * as a member of the same name behind another pointer; the pointer of a call that gets its address. NONE: nothing.
 */
function setBetween(flow: Flow, origin: Origin, use: Use): number {
  const p = stripCasts(flow, use.pointer);
  const isMember = (e: number): boolean => flow.exprOp[e] === Expr.Arrow || flow.exprOp[e] === Expr.Field;
  const isPlace = (e: number): boolean =>
    e === p || (isMember(p) && isMember(e) && flow.exprB[e] === flow.exprB[p]);
  const here = blockOf(flow, use.view.at);
  let found = NONE;
  for (let at = 0; at < flow.ops.length / 4; at++) {
    const setter = setterOf(flow, at, isPlace);
    if (setter === NONE || found === setter) continue;
    const block = blockOf(flow, at);
    const isBetween =
      block !== origin.block &&
      reaches(flow, origin.block, block, here) &&
      reaches(flow, block, here, origin.block);
    if (isBetween && found !== p) found = setter;
  }
  return found;
}

/** The place that an instruction assigns, or the address of one that a call gets. */
function setterOf(flow: Flow, at: number, isPlace: (e: number) => boolean): number {
  const x = flow.ops[at * 4 + 1] as number;
  if (flow.ops[at * 4] === Op.Assign) return isPlace(x) ? x : NONE;
  if (flow.ops[at * 4] !== Op.Call) return NONE;
  return (
    flow.calls[x]?.args.find(
      (arg) => flow.exprOp[arg] === Expr.Address && isPlace(flow.exprA[arg] as number),
    ) ?? NONE
  );
}

/** Whether a function that is called between test and use sets a member of the same name: it may be the same place. */
function isSetByCallee(context: FunctionContext, origin: Origin, use: Use): boolean {
  const { effects, flow, ref } = context;
  const p = stripCasts(flow, use.pointer);
  if (flow.exprOp[p] !== Expr.Arrow && flow.exprOp[p] !== Expr.Field) return false;
  const member = flow.names[flow.exprB[p] as number];
  const path = use.view.path();
  return path.slice(path.lastIndexOf(origin.block) + 1).some((block) => {
    for (let at = flow.blocks[block] as number; at < Math.min(endOfBlock(flow, block), use.view.at); at++) {
      if (flow.ops[at * 4] !== Op.Call) continue;
      const name = calleeName(flow, flow.ops[at * 4 + 1] as number);
      const callee = name === '' ? undefined : effects.callee(name, ref.path).function?.fact.flow;
      if (callee !== undefined && setsMember(callee, member)) return true;
    }
    return false;
  });
}

export function setsMember(flow: Flow, member: string | undefined): boolean {
  for (let at = 0; at < flow.ops.length; at += 4) {
    const target = flow.ops[at + 1] as number;
    if (flow.ops[at] !== Op.Assign) continue;
    if (flow.exprOp[target] !== Expr.Arrow && flow.exprOp[target] !== Expr.Field) continue;
    if (isNullConstant(flow, flow.ops[at + 2] as number)) continue;
    if (flow.names[flow.exprB[target] as number] === member) return true;
  }
  return false;
}

/**
 * True where the test names the pointer itself, and no copy of it. That a callee fails for NULL only is no test: it may be
 * more careful than need be.
 */
function isTestOf(flow: Flow, origin: Origin, pointer: number, view: View): boolean {
  const condition = branchCondition(flow, origin.block);
  if (condition === undefined) return false;
  const stack = [condition];
  for (let steps = 0; stack.length > 0 && steps < 64; steps++) {
    const e = stripCasts(flow, stack.pop() as number);
    if (e === stripCasts(flow, pointer)) return true;
    if (flow.exprOp[e] === Expr.Unary) stack.push(flow.exprA[e] as number);
    // Equal to another pointer, which was NULL before, is no test for NULL.
    if (flow.exprOp[e] === Expr.Binary && flow.exprOp[flow.exprB[e] as number] === Expr.Integer)
      stack.push(flow.exprA[e] as number);
    if (flow.exprOp[e] === Expr.Result && isPlainTest(flow, flow.exprA[e] as number, view))
      stack.push(...(flow.calls[flow.exprA[e] as number]?.args ?? []));
  }
  return false;
}

/** The test is of a place that the pointer is put into on some way: on the others that is NULL by itself. */
function isPutInto(flow: Flow, origin: Origin, pointer: number): boolean {
  const condition = branchCondition(flow, origin.block);
  if (condition === undefined) return false;
  let place = stripCasts(flow, condition);
  while (flow.exprOp[place] === Expr.Unary) place = stripCasts(flow, flow.exprA[place] as number);
  const put = stripCasts(flow, pointer);
  return [...assignedTo(flow, place)].some((value) => stripCasts(flow, value) === put);
}

/** The test is of what a callee gave that was handed the pointer: `err = release(p); if (err)` tells of that. */
function isOfCallee(flow: Flow, origin: Origin, pointer: number): boolean {
  const condition = branchCondition(flow, origin.block);
  if (condition === undefined) return false;
  const e = stripCasts(flow, condition);
  const answers = flow.exprOp[e] === Expr.Local ? [...assignedTo(flow, e)] : [e];
  return answers.some((answer) => {
    const given = stripCasts(flow, answer);
    if (flow.exprOp[given] !== Expr.Result) return false;
    const { args = [] } = flow.calls[flow.exprA[given] as number] ?? {};
    return args.some((arg) => stripCasts(flow, arg) === stripCasts(flow, pointer));
  });
}

/** WARN_ON() and the like, which give back what they are handed, and those that ask for NULL by name. */
const isPlainTest = (flow: Flow, call: number, view: View): boolean =>
  view.knowledge(call).same >= 0 || NAMED_TESTS.test(calleeName(flow, call));

const NAMED_TESTS = /^(?:IS_ERR_OR_NULL|ZERO_OR_NULL_PTR)$/;

/** `p == q`, where q was found to be NULL before. */
function isComparison(flow: Flow, origin: Origin): boolean {
  const condition = branchCondition(flow, origin.block);
  if (condition === undefined) return false;
  const e = stripCasts(flow, condition);
  return flow.exprOp[e] === Expr.Binary && flow.exprOp[flow.exprB[e] as number] !== Expr.Integer;
}

/** The block of the use. */
const hereOf = (use: Use): number => use.view.history(use.pointer).at(-1)?.block ?? 0;

/** Whether the use can only be reached where the test found NULL. */
function isOnNullSide(flow: Flow, origin: Origin, use: Use): boolean {
  const other = otherSide(flow, origin, use);
  return other !== undefined && !reaches(flow, other, hereOf(use), origin.block);
}

/** `if (!p || !q) use(p);`: where the test did not find NULL the function may end without coming to the use. */
function mayPassBy(flow: Flow, origin: Origin, use: Use): boolean {
  const other = otherSide(flow, origin, use);
  const stack = other === undefined ? [] : [other];
  const seen = new Set([hereOf(use)]);
  for (let block = stack.pop(); block !== undefined; block = stack.pop()) {
    if (seen.has(block)) continue;
    seen.add(block);
    const next = successors(flow, block);
    if (next.length === 0) return true;
    stack.push(...next);
  }
  return false;
}

/** The block that the test leads to where it does not find NULL; undefined where both ways are one. */
function otherSide(flow: Flow, origin: Origin, use: Use): number | undefined {
  const past = use.view.history(use.pointer);
  const tested = past.findLastIndex((p) => p.block === origin.block);
  const taken = past[tested + 1]?.block;
  const end = endOfBlock(flow, origin.block);
  if (flow.ops[(end - 1) * 4] !== Op.Branch) return undefined;
  const branch = (flow.ops[(end - 1) * 4 + 1] as number) * 3;
  const [whenTrue, whenFalse] = [flow.branches[branch + 1] as number, flow.branches[branch + 2] as number];
  const other = taken === whenTrue ? whenFalse : whenTrue;
  return other === taken ? undefined : other;
}
