/** Effects that were computed before, by program: those of a whole tree lie beside its index. */
import type { FunctionRef, Program } from '../index/program.ts';
import type { LockSummary } from './locks/lock-summary.ts';
import type { Summary } from './summary.ts';
import type { TreeLockGraph } from './tree/lock-graph.ts';

export interface EffectStore {
  /** Undefined where there is none, or none that still holds. */
  summary(ref: FunctionRef): Summary | undefined;
  locks(ref: FunctionRef): LockSummary | undefined;
  /** The lock graph of the whole tree, as it was before any change. */
  readonly lockGraph: TreeLockGraph;
  /**
   * The number that a witness of the graph has in a program: of its definition() and pathOfDefinition(); -1 where that
   * has another function in its place.
   */
  witness(number: number): number;
}

const stores = new WeakMap<Program, EffectStore>();

/** From now on the effects of a program's functions are asked of `store` first. Before any are asked. */
export function useStore(program: Program, store: EffectStore): void {
  stores.set(program, store);
}

export const storeOf = (program: Program): EffectStore | undefined => stores.get(program);
