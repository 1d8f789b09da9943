/** lock-order: lockdep at review time. */

import { type LockEffects, lockEffectsOf } from '../../effects/locks/lock-effects.ts';
import { storeOf } from '../../effects/stores.ts';
import type { CodeChecker, Finding } from '../checker.ts';
import { circular, findCycles, reclaim } from './circular.ts';
import type { FunctionLocks } from './function-locks.ts';
import { functionsWithLocks, neighbourhood, wholeTree } from './neighbourhood.ts';
import { findRecursive, recursive } from './recursive.ts';
import { findSleepInAtomic, sleepInAtomic } from './sleep-in-atomic.ts';
import { findLeftHeld, findReleasedTwice, unbalanced } from './unbalanced.ts';

export const lockOrder: CodeChecker = {
  name: 'lock-order',
  rules: [circular, reclaim, recursive, sleepInAtomic, unbalanced],
  audit(program, paths) {
    const effects = lockEffectsOf(program);
    const audited = paths.flatMap((path) => functionsWithLocks(effects, path));
    const store = storeOf(program);
    const cycles =
      store === undefined
        ? cyclesByArea(effects, paths, audited)
        : findCycles(wholeTree(effects, store, audited));
    return [...audited.flatMap(auditFunction), ...cycles];
  },
};

function cyclesByArea(
  effects: LockEffects,
  paths: readonly string[],
  audited: readonly FunctionLocks[],
): readonly Finding[] {
  return [...new Set(paths.map(areaOf))].flatMap((area) =>
    findCycles(
      neighbourhood(
        effects,
        paths.filter((path) => areaOf(path) === area),
        audited.filter((locks) => areaOf(locks.ref.path) === area),
      ),
    ),
  );
}

/** 'drivers/infiniband', 'fs/ext4': a change to two of them makes no lock of one an instance of the other's. */
const areaOf = (path: string): string => path.split('/').slice(0, 2).join('/');

function auditFunction(locks: FunctionLocks): readonly Finding[] {
  findLeftHeld(locks);
  findReleasedTwice(locks);
  findRecursive(locks);
  findSleepInAtomic(locks);
  return locks.findings;
}
