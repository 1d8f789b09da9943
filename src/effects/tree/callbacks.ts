/** What is taken under the locks of callbacks: all that the functions take which a tree stores in their fields. */
import type { Program } from '../../index/program.ts';
import { type Callback, callbacks } from '../../kernel/callbacks.ts';
import { isTakenUnder, type LockSummary } from '../locks/lock-summary.ts';
import type { EffectStore } from '../stores.ts';
import type { StoredDependency } from './stored-dependencies.ts';

/** Calls `visit` with the number of each such function and its dependencies under the callback's lock. */
export function eachCallbackDependency(
  program: Program,
  effects: Pick<EffectStore, 'locks'>,
  visit: (number: number, dependencies: readonly StoredDependency[]) => void,
): void {
  const seen = new Set<string>();
  for (const callback of callbacks) {
    for (const { ref } of program.stored(callback.type, callback.field)) {
      const locks = effects.locks(ref);
      const key = `${callback.lock} ${callback.mode} ${ref.number}`;
      if (locks === undefined || seen.has(key)) continue;
      seen.add(key);
      visit(ref.number, dependenciesUnder(callback, locks, ref.fact.line));
    }
  }
}

function dependenciesUnder(
  { lock, mode: fromMode }: Callback,
  { acquires }: LockSummary,
  line: number,
): readonly StoredDependency[] {
  const found = new Map<string, StoredDependency>();
  for (const acquired of acquires) {
    if (!isTakenUnder(lock, acquired)) continue;
    const { lockClass, mode, far } = acquired;
    const key = `${lockClass} ${mode}`;
    const weight = Math.round(1000 * 0.8 ** far);
    if ((found.get(key)?.weight ?? 0) >= weight) continue;
    found.set(key, { from: lock, fromMode, to: lockClass, toMode: mode, line, weight });
  }
  return [...found.values()];
}
