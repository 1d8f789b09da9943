/** What a null-deref rule is given: one function that is being walked, and where to put what it finds. */
import { columnOf, Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import { endOfBlock } from '../../c/flow-blocks.ts';
import { isArray } from '../../c/types.ts';
import type { View } from '../../effects/domain.ts';
import type { Effects } from '../../effects/effects.ts';
import { expressionText, typeOf } from '../../effects/expression-text.ts';
import { pointerBehind, stripCasts } from '../../effects/flow-expressions.ts';
import { isNull, ZERO } from '../../effects/values.ts';
import type { FunctionRef } from '../../index/program.ts';
import type { Finding, Step } from '../checker.ts';
import { type Candidate, FunctionFindings } from '../function-findings.ts';

export class FunctionContext {
  readonly effects: Effects;
  readonly ref: FunctionRef;
  readonly flow: Flow;
  readonly #findings: FunctionFindings;

  constructor(effects: Effects, ref: FunctionRef, flow: Flow) {
    this.effects = effects;
    this.ref = ref;
    this.flow = flow;
    this.#findings = new FunctionFindings('null-deref', ref);
  }

  get findings(): readonly Finding[] {
    return this.#findings.all;
  }

  /** Keeps a finding; `position` is that of the instruction that fails. */
  report(candidate: Omit<Candidate, 'line' | 'column'> & { position: number }): void {
    const { position, ...rest } = candidate;
    this.#findings.report({ ...rest, line: lineOf(position), column: columnOf(position) });
  }

  text(expression: number): string {
    return expressionText(this.flow, expression);
  }

  typeOf(expression: number): string {
    return typeOf(this.flow, expression, this.effects.program, this.ref.path);
  }

  /** Type of an expression of another function. */
  typeIn(flow: Flow, expression: number, path: string): string {
    return typeOf(flow, expression, this.effects.program, path);
  }

  /** Name of a call's callee, as it is written. */
  calleeText(call: number): string {
    return this.text(this.flow.calls[call]?.callee ?? 0);
  }

  positionOf(instruction: number): number {
    return this.flow.ops[instruction * 4 + 3] as number;
  }

  step(line: number, text: string): Step {
    return { path: this.ref.path, line, function: this.ref.name, text };
  }

  /**
   * The pointer that a Deref instruction really goes through, by the two rules of flow.ts; 0 for none.
   * Types are only looked at where `isDoubtful` says that the answer matters.
   */
  accessed(pointer: number, place: number, isDoubtful: (pointer: number) => boolean): number {
    const through = this.behindArrays(pointer, isDoubtful);
    if (!isDoubtful(through) || isArray(this.typeOf(through))) return 0;
    const op = this.flow.exprOp[place];
    const isMember = op === Expr.Field || op === Expr.Arrow || op === Expr.Index;
    return isMember && isArray(this.typeOf(place)) ? 0 : through;
  }

  /** Of an array, or an array in one, the pointer whose object it lies in; else the pointer itself. */
  behindArrays(pointer: number, isDoubtful: (pointer: number) => boolean): number {
    let through = pointer;
    for (;;) {
      const behind = pointerBehind(this.flow, through);
      if (behind === 0 || !this.#isReached(behind, isDoubtful) || !isArray(this.typeOf(through)))
        return through;
      through = behind;
    }
  }

  /** A doubtful pointer, or an array behind one. */
  #isReached(pointer: number, isDoubtful: (pointer: number) => boolean): boolean {
    let at = pointer;
    while (at !== 0 && !isDoubtful(at)) at = pointerBehind(this.flow, at);
    return at !== 0;
  }
}

/** Where a pointer became what it is, on the path of a view. */
export interface Origin {
  readonly kind: 'tested' | 'assigned' | 'unknown';
  /** Line of the test or of the assignment. */
  readonly line: number;
  /** Branches since then that could have gone either way. */
  readonly forks: number;
  /** Block that ends with the test, or has the assignment. */
  readonly block: number;
  /** What was assigned; 0 otherwise. */
  readonly value: number;
  /** On this path it was dereferenced before the test: there the path ended, if it was NULL. */
  readonly wasUsed: boolean;
}

const UNKNOWN_ORIGIN: Origin = {
  kind: 'unknown',
  line: 0,
  forks: 0,
  block: -1,
  value: 0,
  wasUsed: false,
};
const MAX_STEPS = 4;

/** Follows the path back to the test or the assignment that made a pointer NULL. */
export function nullOrigin(flow: Flow, expression: number, view: View): Origin {
  let e = stripCasts(flow, expression);
  let before = view.at;
  let last = Number.POSITIVE_INFINITY;
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const past = view.history(e).slice(0, last);
    let i = past.length - 1;
    while (i >= 0 && isNull(past[i]?.bits ?? 0)) i--;
    const at = past[i];
    if (at === undefined) return UNKNOWN_ORIGIN;
    const end = i === past.length - 1 ? before : endOfBlock(flow, at.block);
    const assigned = lastAssignment(flow, e, flow.blocks[at.block] as number, end);
    const value = assigned < 0 ? 0 : stripCasts(flow, flow.ops[assigned * 4 + 2] as number);
    const forksSince = (from: number): number => view.forks - (past[from]?.forks ?? view.forks);
    if (flow.exprOp[value] === Expr.Integer) {
      const line = lineOf(flow.ops[assigned * 4 + 3] as number);
      return { kind: 'assigned', line, forks: forksSince(i), block: at.block, value, wasUsed: false };
    }
    // A copy of what was NULL before this block; otherwise the block's own branch decided.
    const wasNull = value !== 0 && isNull(view.history(value)[i]?.bits ?? 0);
    if (!wasNull) {
      const terminator = end - 1;
      if (i === past.length - 1 || flow.ops[terminator * 4] !== Op.Branch) return UNKNOWN_ORIGIN;
      const line = lineOf(flow.ops[terminator * 4 + 3] as number);
      const since = assigned < 0 ? (flow.blocks[at.block] as number) : assigned;
      const wasUsed = (assigned < 0 && (at.bits & ZERO) === 0) || isDereferenced(flow, e, since, terminator);
      return { kind: 'tested', line, forks: forksSince(i + 1), block: at.block, value: 0, wasUsed };
    }
    e = value;
    before = assigned;
    last = i + 1;
  }
  return UNKNOWN_ORIGIN;
}

