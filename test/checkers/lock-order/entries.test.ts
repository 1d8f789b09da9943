/** What is known of how a function is entered: how sure it is that a caller's lock is held. */
import { describe, expect, it } from 'vitest';
import { EntryPoints } from '../../../src/checkers/lock-order/entries.ts';
import type { EntryLock } from '../../../src/checkers/lock-order/entry.ts';
import { lockEffectsOf } from '../../../src/effects/locks/lock-effects.ts';
import { memoryProgram } from '../../../src/index/memory-program.ts';
import { factsOf } from '../../index/facts-of.ts';

const TYPES = `
typedef struct { int slock; } spinlock_t;
struct motor;
struct motor_ops { void (*move)(struct motor *motor); };
struct drive_ops { void (*run)(struct motor *motor); };
struct motor { spinlock_t lock; const struct motor_ops *ops; const struct drive_ops *drive; };
static void move(struct motor *motor) { }
`;

/** The lock that callers of move() hold. */
function heldOver(source: string): EntryLock | undefined {
  const program = memoryProgram(new Map([['x.c', factsOf(TYPES + source)]]));
  const [ref] = program.functions('move', 'x.c');
  if (ref === undefined) throw new Error('no move()');
  return new EntryPoints(lockEffectsOf(program)).of(ref).all.flatMap(({ held }) => held)[0];
}

describe('the lock of a caller', () => {
  it('is told with the calls from where it is taken', () => {
    const held = heldOver(`
static void run(struct motor *motor) { move(motor); }
static void kick(struct motor *motor) { spin_lock(&motor->lock); run(motor); spin_unlock(&motor->lock); }
static void poll(struct motor *motor, int fast) { if (fast) kick(motor); }
`);
    expect(held).toMatchObject({ lockClass: 'struct motor.lock', calls: 2, doubtful: false });
  });

  it('is doubtful where a parameter decides after it is taken', () => {
    const held = heldOver(`
static void kick(struct motor *motor, int fast)
{
	spin_lock(&motor->lock);
	if (fast)
		move(motor);
	spin_unlock(&motor->lock);
}
`);
    expect(held).toMatchObject({ calls: 1, doubtful: true });
  });

  it('is not where that decides over both', () => {
    const held = heldOver(`
static void kick(struct motor *motor, int fast)
{
	if (!fast)
		return;
	spin_lock(&motor->lock);
	move(motor);
	spin_unlock(&motor->lock);
}
`);
    expect(held).toMatchObject({ calls: 1, doubtful: false });
  });

  it('is known through one table, and doubtful through two', () => {
    const table = 'static const struct motor_ops motor_ops = { .move = move };\n';
    const one = heldOver(`${table}
static void kick(struct motor *motor)
{
	spin_lock(&motor->lock);
	motor->ops->move(motor);
	spin_unlock(&motor->lock);
}
`);
    expect(one?.fields.map(({ field }) => field)).toEqual(['move']);
    expect(one?.doubtful).toBe(false);
    const two = heldOver(`${table}
static void run(struct motor *motor) { motor->ops->move(motor); }
static const struct drive_ops drive_ops = { .run = run };
static void kick(struct motor *motor)
{
	spin_lock(&motor->lock);
	motor->drive->run(motor);
	spin_unlock(&motor->lock);
}
`);
    expect(two?.doubtful).toBe(true);
  });
});
