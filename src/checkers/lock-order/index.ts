/** lock-order: lockdep at review time. */

import { type LockEffects, lockEffectsOf } from '../../effects/locks/lock-effects.ts';
import { storeOf } from '../../effects/stores.ts';
import type { CodeChecker, Finding } from '../checker.ts';
import { areaOf } from './areas.ts';
import { assertion, findBrokenAssertion } from './assertion.ts';
import { findCalledBack } from './called-back.ts';
import { circular, findCycles, reclaim } from './circular.ts';
import type { FunctionLocks } from './function-locks.ts';
import { findIgnoredFlags } from './ignored-flags.ts';
import { findIrqInversion, irqInversion } from './irq-inversion.ts';
import { findIrqsOnAgain } from './irqs-on-again.ts';
import { leadsAlike } from './leads-alike.ts';
import { functionsOf, neighbourhood, wholeTree } from './neighbourhood.ts';
import { reachedFunctions } from './reached.ts';
import { findRecursive, findRecursiveInCallers, recursive } from './recursive.ts';
import { doesSameToLocks } from './same-behaviour.ts';
import { findSleepInAtomic, findSleepInCallers, sleepInAtomic } from './sleep-in-atomic.ts';
import { Surroundings } from './surroundings.ts';
import { findLeftHeld, findReleasedTwice, unbalanced } from './unbalanced.ts';
import { findNeverInitialized, findTakenBeforeInitialized, uninitialized } from './uninitialized.ts';
import { findWaitContext, waitContext } from './wait-context.ts';
import { findWaitUnderLock, waitUnderLock } from './wait-under-lock.ts';
import { findNotTaken, findOtherMode, findSectionLeft, findWrongLock } from './wrong-release.ts';

export const lockOrder: CodeChecker = {
  name: 'lock-order',
  rules: [
    circular,
    reclaim,
    recursive,
    sleepInAtomic,
    unbalanced,
    waitUnderLock,
    irqInversion,
    waitContext,
    assertion,
    uninitialized,
  ],
  isSame: doesSameToLocks,
  leadsAlike,
  audit(program, paths, scope) {
    if (scope?.touched.length === 0) return [];
    const effects = lockEffectsOf(program);
    const all = paths.flatMap((path) => functionsOf(effects, path));
    const around = new Surroundings(effects, paths, all, scope);
    const { itself: audited, waiting } =
      scope === undefined ? { itself: all, waiting: [] } : reachedFunctions(program, all, scope);
    const store = storeOf(program);
    const cycles =
      store === undefined
        ? cyclesByArea(effects, paths, all, around)
        : findCycles(wholeTree(effects, store, audited, around));
    for (const [path, functions] of Map.groupBy(all, ({ ref }) => ref.path))
      findNeverInitialized(path, functions);
    return [
      ...audited.flatMap((locks) => auditFunction(locks, around)),
      ...waiting.flatMap((locks) => auditWaits(locks, around)),
      ...cycles,
    ];
  },
};

/** A change to two areas makes no lock of one an instance of the other's. */
function cyclesByArea(
  effects: LockEffects,
  paths: readonly string[],
  audited: readonly FunctionLocks[],
  around: Surroundings,
): readonly Finding[] {
  const functions = Map.groupBy(audited, ({ ref }) => areaOf(ref.path));
  return [...Map.groupBy(paths, areaOf)].flatMap(([area, own]) =>
    findCycles(neighbourhood(effects, own, functions.get(area) ?? [], around)),
  );
}

function auditFunction(locks: FunctionLocks, around: Surroundings): readonly Finding[] {
  findLeftHeld(locks);
  findReleasedTwice(locks);
  findOtherMode(locks);
  findNotTaken(locks);
  findWrongLock(locks);
  findSectionLeft(locks);
  findRecursive(locks);
  findRecursiveInCallers(locks, around);
  findCalledBack(locks);
  findSleepInAtomic(locks);
  findSleepInCallers(locks, around);
  findIgnoredFlags(locks);
  findIrqsOnAgain(locks, around);
  findWaitContext(locks, around);
  findBrokenAssertion(locks, around);
  findTakenBeforeInitialized(locks);
  return auditWaits(locks, around);
}

/** What another function, which is waited for or comes in between, may be the reason of. */
function auditWaits(locks: FunctionLocks, around: Surroundings): readonly Finding[] {
  findWaitUnderLock(locks, around);
  findIrqInversion(locks, around);
  return locks.findings;
}
