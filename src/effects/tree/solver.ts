/**
 * The effects of all functions of a tree, callees first. Calls through fields tie a large part of the kernel to one
 * cycle. Its members are worked on in rounds, in each those that are called by name before their callers, so that
 * what happens many direct calls below is known after the first; and on where a round changes what a call leaves
 * held. The order is made of the members alone, so an answer does not depend on where the work began.
 */
import type { Flow } from '../../c/flow.ts';
import type { IndexProgram } from '../../index/index-program.ts';
import type { FunctionRef } from '../../index/program.ts';
import { classSetters } from '../../kernel/locks.ts';
import { Effects } from '../effects.ts';
import { calleeName } from '../flow-expressions.ts';
import { lockClass } from '../locks/lock-class.ts';
import { LockEffects } from '../locks/lock-effects.ts';
import { type LockSummary, type NetEffect, NO_LOCKS } from '../locks/lock-summary.ts';
import { Places } from '../locks/place.ts';
import { type Summary, UNKNOWN_SUMMARY } from '../summary.ts';
import { BottomUp } from './bottom-up.ts';
import { CycleChanges } from './cycle-changes.ts';
import type { FunctionEffects } from './function-effects.ts';
import { TREE_LIMITS } from './limits.ts';
import type { SharedEffects, Solved } from './shared-effects.ts';
import { type StoredDependency, storedDependencies } from './stored-dependencies.ts';

/** Rounds after the second: a lock may be released several wrappers deep in a cycle. */
const LATER_ROUNDS = 5;

const UNKNOWN: FunctionEffects = { summary: undefined, locks: NO_LOCKS };

export class TreeSolver {
  readonly #program: IndexProgram;
  readonly #isCalled: (number: number) => boolean;
  readonly #effects: Effects;
  readonly #locks: LockEffects;
  readonly #graph: BottomUp;
  readonly #done: SharedEffects;
  /** Those of the members of a cycle that is being worked on. */
  readonly #dependencies = new Map<number, readonly StoredDependency[]>();
  readonly #splits = new Set<string>();
  /** By id of a macro. */
  readonly #storedByMacro = new Map<string, readonly number[]>();
  /** What each function that is being worked on calls: first what it calls by name. */
  readonly #callees = new Map<number, readonly number[]>();
  /** How many of them it calls by name. */
  readonly #calledByName = new Map<number, number>();
  /** What the members of a cycle call through macros. */
  readonly #calledThroughMacros = new Map<number, readonly number[]>();
  /** What was found so far of the members of a cycle. */
  readonly #guesses = new Map<number, FunctionEffects>();
  #mayWait = false;

