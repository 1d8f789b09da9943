/**
 * The effects of all functions of a tree, callees first. The members of a cycle are worked on twice: first with
 * nothing known of each other, then with what came of that. So an answer does not depend on where the work began.
 */
import type { IndexProgram } from '../../index/index-program.ts';
import type { FunctionRef } from '../../index/program.ts';
import { Effects } from '../effects.ts';
import { LockEffects } from '../locks/lock-effects.ts';
import { type LockSummary, NO_LOCKS } from '../locks/lock-summary.ts';
import { type Summary, UNKNOWN_SUMMARY } from '../summary.ts';
import { BottomUp } from './bottom-up.ts';
import { EffectsTable } from './effects-table.ts';
import type { FunctionEffects } from './function-effects.ts';

const UNKNOWN: FunctionEffects = { summary: undefined, locks: NO_LOCKS };

export class TreeSolver {
  readonly #program: IndexProgram;
  readonly #isCalled: (number: number) => boolean;
  readonly #effects: Effects;
  readonly #locks: LockEffects;
  readonly #graph: BottomUp;
  readonly #done: EffectsTable;
  /** What the first round found of the members of a cycle. */
  readonly #guesses = new Map<number, FunctionEffects>();

  /** `isCalled` tells which of the tree's `functions` somebody calls by name: the others need no Summary. */
  constructor(program: IndexProgram, functions: number, isCalled: (number: number) => boolean) {
    this.#program = program;
    this.#isCalled = isCalled;
    this.#done = new EffectsTable(functions);
    this.#effects = new Effects(program, { get: (ref) => this.#summary(ref) });
    this.#locks = new LockEffects(this.#effects, { get: (ref) => this.#lockSummary(ref) });
    this.#graph = new BottomUp(
      functions,
      (number) => this.#called(number),
      (members, isCycle) => this.#component(members, isCycle),
    );
  }

  /** The effects of a function, made where they are not yet. */
  effects(number: number): FunctionEffects {
    this.#graph.visit(number);
    return this.#done.get(number) ?? UNKNOWN;
  }

  /** What is known of a function while another is worked on. */
  #summary(ref: FunctionRef): Summary {
    return this.#known(ref)?.summary ?? UNKNOWN_SUMMARY;
  }

  #lockSummary(ref: FunctionRef): LockSummary {
    return this.#known(ref)?.locks ?? NO_LOCKS;
  }

  #known({ number }: FunctionRef): FunctionEffects | undefined {
    return this.#guesses.get(number) ?? this.#done.get(number);
  }

  /** Numbers of the functions that one calls, also through macros and fields. */
  #called(number: number): readonly number[] {
    const ref = this.#program.definition(number);
    const flow = ref?.fact.flow;
    if (ref === undefined || flow === undefined) return [];
    const called = new Set<number>();
    for (const callee of this.#effects.called(flow, ref.path)) called.add(callee.number);
    this.#locks.eachStored(flow, ref.path, (callee) => called.add(callee.number));
    return [...called];
  }

  #component(members: readonly number[], isCycle: boolean): void {
    const [only] = members;
    if (!isCycle && only !== undefined) {
      this.#done.put(only, this.#compute(only));
      return;
    }
    this.#round(members, (number, effects) => this.#guesses.set(number, effects));
    this.#round(members, (number, effects) => this.#done.put(number, effects));
    this.#guesses.clear();
  }

  /** Works on all members with what is known now; `put` is told afterwards. */
  #round(members: readonly number[], put: (number: number, effects: FunctionEffects) => void): void {
    this.#effects.withoutMacros(() =>
      this.#locks.withoutMacros(() => {
        const found = members.map((number) => [number, this.#compute(number)] as const);
        for (const [number, effects] of found) put(number, effects);
      }),
    );
  }

  #compute(number: number): FunctionEffects {
    const ref = this.#program.definition(number);
    if (ref === undefined) return UNKNOWN;
    const { flow, noReturn } = ref.fact;
    if (flow === undefined)
      return noReturn ? { summary: { ...UNKNOWN_SUMMARY, noReturn }, locks: NO_LOCKS } : UNKNOWN;
    return {
      summary: this.#isCalled(number) ? this.#effects.compute(ref) : undefined,
      locks: this.#locks.body(ref)?.summary ?? NO_LOCKS,
    };
  }
}
