/** What reclaim takes: all that the functions take which a tree stores in the fields that reclaim calls. */
import type { Program } from '../../index/program.ts';
import { FS_RECLAIM, reclaimCallbacks } from '../../kernel/reclaim.ts';
import type { LockSummary } from '../locks/lock-summary.ts';
import type { EffectStore } from '../stores.ts';
import type { StoredDependency } from './stored-dependencies.ts';

/** Calls `visit` with the number of each such function and its dependencies under fs_reclaim. */
export function eachReclaimDependency(
  program: Program,
  effects: Pick<EffectStore, 'locks'>,
  visit: (number: number, dependencies: readonly StoredDependency[]) => void,
): void {
  const seen = new Set<number>();
  for (const { type, field } of reclaimCallbacks) {
    for (const { ref } of program.stored(type, field)) {
      const locks = effects.locks(ref);
      if (locks === undefined || seen.has(ref.number)) continue;
      seen.add(ref.number);
      visit(ref.number, dependenciesUnderReclaim(locks, ref.fact.line));
    }
  }
}

function dependenciesUnderReclaim({ acquires }: LockSummary, line: number): readonly StoredDependency[] {
  const found = new Map<string, StoredDependency>();
  for (const { blocks, lockClass, kind, mode, cause } of acquires) {
    if (!blocks || lockClass === '' || kind === 'rcu' || kind === 'srcu') continue;
    const key = `${lockClass} ${mode}`;
    const weight = Math.round(1000 * 0.8 ** cause.depth);
    if ((found.get(key)?.weight ?? 0) >= weight) continue;
    found.set(key, { from: FS_RECLAIM, fromMode: 'write', to: lockClass, toMode: mode, line, weight });
  }
  return [...found.values()];
}