  /**
   * `isCalled` tells which of the tree's `functions` somebody calls by name: the others need no Summary. `done` has
   * the effects that were made, by this solver or by those of other threads.
   */
  constructor(
    program: IndexProgram,
    functions: number,
    isCalled: (number: number) => boolean,
    done: SharedEffects,
  ) {
    this.#program = program;
    this.#isCalled = isCalled;
    this.#done = done;
    this.#effects = new Effects(program, { get: (ref) => this.#summary(ref) });
    this.#locks = new LockEffects(this.#effects, { get: (ref) => this.#lockSummary(ref) }, TREE_LIMITS);
    this.#graph = new BottomUp(
      functions,
      (number) => {
        // It may have been looked at before, on the way to what another thread was at.
        const called = this.#callees.get(number) ?? this.#called(number);
        this.#callees.set(number, called);
        return called;
      },
      (members, isCycle) => this.#component(members, isCycle),
      (number) => {
        if (this.#done.has(number)) {
          this.#callees.delete(number);
          this.#calledByName.delete(number);
          return 'done';
        }
        return this.#done.claim(number) || !this.#mayWait ? 'free' : 'taken';
      },
    );
  }

  /**
   * Makes the effects of a function, and of all below it, where they are not yet. `mayWait`: not where a thread that
   * has precedence is at something below it. False then: it should be asked for again.
   */
  solve(number: number, mayWait: boolean): boolean {
    this.#mayWait = mayWait;
    return this.#graph.visit(number);
  }

  /** The effects of a function, made where they are not yet. */
  effects(number: number): Solved {
    this.solve(number, false);
    return { ...(this.#done.get(number) ?? UNKNOWN), dependencies: this.#done.dependencies(number) };
  }

  /** Lock classes whose objects the functions that were worked on since give several lockdep classes. */
  takeSplits(): readonly string[] {
    const found = [...this.#splits];
    this.#splits.clear();
    return found;
  }

  #noteSplits(flow: Flow, path: string): void {
    for (let call = 0; call < flow.calls.length; call++) {
      if (!classSetters.has(calleeName(flow, call))) continue;
      const place = new Places(flow).behind(flow.calls[call]?.args[0] ?? 0);
      const split = lockClass(this.#program, flow, path, place);
      if (split !== '') this.#splits.add(split);
    }
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
    this.#calledByName.set(number, called.size);
    this.#locks.eachStored(flow, ref.path, (callee) => called.add(callee.number));
    for (const callee of this.#storedThroughMacros(flow, ref.path)) called.add(callee);
    return [...called];
  }

  /** Numbers of the functions that the macros that a body uses call through a field, or hand to others. */
  *#storedThroughMacros(flow: Flow, path: string): Generator<number> {
    for (const macro of this.#effects.macros(flow, path)) {
      let stored = this.#storedByMacro.get(macro.id);
      if (stored === undefined) {
        const found: number[] = [];
        const body = macro.fact.flow;
        if (body !== undefined) this.#locks.eachStored(body, macro.path, ({ number }) => found.push(number));
        stored = found;
        this.#storedByMacro.set(macro.id, stored);
      }
      yield* stored;
    }
  }

  #component(members: readonly number[], isCycle: boolean): void {
    const [only] = members;
    if (!isCycle && only !== undefined) {
      this.#put(members, () => this.#compute(only));
    } else {
      const ordered = this.#byDirectCalls(members);
      const cycle = new CycleChanges(members, this.#callees);
      const inOrder = (numbers: ReadonlySet<number>): readonly number[] =>
        ordered.filter((number) => numbers.has(number));
      this.#round(ordered, cycle);
      let changed = this.#round(ordered, cycle);
      for (let round = 0; round < LATER_ROUNDS && changed.length > 0; round++) {
        changed = this.#round(inOrder(cycle.callersOf(changed)), cycle);
      }
      this.#put(members, (number) => this.#guesses.get(number) ?? UNKNOWN);
      this.#guesses.clear();
      this.#calledThroughMacros.clear();
    }
    for (const number of members) {
      this.#callees.delete(number);
      this.#calledByName.delete(number);
    }
  }

  #put(members: readonly number[], effectsOf: (number: number) => FunctionEffects): void {
    const solved = members.map((number): [number, Solved] => {
      const effects = effectsOf(number);
      return [number, { ...effects, dependencies: this.#dependencies.get(number) ?? [] }];
    });
    this.#dependencies.clear();
    this.#done.put(solved);
  }

  /**
   * Works on members of a cycle, each with what is known when its turn comes, where that has changed since it
   * was worked on last. Returns those whose callers' locks it changes.
   */
  #round(members: readonly number[], cycle: CycleChanges): readonly number[] {
    const changed: number[] = [];
    const done = new Set<number>();
    /** What macros call that were summarised before it was its turn. */
    const early = new Set<number>();
    this.#effects.withoutMacros(() =>
      this.#locks.withoutMacros(() => {
        for (const number of members) {
          const stale = cycle.begin(number);
          const before = this.#guesses.get(number) ?? UNKNOWN;
          if (!stale.summary && !stale.locks) {
            done.add(number);
            continue;
          }
          const effects = this.#compute(number, stale.summary ? undefined : before);
          for (const callee of this.#throughMacros(number)) if (!done.has(callee)) early.add(callee);
          done.add(number);
          if (!leavesTheSame(before.locks, effects.locks)) changed.push(number);
          const isNew = cycle.end(number, effects);
          this.#guesses.set(number, effects);
          if (isNew && early.has(number)) this.#forgetMacros();
        }
      }),
    );
    return changed;
  }

  /** The members of a cycle, those that are called by name before their callers where that is possible. */
  #byDirectCalls(members: readonly number[]): readonly number[] {
    const inside = new Set(members);
    const seen = new Set<number>();
    const ordered: number[] = [];
    for (const root of members.toSorted((a, b) => a - b)) {
      const path: { number: number; callees: readonly number[]; next: number }[] = [];
      const enter = (number: number): void => {
        if (seen.has(number)) return;
        seen.add(number);
        const callees = (this.#callees.get(number) ?? []).slice(0, this.#calledByName.get(number));
        path.push({ number, callees: callees.filter((n) => inside.has(n)), next: 0 });
      };
      enter(root);
      for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
        const callee = top.callees[top.next++];
        if (callee !== undefined) enter(callee);
        else ordered.push((path.pop() as typeof top).number);
      }
    }
    return ordered;
  }

  /** Numbers of what a function calls through macros. */
  #throughMacros(number: number): readonly number[] {
    let called = this.#calledThroughMacros.get(number);
    if (called === undefined) {
      const ref = this.#program.definition(number);
      const flow = ref?.fact.flow;
      called =
        ref === undefined || flow === undefined
          ? []
          : [
              ...numbersOf(this.#effects.calledThroughMacros(flow, ref.path)),
              ...this.#storedThroughMacros(flow, ref.path),
            ];
      this.#calledThroughMacros.set(number, called);
    }
    return called;
  }

  #forgetMacros(): void {
    this.#effects.forgetMacros();
    this.#locks.forgetMacros();
  }

  /** `before`: its effects, where its Summary still holds. */
  #compute(number: number, before?: FunctionEffects): FunctionEffects {
    const ref = this.#program.definition(number);
    if (ref === undefined) return UNKNOWN;
    const { flow, noReturn } = ref.fact;
    if (flow === undefined)
      return noReturn ? { summary: { ...UNKNOWN_SUMMARY, noReturn }, locks: NO_LOCKS } : UNKNOWN;
    this.#noteSplits(flow, ref.path);
    const body = this.#locks.body(ref);
    const dependencies = body === undefined ? [] : storedDependencies(body);
    this.#dependencies.set(number, dependencies);
    return {
      summary: before ? before.summary : this.#isCalled(number) ? this.#effects.compute(ref) : undefined,
      locks: body?.summary ?? NO_LOCKS,
    };
  }
}

const numbersOf = (refs: Iterable<FunctionRef>): readonly number[] =>
  Array.from(refs, ({ number }) => number);

/** Whether two summaries leave the same held, released and disabled behind. */
function leavesTheSame(a: LockSummary, b: LockSummary): boolean {
  if (a.preempt !== b.preempt || a.softirq !== b.softirq || a.hardirq !== b.hardirq) return false;
  const isSame = (x: NetEffect, y: NetEffect | undefined): boolean =>
    x.operation === y?.operation && x.place === y.place && x.mode === y.mode && x.success === y.success;
  return a.net.length === b.net.length && a.net.every((effect, n) => isSame(effect, b.net[n]));
}
