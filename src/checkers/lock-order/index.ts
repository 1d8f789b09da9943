/** lock-order: lockdep at review time. */
import { LockEffects } from '../../effects/locks/lock-effects.ts';
import type { Program } from '../../index/program.ts';
import type { CodeChecker, Finding } from '../checker.ts';
import { effectsOf } from '../null-deref/index.ts';
import { FunctionLocks } from './function-locks.ts';
import { findRecursive, recursive } from './recursive.ts';
import { findSleepInAtomic, sleepInAtomic } from './sleep-in-atomic.ts';
import { findLeftHeld, findReleasedTwice, unbalanced } from './unbalanced.ts';

export const lockOrder: CodeChecker = {
  name: 'lock-order',
  rules: [recursive, sleepInAtomic, unbalanced],
  audit(program, paths) {
    const effects = lockEffectsOf(program);
    return paths.flatMap((path) => auditFile(effects, path));
  },
};

/** One for each program: its summaries are made once. */
const known = new WeakMap<Program, LockEffects>();

function lockEffectsOf(program: Program): LockEffects {
  const made = known.get(program) ?? new LockEffects(effectsOf(program));
  known.set(program, made);
  return made;
}

function auditFile(effects: LockEffects, path: string): Finding[] {
  const functions = effects.effects.program.facts(path)?.functions ?? [];
  return functions.flatMap((fact) => {
    const ref = { id: `${path}:${fact.name}`, path, name: fact.name, fact };
    const body = effects.body(ref);
    if (body === undefined || body.events.length === 0) return [];
    const locks = new FunctionLocks(effects, ref, body);
    findLeftHeld(locks);
    findReleasedTwice(locks);
    findRecursive(locks);
    findSleepInAtomic(locks);
    return locks.findings;
  });
}
