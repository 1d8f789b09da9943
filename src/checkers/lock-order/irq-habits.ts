/**
 * Locks that the audited code always takes with interrupts off: as a lock is taken that an interrupt takes too,
 * whether or not its handler can be found.
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
  readonly #takings = new Map<string, Taking[]>();

  constructor(audited: readonly FunctionLocks[]) {
    for (const locks of audited) {
      for (const { kind, lock, blocks, state, stops, position } of locks.body.events) {
        if (kind !== 'acquire' || lock === undefined || blocks === false) continue;
        if (lock.lockClass === '' || !isSpinning(lock.kind)) continue;
        const takings = this.#takings.get(lock.lockClass) ?? [];
        takings.push({ locks, position, isOff: state.hardirq > 0 || stops === 'hardirq' });
        this.#takings.set(lock.lockClass, takings);
      }
    }
  }

  /** The habit of all functions but one with a lock class; undefined where they have none. */
  of(lockClass: string, except: FunctionLocks): IrqUse | undefined {
    const others = (this.#takings.get(lockClass) ?? []).filter(({ locks }) => locks !== except);
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
