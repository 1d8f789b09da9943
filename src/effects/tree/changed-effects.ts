/**
 * The effects of a tree with changed files over it: those of the tree, but for functions that the change
 * reaches. A function whose effects differ from before is followed up to its callers, and on from those whose
 * effects differ in turn.
 */
import { isDeepStrictEqual } from 'node:util';
import { sameFlow } from '../../c/same-flow.ts';
import type { IndexProgram } from '../../index/index-program.ts';
import type { FunctionRef } from '../../index/program.ts';
import { Effects } from '../effects.ts';
import { calleeName } from '../flow-expressions.ts';
import { LockEffects } from '../locks/lock-effects.ts';
import type { LockSummary } from '../locks/lock-summary.ts';
import type { EffectStore } from '../stores.ts';
import type { Summary } from '../summary.ts';
import { type Earlier, setEarlier } from './earlier.ts';
import { TREE_LIMITS } from './limits.ts';

/** Callers that are looked at of one function: what is called more widely has many that would not differ. */
const MAX_CALLERS = 40;
/** Functions outside the changed files that are looked at in all. */
const MAX_FUNCTIONS = 150;

export class ChangedEffects implements EffectStore, Earlier {
  readonly program: IndexProgram;
  readonly #tree: EffectStore;
  readonly #effects: Effects;
  readonly #locks: LockEffects;
  readonly #stale = new Set<number>();
  /** Functions of the changed files as they were, by id. */
  readonly #old = new Map<string, FunctionRef>();
  readonly #isUnaffected: (ref: FunctionRef) => boolean;
  readonly #changed: ReadonlySet<string>;
  readonly #hasHeaders: boolean;
  /** Functions with another body, by which their callers notice nothing. */
  readonly sameForCallers: readonly FunctionRef[];

  /**
   * `before` and `now` are programs of one tree's index; `paths` are the files in which they differ. `isUnaffected`: of
   * the functions of these files, those that the change neither touches nor is called below.
   */
  constructor(
    tree: EffectStore,
    before: IndexProgram,
    now: IndexProgram,
    paths: readonly string[],
    isUnaffected: (ref: FunctionRef) => boolean = () => false,
  ) {
    this.program = before;
    this.#tree = tree;
    this.#changed = new Set(paths);
    this.#hasHeaders = paths.some((path) => !path.endsWith('.c'));
    const affected = new Set<string>();
    this.#isUnaffected = (ref) => !affected.has(ref.id) && isUnaffected(ref);
    this.#effects = new Effects(now, { get: (ref) => this.summary(ref) });
    this.#locks = new LockEffects(this.#effects, { get: (ref) => this.locks(ref) }, TREE_LIMITS);
    const old = this.#old;
    for (const path of paths) for (const ref of before.definitions(path)) old.set(ref.id, ref);
    const gone = new Map(old);
    let reached: FunctionRef[] = [];
    const same: FunctionRef[] = [];
    for (const path of paths) {
      for (const ref of now.definitions(path)) {
        gone.delete(ref.id);
        if (isSameBody(ref, old.get(ref.id))) continue;
        (this.#differs(ref, old.get(ref.id)) ? reached : same).push(ref);
      }
    }
    this.sameForCallers = same;
    reached.push(...gone.values());
    const seen = new Set(reached.map(({ id }) => id));
    for (let looked = 0; reached.length > 0 && looked < MAX_FUNCTIONS; ) {
      const next: FunctionRef[] = [];
      for (const caller of reached.flatMap((ref) => now.callers(ref, MAX_CALLERS))) {
        if (seen.has(caller.id) || looked >= MAX_FUNCTIONS) continue;
        seen.add(caller.id);
        looked++;
        if (caller.number >= 0) this.#stale.add(caller.number);
        else affected.add(caller.id);
        if (this.#differs(caller, caller.number >= 0 ? caller : old.get(caller.id))) next.push(caller);
        else this.#stale.delete(caller.number);
      }
      reached = next;
    }
    setEarlier(now, this);
  }

  /** The function of before that does what this one does, as far as what it calls goes, too; undefined where there is none. */
  same(ref: FunctionRef): FunctionRef | undefined {
    const { flow } = ref.fact;
    if (ref.number < 0) return this.#twin(ref);
    if (this.#hasHeaders || this.#stale.has(ref.number) || flow === undefined) return undefined;
    const isAffected = (name: string): boolean => {
      const { macro, functions } = this.#effects.meaning(name, ref.path);
      return (
        (macro !== undefined && this.#changed.has(macro.path)) ||
        functions.some((one) => (one.number < 0 ? !this.#isUnaffected(one) : this.#stale.has(one.number)))
      );
    };
    return flow.calls.some((_, call) => isAffected(calleeName(flow, call)))
      ? undefined
      : this.program.definition(ref.number);
  }

  #twin(ref: FunctionRef): FunctionRef | undefined {
    return this.#hasHeaders || !this.#isUnaffected(ref) ? undefined : this.#old.get(ref.id);
  }

  /** The function that the tree's effects have for one of now. */
  #stored(ref: FunctionRef): FunctionRef | undefined {
    if (ref.number < 0) return this.#twin(ref);
    return this.#stale.has(ref.number) ? undefined : ref;
  }

  /** Whether a function does for its callers what it did not do before. */
  #differs(ref: FunctionRef, old: FunctionRef | undefined): boolean {
    if (old === undefined) return true;
    const summary = this.#tree.summary(old);
    if (summary !== undefined && !sameSummary(summary, this.#effects.summary(ref))) return true;
    return !sameLocks(this.#tree.locks(old), this.#locks.summary(ref));
  }

  get lockGraph(): EffectStore['lockGraph'] {
    return this.#tree.lockGraph;
  }

  witness(number: number): number {
    return this.#tree.witness(number);
  }

  summary(ref: FunctionRef): Summary | undefined {
    const stored = this.#stored(ref);
    return stored && this.#tree.summary(stored);
  }

  locks(ref: FunctionRef): LockSummary | undefined {
    const stored = this.#stored(ref);
    return stored && this.#tree.locks(stored);
  }
}

const isSameBody = (ref: FunctionRef, old: FunctionRef | undefined): boolean => {
  const [now, before] = [ref.fact.flow, old?.fact.flow];
  return now !== undefined && before !== undefined && sameFlow(now, before);
};

/** Equal for callers: lines do not count. */
function sameSummary(a: Summary, b: Summary): boolean {
  const plain = (s: Summary): Summary => ({
    ...s,
    nullLine: 0,
    nullFrom: '',
    errorLine: 0,
    errorFrom: '',
    dereferenceLines: [],
  });
  return isDeepStrictEqual(plain(a), plain(b));
}

const OF_LINES: ReadonlySet<string> = new Set(['line', 'callee', 'calleePath', 'depth']);

function sameLocks(a: LockSummary | undefined, b: LockSummary): boolean {
  const plain = (s: LockSummary): unknown =>
    JSON.parse(JSON.stringify(s, (key, value) => (OF_LINES.has(key) ? undefined : value)));
  return a !== undefined && isDeepStrictEqual(plain(a), plain(b));
}
