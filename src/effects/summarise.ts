/**
 * The summary of one body: a walk that notes what is returned (summary-recorder.ts), and what needs no paths: which
 * parameters are dereferenced on every way through (dereferences.ts), and what may be written (writes.ts).
 */
import { Expr, type Flow, Op } from '../c/flow.ts';
import { dereferencedAlways, dereferencedSometimes } from './dereferences.ts';
import { stripCasts } from './flow-expressions.ts';
import { type CallKnowledge, CONTINUES, type Iterator, RETURNS_UNKNOWN, UNKNOWN_CALL } from './knowledge.ts';
import { Parameters } from './parameters.ts';
import type { Walker } from './paths.ts';
import type { WalkLimits } from './state-store.ts';
import { type Summary, UNKNOWN_SUMMARY } from './summary.ts';
import { Recorder } from './summary-recorder.ts';
import { ANY, bitsOfInteger } from './values.ts';
import { scanEffects } from './writes.ts';

/** There are as many summaries as functions in a tree: what takes many states to tell is not worth them. */
const LIMITS: WalkLimits = { statesPerBlock: 8, merges: 3, states: 800 };

/** Of a function with more instructions than this. */
const LARGE = 90 * 4;

const LARGE_LIMITS: WalkLimits = { statesPerBlock: 4, merges: 2, states: 600 };

export interface Body {
  readonly flow: Flow;
  readonly isMacro: boolean;
  /** Of a macro: its last parameter stands for all arguments from there on. */
  readonly isVariadic: boolean;
  readonly isLoop: boolean;
  /** False where the result is no pointer: that it can be 0 or negative is then no evidence of anything. */
  readonly returnsPointer: boolean;
  /** True where its value is what the last return gives, and other returns leave the function around it. */
  readonly isExpression: boolean;
  /** True where the attribute says so. */
  readonly noReturn: boolean;
}

/** Summarises a body. `knowledge` answers for its calls, `constant` for globals that are constants. */
export function summarise(
  body: Body,
  walker: Walker,
  knowledge: (call: number) => CallKnowledge,
  constant: (name: string) => number | undefined,
): Summary {
  const { flow } = body;
  if (body.noReturn) return { ...UNKNOWN_SUMMARY, noReturn: true };
  const known: CallKnowledge[] = flow.calls.map((_, n) => knowledge(n));
  const parameters = new Parameters(flow, body.isMacro);
  parameters.noteAssigned(known);
  if (!needsPaths(body, parameters, known)) return summariseWithoutPaths(body, parameters, known);
  const recorder = new Recorder(body, parameters, known);
  const { complete } = walker.walk(flow, {
    observers: [recorder],
    knowledge: (n) => known[n] ?? UNKNOWN_CALL,
    constant,
    limits: flow.ops.length > LARGE ? LARGE_LIMITS : LIMITS,
  });
  const effects = scanEffects(body, parameters, known);
  const always = dereferencedAlways(flow, parameters, known);
  const same = sameParameter(flow, parameters, known);
  return {
    ...effects,
    ...recorder.returned(complete),
    same,
    noReturn: complete && !recorder.hasLeft && flow.calls.length > 0,
    returns:
      recorder.returnsFromUser > 0 && recorder.continues === 0
        ? recorder.returnedParameter >= 0
          ? recorder.returnedParameter
          : RETURNS_UNKNOWN
        : CONTINUES,
    mayReturn: body.isMacro && recorder.returnsFromUser > 0 && recorder.continues > 0,
    complains: false,
    isFresh: recorder.isFresh,
    dereferences: always.mask,
    mayDereference: recorder.mayDereference & ~always.mask,
    dereferenceLines: parameters.lines(always, recorder.lines, recorder.mayDereference),
    tests: recorder.tests,
    assertsTrue: 0,
    assertsFalse: 0,
    ...blockOf(body, parameters, known, recorder),
  };
}

/**
 * Whether the paths through a body tell more than its instructions do: where it gives a pointer, where a
 * branch depends on a pointer that it was handed, and where a callee does not come back.
 */
