/**
 * Summaries of all functions of a tree, callees first. The members of a cycle are summarised twice: first with
 * nothing known of each other, then with what came of that. So a summary does not depend on where the work began.
 */
import type { IndexProgram } from '../../index/index-program.ts';
import type { FunctionRef } from '../../index/program.ts';
import { Effects, type SummaryStore } from '../effects.ts';
import { type Summary, UNKNOWN_SUMMARY } from '../summary.ts';
import { BottomUp } from './bottom-up.ts';

export class TreeSolver implements SummaryStore {
  readonly #program: IndexProgram;
  readonly #effects: Effects;
  readonly #graph: BottomUp;
  /** By number of the function. */
  readonly #done: (Summary | undefined)[] = [];
  /** What the first round found of the members of a cycle. */
  readonly #guesses = new Map<number, Summary>();

  constructor(program: IndexProgram, functions: number) {
    this.#program = program;
    this.#effects = new Effects(program, this);
    this.#graph = new BottomUp(
      functions,
      (number) => this.#called(number),
      (members, isCycle) => this.#component(members, isCycle),
    );
  }

  /** The summary of a function, made where it is not yet. */
  summary(number: number): Summary {
    this.#graph.visit(number);
    return this.#done[number] ?? UNKNOWN_SUMMARY;
  }

  /** What is known of a function while another is summarised. */
  get(ref: FunctionRef): Summary {
    return this.#done[ref.number] ?? this.#guesses.get(ref.number) ?? UNKNOWN_SUMMARY;
  }

  #called(number: number): number[] {
    const ref = this.#program.definition(number);
    const called = new Set<number>();
    if (ref?.fact.flow !== undefined) {
      this.#effects.eachCalled(ref.fact.flow, ref.path, (callee) => called.add(callee.number));
    }
    return [...called];
  }

  #component(members: readonly number[], isCycle: boolean): void {
    const [only] = members;
    if (!isCycle && only !== undefined) {
      this.#done[only] = this.#compute(only);
      return;
    }
    this.#effects.withoutMacros(() => {
      const first = members.map((number) => [number, this.#compute(number)] as const);
      for (const [number, summary] of first) this.#guesses.set(number, summary);
    });
    this.#effects.withoutMacros(() => {
      const second = members.map((number) => [number, this.#compute(number)] as const);
      for (const [number, summary] of second) this.#done[number] = summary;
    });
    this.#guesses.clear();
  }

  #compute(number: number): Summary {
    const ref = this.#program.definition(number);
    if (ref === undefined) return UNKNOWN_SUMMARY;
    if (ref.fact.flow !== undefined) return this.#effects.compute(ref) ?? UNKNOWN_SUMMARY;
    return ref.fact.noReturn ? { ...UNKNOWN_SUMMARY, noReturn: true } : UNKNOWN_SUMMARY;
  }
}
