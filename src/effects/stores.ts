/** Effects that were computed before, by program: those of a whole tree lie beside its index. */
import type { FunctionRef, Program } from '../index/program.ts';
import type { LockSummary } from './locks/lock-summary.ts';
import type { Summary } from './summary.ts';

export interface EffectStore {
  /** Undefined where there is none, or none that still holds. */
  summary(ref: FunctionRef): Summary | undefined;
  locks(ref: FunctionRef): LockSummary | undefined;
}

const stores = new WeakMap<Program, EffectStore>();

/** From now on the effects of a program's functions are asked of `store` first. Before any are asked. */
export function useStore(program: Program, store: EffectStore): void {
  stores.set(program, store);
}

export const storeOf = (program: Program): EffectStore | undefined => stores.get(program);
