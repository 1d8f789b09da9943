/** Several drivers register works on members of one type: each waits for its own. */
import { expect, test } from 'vitest';
import { lockOrder } from '../../../src/checkers/lock-order/index.ts';
import { memoryProgram } from '../../../src/index/memory-program.ts';
import { factsOf } from '../../index/facts-of.ts';

const HEADER = `
struct phy { struct mutex lock; struct work_struct work; };
void work_a(struct work_struct *work);
void work_b(struct work_struct *work);
`;
const work = (name: string, lock: string): string => `
#include "phy.h"
void ${name}(struct work_struct *work)
{
	struct phy *phy = container_of(work, struct phy, work);
	${lock}
	phy->count++;
	${lock.replace('mutex_lock', 'mutex_unlock')}
}
void init_${name}(struct phy *phy)
{
	INIT_WORK(&phy->work, ${name});
}
`;
const STOP = `
#include "phy.h"
void stop(struct phy *phy)
{
	mutex_lock(&phy->lock);
	cancel_work_sync(&phy->work);
	mutex_unlock(&phy->lock);
}
`;
const LOCKS = 'mutex_lock(&phy->lock);';

/** \`file function\` of what is found. */
function found(files: Readonly<Record<string, string>>): string[] {
  const program = memoryProgram(
    new Map(Object.entries({ 'phy.h': HEADER, ...files }).map(([path, text]) => [path, factsOf(text)])),
  );
  return lockOrder
    .audit(program, Object.keys(files))
    .filter(({ rule }) => rule === 'lock-order/wait-under-lock')
    .map(({ path, function: name }) => `${path} ${name}`);
}

test('the one that a driver registers in a file beside', () => {
  const files = {
    'a/init.c': work('work_a', LOCKS),
    'a/stop.c': STOP,
    'b/init.c': work('work_b', ''),
    'b/stop.c': STOP,
  };
  expect(found(files)).toEqual(['a/stop.c stop']);
});

test('not one of several files of its folder', () => {
  const files = { 'a/one.c': work('work_a', LOCKS), 'a/two.c': work('work_b', LOCKS), 'a/stop.c': STOP };
  expect(found(files)).toEqual([]);
});
