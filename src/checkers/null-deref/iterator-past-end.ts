/**
 * The iterator of a list behind its loop: where the loop ran to the end, it points at the list's head seen as an
 * element, which is none.
 */
import { Operator } from '../../c/ast.ts';
import { Expr, type Flow, lineOf, Op, ScopeKind } from '../../c/flow.ts';
import { branchCondition, endOfBlock, Successors } from '../../c/flow-blocks.ts';
import type { Effects } from '../../effects/effects.ts';
import { calleeName, globalName, isConstantName, stripCasts } from '../../effects/flow-expressions.ts';
import { ZERO } from '../../effects/values.ts';
import type { Confidence, Rule } from '../checker.ts';
import type { FunctionContext } from './function-context.ts';

export const iteratorPastEnd: Rule = {
  id: 'null-deref/iterator-past-end',
  severity: 'error',
  summary: 'The iterator of a list is used behind its loop, where it is no element.',
  source: 'scripts/coccinelle/iterators/use_after_iter.cocci; include/linux/list.h, list_entry_is_head()',
};

/** Of a loop over the links themselves (`list_for_each()`, list_is_head()) the head is a valid link behind the end. */
const END_TEST = 'list_entry_is_head';

/** Macros that are followed to the one that tests for the end. */
const MAX_NESTED = 4;

/** Blocks that do nothing and follow each other. */
const MAX_WAYS = 4;

interface Loop {
  /** Expression of the iterator, a local. */
  readonly iterator: number;
  readonly call: number;
  /** The block behind the loop. */
  readonly out: number;
  /** Whether something else than the end of the list leads there. */
  readonly hasBreak: boolean;
}

/** Looks at the loops of a function over lists whose end is their head. */
export function findIteratorsPastEnd(context: FunctionContext): void {
  const { flow } = context;
  const loops = flow.scopes.filter(({ kind, call }) => kind === ScopeKind.MacroBlock && call >= 0);
  if (loops.length === 0) return;
  const successors = new Successors().build(flow);
  for (const { call } of loops) {
    const loop = loopOf(context, call, successors);
    if (loop !== undefined) followOut(context, loop, successors);
  }
}

function loopOf(context: FunctionContext, call: number, successors: Successors): Loop | undefined {
  const { flow, effects, ref } = context;
  const name = calleeName(flow, call);
  if (name === '' || !endsAtHead(effects, name, ref.path, MAX_NESTED)) return undefined;
  const [iterator] = effects.knowledge(flow, call, ref.path).iterators;
  if (iterator === undefined || iterator.afterwards === ZERO) return undefined;
  const place = stripCasts(flow, flow.calls[call]?.args[iterator.argument] ?? 0);
  if (flow.exprOp[place] !== Expr.Local) return undefined;
  const ends = endsOf(flow, call);
  const outs = new Set([...ends].map(([block, way]) => successors.of(block)[way] as number));
  const [first] = outs;
  if (first === undefined || outs.size !== 1) return undefined;
  const ways = waysOut(flow, first);
  const out = ways.at(-1) as number;
  const hasBreak = [...flow.blocks.keys()].some(
    (block) =>
      !ends.has(block) && !ways.includes(block) && successors.of(block).some((next) => ways.includes(next)),
  );
  return { iterator: place, call, out, hasBreak };
}

/** Whether a macro tests for the end of its list by the head. */
function endsAtHead(effects: Effects, name: string, from: string, depth: number): boolean {
  const macro = effects.program.macro(name, from);
  const flow = macro?.fact.flow;
  if (macro === undefined || flow === undefined || depth <= 0) return false;
  return flow.calls.some((_, call) => {
    const callee = calleeName(flow, call);
    return callee === END_TEST || (callee !== '' && endsAtHead(effects, callee, macro.path, depth - 1));
  });
}

/** The blocks that end with the question whether the body runs (again), with the number of the way out. */
function endsOf(flow: Flow, call: number): ReadonlyMap<number, 0 | 1> {
  const ends = new Map<number, 0 | 1>();
  for (const block of flow.blocks.keys()) {
    const asked = branchCondition(flow, block);
    if (asked === undefined) continue;
    let condition = stripCasts(flow, asked);
    const isNegated = flow.exprOp[condition] === Expr.Unary && flow.exprC[condition] === Operator.Not;
    if (isNegated) condition = stripCasts(flow, flow.exprA[condition] as number);
    if (flow.exprOp[condition] === Expr.Result && flow.exprA[condition] === call)
      ends.set(block, isNegated ? 0 : 1);
  }
  return ends;
}

/** From the block behind a loop to the first that does anything: `goto out;` leads to an `out:` right behind it. */
function waysOut(flow: Flow, out: number): readonly number[] {
  const ways = [out];
  for (let block = out; ways.length < MAX_WAYS; ) {
    let at = flow.blocks[block] as number;
    while (flow.ops[at * 4] === Op.ExitScope) at++;
    if (flow.ops[at * 4] !== Op.Jump) break;
    block = flow.ops[at * 4 + 1] as number;
    ways.push(block);
  }
  return ways;
}