function isDereferenced(flow: Flow, pointer: number, first: number, end: number): boolean {
  for (let at = first; at < end; at++)
    if (flow.ops[at * 4] === Op.Deref && stripCasts(flow, flow.ops[at * 4 + 1] as number) === pointer)
      return true;
  return false;
}

function lastAssignment(flow: Flow, expression: number, first: number, end: number): number {
  for (let at = end - 1; at >= first; at--) {
    if (flow.ops[at * 4] === Op.Assign && flow.ops[at * 4 + 1] === expression) return at;
  }
  return -1;
}

/**
 * Branches between an origin and a use on the path of a view whose other way does not lead to the use: each is a
 * condition that may go with the one at the origin.
 */
export function decisionsSince(flow: Flow, origin: Origin, view: View): number {
  const path = view.path();
  const here = path.at(-1) as number;
  const tested = path.lastIndexOf(origin.block);
  let decisions = 0;
  for (let i = tested + (isNextArm(flow, path, tested) ? 2 : 1); i < path.length - 1; i++) {
    const block = path[i] as number;
    const others = successors(flow, block).filter((next) => next !== path[i + 1]);
    if (others.length > 0 && !others.some((other) => reaches(flow, other, here, origin.block))) decisions++;
  }
  return decisions;
}

/** `(a && p) || b`: the block behind a test only decides b, and is not reached where the test goes the other way. */
function isNextArm(flow: Flow, path: readonly number[], tested: number): boolean {
  const next = path[tested + 1];
  if (next === undefined || next === path.at(-1)) return false;
  for (let at = flow.blocks[next] as number; at < endOfBlock(flow, next) - 1; at++)
    if (flow.ops[at * 4] !== Op.Deref) return false;
  const origin = path[tested] as number;
  const others = successors(flow, origin).filter((way) => way !== next);
  return others.length > 0 && !others.some((way) => reaches(flow, way, next, origin));
}

/** True where `block` can be reached from the start of `from` without going through `avoid`. */
export function reaches(flow: Flow, from: number, block: number, avoid: number): boolean {
  const seen = new Set<number>([from]);
  const work = [from];
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    if (at === block) return true;
    if (at === avoid) continue;
    for (const next of successors(flow, at)) {
      if (seen.has(next)) continue;
      seen.add(next);
      work.push(next);
    }
  }
  return false;
}

/** Where a block can go on. */
export function successors(flow: Flow, block: number): readonly number[] {
  const at = (endOfBlock(flow, block) - 1) * 4;
  const x = flow.ops[at + 1] as number;
  switch (flow.ops[at]) {
    case Op.Jump:
      return [x];
    case Op.Branch:
      return [flow.branches[x * 3 + 1] as number, flow.branches[x * 3 + 2] as number];
    case Op.Switch: {
      const table = flow.switches[x];
      if (table === undefined) return [];
      return [table.otherwise, ...table.cases.filter((_, i) => i % 3 === 2)];
    }
    default:
      return [];
  }
}
