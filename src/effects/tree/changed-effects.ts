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
import { LockEffects } from '../locks/lock-effects.ts';
import type { LockSummary } from '../locks/lock-summary.ts';
import type { EffectStore } from '../stores.ts';
import type { Summary } from '../summary.ts';
import { TREE_LIMITS } from './limits.ts';

/** Callers that are looked at of one function: what is called more widely has many that would not differ. */
const MAX_CALLERS = 40;
/** Functions outside the changed files that are looked at in all. */
const MAX_FUNCTIONS = 150;

export class ChangedEffects implements EffectStore {
  readonly #tree: EffectStore;
  readonly #effects: Effects;
  readonly #locks: LockEffects;
  readonly #stale = new Set<number>();
  /** Functions with another body, by which their callers notice nothing. */
  readonly sameForCallers: readonly FunctionRef[];

  /** `before` and `now` are programs of one tree's index; `paths` are the files in which they differ. */
  constructor(tree: EffectStore, before: IndexProgram, now: IndexProgram, paths: readonly string[]) {
    this.#tree = tree;
    this.#effects = new Effects(now, { get: (ref) => this.summary(ref) });
    this.#locks = new LockEffects(this.#effects, { get: (ref) => this.locks(ref) }, TREE_LIMITS);
    const old = new Map<string, FunctionRef>();
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
        // A function of a changed file is worked on anew in any case.
        if (caller.number >= 0) this.#stale.add(caller.number);
        if (this.#differs(caller, caller.number >= 0 ? caller : old.get(caller.id))) next.push(caller);
        else this.#stale.delete(caller.number);
      }
      reached = next;
    }
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
    return this.#stale.has(ref.number) ? undefined : this.#tree.summary(ref);
  }

  locks(ref: FunctionRef): LockSummary | undefined {
    return this.#stale.has(ref.number) ? undefined : this.#tree.locks(ref);
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
