/** What other implementations of an operation do: what its callers must be prepared for. */
import type { LockEffects } from '../../effects/locks/lock-effects.ts';
import { type Known, remembered } from '../remembered.ts';
import type { Stored } from './entry.ts';

/** Tables of one type that are looked at. */
const MAX_STORED = 5000;
const MAX_ASKED = 48;

const known: Known<LockEffects, boolean> = new WeakMap();

/**
 * Whether several other functions that the tree stores in the same field sleep whatever they are given: then its
 * callers know when they must not call it (a flag of the object says so), which cannot be seen from here.
 */
export function mayOthersSleep(effects: LockEffects, { type, field, target }: Stored): boolean {
  return remembered(known, effects, `${type}.${field}`, () => ask(effects, { type, field, target }));
}

function ask(effects: LockEffects, { type, field, target }: Stored): boolean {
  const { program } = effects.effects;
  const stored = program.stored(type, field, MAX_STORED).filter(({ ref }) => ref.id !== target.id);
  const step = Math.max(1, Math.floor(stored.length / MAX_ASKED));
  const asked = stored.filter((_, n) => n % step === 0);
  const sleeping = asked.filter(({ ref }) => {
    const { sleeps } = effects.summary(ref);
    return sleeps !== undefined && sleeps.gfp < 0 && !sleeps.cause.conditional;
  });
  return sleeping.length >= 2;
}
