/** What a null-deref rule is given: one function that is being walked, and where to put what it finds. */
import { Expr, type Flow, lineOf, Op } from '../../c/flow.ts';
import { isArray } from '../../c/types.ts';
import type { View } from '../../effects/domain.ts';
import type { Effects } from '../../effects/effects.ts';
import { expressionText, typeOf } from '../../effects/expression-text.ts';
import { pointerBehind } from '../../effects/layout.ts';
import type { FunctionRef } from '../../index/program.ts';
import type { Confidence, Finding, Rule, Step, Suggestion } from '../checker.ts';
import { fingerprint } from '../fingerprint.ts';

const ORDER: Readonly<Record<Confidence, number>> = { low: 0, medium: 1, high: 2 };

export interface Candidate {
  readonly rule: Rule;
  readonly confidence: Confidence;
  /** Position of the instruction that fails. */
  readonly position: number;
  /** What tells this finding from others of the same rule and function. */
  readonly identity: string;
  readonly message: string;
  readonly explanation: string;
  readonly trace: readonly Step[];
  readonly suggestion?: Suggestion;
}

export class FunctionContext {
  readonly effects: Effects;
  readonly ref: FunctionRef;
  readonly flow: Flow;
  readonly #findings = new Map<string, Finding>();

  constructor(effects: Effects, ref: FunctionRef, flow: Flow) {
    this.effects = effects;
    this.ref = ref;
    this.flow = flow;
  }

  get findings(): readonly Finding[] {
    return [...this.#findings.values()];
  }

  /** Keeps a finding; of several of one identity the most certain, then the first. */
  report(candidate: Candidate): void {
    const { rule, confidence, position, identity, message, explanation, trace, suggestion } = candidate;
    const key = fingerprint(rule.id, this.ref.name, identity);
    const line = lineOf(position);
    const known = this.#findings.get(key);
    if (known !== undefined) {
      const better = ORDER[confidence] - ORDER[known.confidence];
      if (better < 0 || (better === 0 && line >= known.line)) return;
    }
    this.#findings.set(key, {
      checker: 'null-deref',
      rule: rule.id,
      severity: rule.severity,
      confidence,
      path: this.ref.path,
      line,
      endLine: line,
      function: this.ref.name,
      message,
      explanation,
      fingerprint: key,
      trace,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }

  text(expression: number): string {
    return expressionText(this.flow, expression);
  }

  typeOf(expression: number): string {
    return typeOf(this.flow, expression, this.effects.program, this.ref.path);
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
    const behind = pointerBehind(this.flow, pointer);
    if (behind !== 0 && isDoubtful(behind) && isArray(this.typeOf(pointer))) return behind;
    if (!isDoubtful(pointer)) return 0;
    const op = this.flow.exprOp[place];
    const isMember = op === Expr.Field || op === Expr.Arrow || op === Expr.Index;
    return isMember && isArray(this.typeOf(place)) ? 0 : pointer;
  }
}

/** Where a value became what it is, on the path of a view. */
export interface Origin {
  readonly kind: 'tested' | 'assigned' | 'result' | 'unknown';
  /** Line of the test, of the assignment, or of the call. */
  readonly line: number;
  /** Branches since then that could have gone either way. */
  readonly forks: number;
  /** The condition that was tested; 0 where it was not. */
  readonly condition: number;
}

/** Follows the path back to the last test or assignment of an expression. */
export function originOf(flow: Flow, expression: number, view: View): Origin {
  const path = view.pathForks();
  const now = view.forks;
  let end = view.at;
  for (let i = path.length - 1; i >= 0; i--) {
    const [block, forks] = path[i] as [number, number];
    const first = flow.blocks[block] as number;
    for (let at = end - 1; at >= first; at--) {
      const op = flow.ops[at * 4];
      if (op !== Op.Assign || flow.ops[at * 4 + 1] !== expression) continue;
      const line = lineOf(flow.ops[at * 4 + 3] as number);
      return { kind: 'assigned', line, forks: now - forks, condition: 0 };
    }
    if (i === 0) break;
    const [before] = path[i - 1] as [number, number];
    end = before + 1 < flow.blocks.length ? (flow.blocks[before + 1] as number) : flow.ops.length / 4;
    const at = end - 1;
    if (flow.ops[at * 4] !== Op.Branch) continue;
    const condition = flow.branches[(flow.ops[at * 4 + 1] as number) * 3] as number;
    if (!tells(flow, condition, expression)) continue;
    const line = lineOf(flow.ops[at * 4 + 3] as number);
    return { kind: 'tested', line, forks: now - forks, condition };
  }
  return { kind: 'unknown', line: 0, forks: now, condition: 0 };
}

/** True where a condition tests the expression: as a part of it, or as an argument of the call that it tests. */
function tells(flow: Flow, condition: number, expression: number): boolean {
  const stack = [condition];
  for (let steps = 0; stack.length > 0 && steps < 256; steps++) {
    const e = stack.pop() as number;
    if (e === expression) return true;
    const a = flow.exprA[e] as number;
    switch (flow.exprOp[e]) {
      case Expr.Unary:
      case Expr.Cast:
        stack.push(a);
        break;
      case Expr.Binary:
        stack.push(a, flow.exprB[e] as number);
        break;
      case Expr.Result:
        for (const arg of flow.calls[a]?.args ?? []) stack.push(arg);
        break;
    }
  }
  return false;
}
