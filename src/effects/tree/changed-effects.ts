/**
 * The effects of a tree with changed files over it: those of the tree, but for functions that the change
 * reaches. A function whose effects differ from before is followed up to its callers, and on from those whose
 * effects differ in turn.
 */
import type { IndexProgram } from '../../index/index-program.ts';
import type { FunctionRef } from '../../index/program.ts';
import { Effects } from '../effects.ts';
import { LockEffects } from '../locks/lock-effects.ts';
import type { LockSummary } from '../locks/lock-summary.ts';
import type { EffectStore } from '../stores.ts';
import type { Summary } from '../summary.ts';

/** Callers that are looked at of one function: what is called more widely has many that would not differ. */
const MAX_CALLERS = 200;
/** Functions outside the changed files that are looked at in all. */
const MAX_FUNCTIONS = 1000;

export class ChangedEffects implements EffectStore {
  readonly #tree: EffectStore;
  readonly #stale = new Set<number>();

  /** `before` and `now` are programs of one tree's index; `paths` are the files in which they differ. */
  constructor(tree: EffectStore, before: IndexProgram, now: IndexProgram, paths: readonly string[]) {
    this.#tree = tree;
    const effects = new Effects(now, { get: (ref) => this.summary(ref) });
    const locks = new LockEffects(effects, { get: (ref) => this.locks(ref) });
    const differs = (ref: FunctionRef, old: FunctionRef | undefined): boolean => {
      if (old === undefined) return true;
      const summary = tree.summary(old);
      const isSame =
        (summary === undefined || sameSummary(summary, effects.summary(ref))) &&
        sameLocks(tree.locks(old), locks.summary(ref));
      return !isSame;
    };
    let reached: FunctionRef[] = [];
    for (const path of paths) {
      const old = new Map(before.definitions(path).map((ref) => [ref.id, ref]));
      for (const ref of now.definitions(path)) {
        if (differs(ref, old.get(ref.id))) reached.push(ref);
        old.delete(ref.id);
      }
      reached.push(...old.values());
    }
    while (reached.length > 0 && this.#stale.size < MAX_FUNCTIONS) {
      const next: FunctionRef[] = [];
      for (const ref of reached) {
        for (const caller of now.callers(ref, MAX_CALLERS)) {
          if (caller.number < 0 || this.#stale.has(caller.number)) continue;
          this.#stale.add(caller.number);
          if (differs(caller, caller)) next.push(caller);
          else this.#stale.delete(caller.number);
        }
      }
      reached = next;
    }
  }

  get lockGraph(): EffectStore['lockGraph'] {
    return this.#tree.lockGraph;
  }

  witness(program: IndexProgram, number: number): FunctionRef | undefined {
    return this.#tree.witness(program, number);
  }

  summary(ref: FunctionRef): Summary | undefined {
    return this.#stale.has(ref.number) ? undefined : this.#tree.summary(ref);
  }

  locks(ref: FunctionRef): LockSummary | undefined {
    return this.#stale.has(ref.number) ? undefined : this.#tree.locks(ref);
  }
}

/** Equal for callers: lines do not count. */
function sameSummary(a: Summary, b: Summary): boolean {
  const plain = (s: Summary): string =>
    JSON.stringify({ ...s, nullLine: 0, nullFrom: '', errorLine: 0, errorFrom: '', dereferenceLines: [] });
  return plain(a) === plain(b);
}

function sameLocks(a: LockSummary | undefined, b: LockSummary): boolean {
  const plain = (s: LockSummary): string =>
    JSON.stringify(s, (key, value) =>
      key === 'line' || key === 'callee' || key === 'calleePath' || key === 'depth' ? undefined : value,
    );
  return a !== undefined && plain(a) === plain(b);
}