function needsPaths(
  { flow, isMacro, returnsPointer }: Body,
  parameters: Parameters,
  known: readonly CallKnowledge[],
): boolean {
  if (isMacro || returnsPointer || flow.ops.at(-4) === Op.Goto) return true;
  if (known.some((callee) => callee.noReturn || callee.returns !== CONTINUES)) return true;
  if (known.some((callee, call) => callee.implies.length > 0 && isHanded(flow, parameters, call)))
    return true;
  for (let i = 0; i < flow.branches.length; i += 3) {
    if (concernsPointer(flow, parameters, flow.branches[i] as number)) return true;
  }
  return false;
}

const isHanded = (flow: Flow, parameters: Parameters, call: number): boolean =>
  flow.calls[call]?.args.some((arg) => parameters.of(arg) >= 0) === true;

/** Whether a condition is made of a pointer parameter or of a copy of one. */
function concernsPointer(flow: Flow, parameters: Parameters, condition: number): boolean {
  const stack = [condition];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    const a = flow.exprA[e] as number;
    switch (flow.exprOp[e]) {
      case Expr.Local:
        if (parameters.isPointerOrCopy(a)) return true;
        break;
      case Expr.Temporary:
        return true;
      case Expr.Cast:
      case Expr.Unary:
        stack.push(a);
        break;
      case Expr.Binary:
        stack.push(a, flow.exprB[e] as number);
        break;
    }
  }
  return false;
}

/** What holds of a body whichever way is taken through it. */
function summariseWithoutPaths(body: Body, parameters: Parameters, known: readonly CallKnowledge[]): Summary {
  const { flow } = body;
  const always = dereferencedAlways(flow, parameters, known);
  const lines: number[] = [];
  const sometimes = dereferencedSometimes(flow, parameters, known, lines);
  return {
    ...UNKNOWN_SUMMARY,
    ...scanEffects(body, parameters, known),
    result: returnedBits(flow),
    same: sameParameter(flow, parameters, known),
    dereferences: always.mask,
    mayDereference: sometimes & ~always.mask,
    dereferenceLines: parameters.lines(always, lines, sometimes),
  };
}

/** What the constants among the returned values are; ANY where others are returned. */
function returnedBits(flow: Flow): number {
  let bits = 0;
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] !== Op.Return) continue;
    const value = stripCasts(flow, flow.ops[at + 1] as number);
    if (flow.exprOp[value] !== Expr.Integer) return ANY;
    bits |= bitsOfInteger(flow.exprA[value] as number);
  }
  return bits === 0 ? ANY : bits;
}

/** A macro that opens a block: a loop of its own, or another such macro. */
function blockOf(
  body: Body,
  parameters: Parameters,
  known: readonly CallKnowledge[],
  recorder: Recorder,
): Pick<Summary, 'block' | 'iterators'> {
  if (body.isLoop) return { block: 'loop', iterators: recorder.iterators() };
  const { flow } = body;
  if (!body.isMacro) return { block: 'none', iterators: [] };
  const last = flow.ops.length - 4;
  const value = flow.ops[last] === Op.Return ? stripCasts(flow, flow.ops[last + 1] as number) : 0;
  const call = flow.exprOp[value] === Expr.Result ? (flow.exprA[value] as number) : -1;
  const inner = known[call];
  if (inner === undefined || inner.block === 'none') return { block: 'none', iterators: [] };
  const iterators = inner.iterators.flatMap((iterator): Iterator[] => {
    const argument = parameters.of(flow.calls[call]?.args[iterator.argument] ?? 0);
    return argument < 0 ? [] : [{ ...iterator, argument }];
  });
  return { block: inner.block, iterators };
}

/** The parameter that every return gives back, -1 where there is none. */
function sameParameter(flow: Flow, parameters: Parameters, known: readonly CallKnowledge[]): number {
  let same = -1;
  for (let at = 0; at < flow.ops.length; at += 4) {
    const op = flow.ops[at];
    if (op === Op.End && flow.ops.length > 4) return -1;
    if (op !== Op.Return) continue;
    let e = stripCasts(flow, flow.ops[at + 1] as number);
    for (let steps = 0; flow.exprOp[e] === Expr.Result && steps < 8; steps++) {
      const call = flow.exprA[e] as number;
      const argument = known[call]?.same ?? -1;
      if (argument < 0) return -1;
      e = stripCasts(flow, flow.calls[call]?.args[argument] ?? 0);
    }
    const k = parameters.constantOf(e);
    if (k < 0 || (same >= 0 && same !== k)) return -1;
    same = k;
  }
  return same;
}
