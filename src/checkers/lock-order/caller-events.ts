/** What happens to locks in functions that are asked about as callers; one that a change leaves as it was is walked once. */
import type { Events } from '../../effects/locks/lock-body.ts';
import { type LockEffects, lockEffectsOf } from '../../effects/locks/lock-effects.ts';
import { earlierOf } from '../../effects/tree/earlier.ts';
import type { FunctionRef, Program } from '../../index/program.ts';

const known = new WeakMap<Program, Map<string, Events | undefined>>();

/** Undefined where a function has no body. */
export function callerEvents(effects: LockEffects, ref: FunctionRef): Events | undefined {
  const { program } = effects.effects;
  let events = known.get(program);
  if (events === undefined) {
    events = new Map();
    known.set(program, events);
  }
  if (!events.has(ref.id)) events.set(ref.id, walked(effects, ref));
  return events.get(ref.id);
}

function walked(effects: LockEffects, ref: FunctionRef): Events | undefined {
  const earlier = earlierOf(effects.effects.program);
  const same = earlier?.same(ref);
  return earlier === undefined || same === undefined
    ? effects.events(ref)
    : callerEvents(lockEffectsOf(earlier.program), same);
}
