/** A short form of `npm run fuzz`: no parser of what strangers write throws anything but a UserError, or takes long. */
import { expect, test } from 'vitest';
import { feed } from '../bench/fuzz/run-target.ts';
import { targets } from '../bench/fuzz/targets.ts';

/** The same each time: a fault that the long form finds becomes a test of its own. */
const INPUTS = 60;

test.each(targets.map((target) => [target.name, target] as const))(
  '%s',
  async (_, target) => {
    for (let seed = 1; seed <= INPUTS; seed++) expect(await feed(target, seed)).toBeUndefined();
  },
  120_000,
);
