/** A callee that sleeps under a lock in another way than before is the same defect. */
import { expect, test } from 'vitest';
import { lockOrder } from '../../../src/checkers/lock-order/index.ts';
import { memoryProgram } from '../../../src/index/memory-program.ts';
import { compareFindings } from '../../../src/review/compare.ts';
import { factsOf } from '../../index/facts-of.ts';

const driver = (wait: string): string => `
struct dev { spinlock_t lock; struct completion done; wait_queue_head_t queue; int ready; };
static void wait_ready(struct dev *d)
{
	${wait}
}
void ask(struct dev *d)
{
	spin_lock(&d->lock);
	wait_ready(d);
	spin_unlock(&d->lock);
}
`;

const audit = (wait: string) =>
  lockOrder.audit(memoryProgram(new Map([['d.c', factsOf(driver(wait))]])), ['d.c']);

test('a sleep that becomes another introduces nothing and mends nothing', () => {
  const base = audit('wait_event_timeout(d->queue, d->ready, 10);');
  const head = audit('wait_for_completion_timeout(&d->done, 10);');
  for (const side of [base, head])
    expect(new Set(side.map(({ rule }) => rule))).toEqual(new Set(['lock-order/sleep-in-atomic']));
  expect(compareFindings(base, head, [])).toEqual({ introduced: [], fixed: [] });
});
