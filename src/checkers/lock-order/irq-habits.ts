/**
 * Locks that the other functions of a file always take with interrupts off: as a lock is taken that an interrupt takes
 * too, whether or not its handler can be found.
 */
import { lineOf } from '../../c/flow.ts';
import { isSpinning } from '../../effects/locks/held.ts';
import type { Step } from '../checker.ts';
import type { FunctionLocks } from './function-locks.ts';
import type { IrqUse } from './irq-usage.ts';

/** Functions that must follow a habit for it to be one. */
const LEAST = 3;
/** So many must follow it for each that does not: a wrapper may count on its callers to have interrupts off. */
const RATIO = 8;

interface Taking {
  readonly locks: FunctionLocks;
  readonly position: number;
  readonly isOff: boolean;
}

export class IrqHabits {
  readonly #audited: readonly FunctionLocks[];
  /** By file, and in it by lock class. */
  readonly #files = new Map<string, ReadonlyMap<string, readonly Taking[]>>();

  constructor(audited: readonly FunctionLocks[]) {
    this.#audited = audited;
  }

  #takingsIn(path: string): ReadonlyMap<string, readonly Taking[]> {
    let takings = this.#files.get(path);
    if (takings === undefined) {
      const own = this.#audited.filter(({ ref }) => ref.path === path);
      takings = takingsOf(own);
      this.#files.set(path, takings);
    }
    return takings;
  }

  /** The habit with a lock class of all functions of the file but this one; undefined where they have none. */
  of(lockClass: string, except: FunctionLocks): IrqUse | undefined {
    const others = (this.#takingsIn(except.ref.path).get(lockClass) ?? []).filter(
      ({ locks }) => locks !== except,
    );
    const followers = new Map(others.filter(({ isOff }) => isOff).map((taking) => [taking.locks, taking]));
    const against = new Set(others.filter(({ isOff }) => !isOff).map(({ locks }) => locks));
    if (followers.size < LEAST || against.size * RATIO > followers.size) return undefined;
    const text = `${lockClass} is taken with interrupts off`;
    const steps = [...followers.values()]
      .slice(0, LEAST)
      .map(({ locks, position }): Step => locks.step(lineOf(position), text));
    return {
      interrupt: 'hardirq',
      mode: 'write',
      says: `${followers.size} other functions of the file take it with interrupts off`,
      id: '',
      isIrqWork: false,
      isHabit: true,
      depth: 0,
      conditional: false,
      steps,
    };
  }
}

function takingsOf(functions: readonly FunctionLocks[]): ReadonlyMap<string, readonly Taking[]> {
  const takings = functions.flatMap((locks) =>
    locks.body.events.flatMap(({ kind, lock, blocks, state, stops, position }) => {
      if (kind !== 'acquire' || lock === undefined || blocks === false) return [];
      if (lock.lockClass === '' || !isSpinning(lock.kind)) return [];
      const isOff = state.hardirq > 0 || stops === 'hardirq';
      return [{ lockClass: lock.lockClass, locks, position, isOff }];
    }),
  );
  return Map.groupBy(takings, ({ lockClass }) => lockClass);
}
