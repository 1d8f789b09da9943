/** A function with more ways through it than are walked: what it leaves held is known all the same. */
import { expect, test } from 'vitest';
import { Effects } from '../../../src/effects/effects.ts';
import { LockEffects } from '../../../src/effects/locks/lock-effects.ts';
import { memoryProgram } from '../../../src/index/memory-program.ts';
import { factsOf } from '../../index/facts-of.ts';

const turns = Array.from(
  { length: 40 },
  (_, n) => `	if (given->a${n}) given->b${n} = 0; else given->b${n} = 1;`,
);
const SOURCE = `
struct box { struct mutex lock; };
void shut(struct box *given)
{
${turns.join('\n')}
	mutex_unlock(&given->lock);
}
`;

test('a lock that is released at its end', () => {
  const program = memoryProgram(new Map([['x.c', factsOf(SOURCE)]]));
  const none = { get: () => undefined };
  const limits = { statesPerBlock: 8, merges: 3, states: 60 };
  const effects = new LockEffects(new Effects(program, none), none, limits);
  const [shut] = program.definitions('x.c');
  expect(shut && effects.summary(shut).net).toMatchObject([
    { operation: 'release', lockClass: 'struct box.lock', success: 'always' },
  ]);
});
