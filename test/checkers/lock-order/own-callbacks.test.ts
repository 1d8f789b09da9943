/** A callback that many drivers set: one that sets its own calls that, and no other's. */
import { expect, test } from 'vitest';
import { lockOrder } from '../../../src/checkers/lock-order/index.ts';
import { memoryProgram } from '../../../src/index/memory-program.ts';
import { factsOf } from '../../index/facts-of.ts';

const HEADER = `
struct channel { spinlock_t lock; struct client *client; int n; };
struct client { void (*received)(struct channel *c); };
`;

/** A driver whose callback takes the lock, or does not, and which calls the one of its channel under it. */
const driver = (name: string, takes: boolean): string => `
#include "channel.h"
static void ${name}_received(struct channel *c)
{
	${takes ? 'spin_lock(&c->lock);' : ''}
	c->n++;
	${takes ? 'spin_unlock(&c->lock);' : ''}
}
static const struct client ${name}_client = { .received = ${name}_received };
`;

const CALLER = `
#include "channel.h"
void interrupt(struct channel *c)
{
	spin_lock(&c->lock);
	c->client->received(c);
	spin_unlock(&c->lock);
}
`;

function rules(caller: string): string[] {
  const drivers = Array.from({ length: 12 }, (_, n) => [`d${n}.c`, driver(`d${n}`, n < 4)] as const);
  const files = [['channel.h', HEADER] as const, ...drivers, ['caller.c', caller] as const];
  const program = memoryProgram(new Map(files.map(([path, text]) => [path, factsOf(text)])));
  return lockOrder
    .audit(program, ['caller.c'])
    .filter(({ confidence }) => confidence !== 'low')
    .map(({ rule, function: name }) => `${rule} ${name}`);
}

test('who sets none may call any', () => {
  expect(rules(CALLER)).toEqual(['lock-order/recursive interrupt']);
});

test('who sets one that takes no lock', () => {
  expect(rules(`${CALLER}${driver('own', false)}`)).toEqual([]);
});
