/** Feeds one target, and says what it did wrong. */
import { UserError } from '../../src/errors.ts';
import { seeded } from '../stress/seeded.ts';
import { mutate } from './mutate.ts';
import type { Target } from './targets.ts';

/** Milliseconds of processor time that no input of this size may take: the machine may be busy with other things. */
const SLOW = 10_000;

export interface Fault {
  readonly target: string;
  readonly seed: number;
  readonly what: string;
  readonly input: Buffer;
}

/** One input, the same for the same seed. Resolves to the fault that it showed. */
export async function feed(target: Target, seed: number): Promise<Fault | undefined> {
  const input = mutate(target.seeds, target.words, seeded(seed));
  const start = process.cpuUsage();
  const fault = (what: string): Fault => ({ target: target.name, seed, what, input });
  try {
    await target.run(Buffer.from(input));
  } catch (error) {
    if (!(error instanceof UserError)) return fault(String((error as Error).stack ?? error));
  }
  const { user, system } = process.cpuUsage(start);
  const took = (user + system) / 1000;
  return took > SLOW ? fault(`took ${Math.round(took)} ms`) : undefined;
}