/** Goes on behind a loop until the iterator is set again; reports its first use. */
function followOut(context: FunctionContext, loop: Loop, successors: Successors): void {
  const { flow } = context;
  const seen = new Set<number>();
  const work = [loop.out];
  for (let block = work.pop(); block !== undefined; block = work.pop()) {
    if (seen.has(block)) continue;
    seen.add(block);
    const end = endOfBlock(flow, block);
    let isOver = false;
    for (let at = flow.blocks[block] as number; at < end && !isOver; at++) {
      const x = flow.ops[at * 4 + 1] as number;
      const isUse = flow.ops[at * 4] === Op.Deref && stripCasts(flow, x) === loop.iterator;
      if (isUse && !isOfHead(flow, loop, (flow.ops[at * 4 + 2] as number) >> 1)) {
        report(context, loop, at, block === loop.out);
        return;
      }
      isOver = setsAgain(context, at, loop.iterator);
    }
    // Behind a break only what follows at once is not a matter of what a flag says.
    if (isOver || loop.hasBreak) continue;
    for (const next of successors.of(block))
      work.push(isRunOnce(flow, block, next) ? (successors.of(next)[0] as number) : next);
  }
}

/** `for (i = 0; i < MAX_RULES; i++)`: from the block that ends with the first part its body is come to. */
function isRunOnce(flow: Flow, from: number, head: number): boolean {
  const condition = branchCondition(flow, head) ?? 0;
  if (flow.exprOp[condition] !== Expr.Binary || flow.exprC[condition] !== Operator.Less) return false;
  const counter = stripCasts(flow, flow.exprA[condition] as number);
  const bound = stripCasts(flow, flow.exprB[condition] as number);
  const isPositive =
    flow.exprOp[bound] === Expr.Integer
      ? (flow.exprA[bound] as number) > 0
      : isConstantName(globalName(flow, bound));
  if (!isPositive || flow.exprOp[counter] !== Expr.Local) return false;
  for (let at = endOfBlock(flow, from) - 1; at >= (flow.blocks[from] as number); at--) {
    if (flow.ops[at * 4] !== Op.Assign || flow.ops[at * 4 + 1] !== counter) continue;
    const value = stripCasts(flow, flow.ops[at * 4 + 2] as number);
    return flow.exprOp[value] === Expr.Integer && flow.exprA[value] === 0;
  }
  return false;
}

/** `list_for_each_entry(p, head, list) …; p->list.next`: of the head seen as an element, the member that it is is there. */
function isOfHead(flow: Flow, { call, iterator }: Loop, place: number): boolean {
  let e = place;
  while (flow.exprOp[e] === Expr.Field) e = flow.exprA[e] as number;
  if (flow.exprOp[e] !== Expr.Arrow || flow.exprA[e] !== iterator) return false;
  const member = flow.names[flow.exprB[e] as number];
  return flow.calls[call]?.args.some((arg) => globalName(flow, arg) === member) === true;
}

function setsAgain(context: FunctionContext, at: number, iterator: number): boolean {
  const { flow, effects, ref } = context;
  const x = flow.ops[at * 4 + 1] as number;
  if (flow.ops[at * 4] === Op.Assign) return x === iterator;
  if (flow.ops[at * 4] === Op.Declare) return flow.exprA[iterator] === x;
  if (flow.ops[at * 4] !== Op.Call) return false;
  const args = flow.calls[x]?.args ?? [];
  if (!args.some((arg) => mentions(flow, arg, iterator))) return false;
  const { assigns, iterators } = effects.knowledge(flow, x, ref.path);
  return (
    args.some((arg, n) => stripCasts(flow, arg) === iterator && n <= 30 && (assigns & (1 << n)) !== 0) ||
    iterators.some(({ argument }) => stripCasts(flow, args[argument] ?? 0) === iterator) ||
    args.some((arg) => flow.exprOp[arg] === Expr.Address && flow.exprA[arg] === iterator)
  );
}

const mentions = (flow: Flow, arg: number, iterator: number): boolean =>
  stripCasts(flow, arg) === iterator || (flow.exprOp[arg] === Expr.Address && flow.exprA[arg] === iterator);

function report(context: FunctionContext, loop: Loop, at: number, isNext: boolean): void {
  const { flow } = context;
  const name = context.text(loop.iterator);
  const macro = calleeName(flow, loop.call);
  const loopLine = lineOf(flow.calls[loop.call]?.position ?? 0);
  const position = context.positionOf(at);
  const confidence: Confidence = loop.hasBreak ? 'low' : isNext ? 'high' : 'medium';
  const when = loop.hasBreak ? 'Where no break ended' : 'Behind';
  context.report({
    rule: iteratorPastEnd,
    confidence,
    position,
    identity: `${macro} ${name}`,
    message: `${name} is dereferenced behind the ${macro}() of line ${loopLine}, where it is no element: the loop has run to the end of the list.`,
    explanation: `${when} the loop ${name} is the head of the list, taken for an element: what is read is what lies before the head in memory. Keep what was found in a variable of its own, set to NULL before the loop.`,
    trace: [
      context.step(loopLine, `the loop over ${name}`),
      context.step(lineOf(position), `${name} is dereferenced`),
    ],
  });
}
