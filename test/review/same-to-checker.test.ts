/** Changes that are none to a checker: it does not audit what is around the function then. */
import { expect, test } from 'vitest';
import type { ChangeScope } from '../../src/checkers/checker.ts';
import { lockOrder } from '../../src/checkers/lock-order/index.ts';
import { nullDeref } from '../../src/checkers/null-deref/index.ts';
import { effectsOf } from '../../src/effects/effects.ts';
import { mayBeNull } from '../../src/effects/values.ts';
import type { Program } from '../../src/index/program.ts';
import { affectedPaths } from '../../src/review/affected.ts';
import { scopesOf } from '../../src/review/scope.ts';
import { touchedFunctions, withOtherMeaning } from '../../src/review/touched.ts';
import { withIndexedChange } from './indexed-change.ts';

const TEXT = `
struct dev { struct mutex a; struct mutex b; int size; int kind; void (*done)(struct dev *); };
void finish(struct dev *d);
static int count_of(struct dev *d)
{
	return d ? d->size : 0;
}
static int work(struct dev *d, int wait)
{
	int ret = 0;

	if (!d)
		return -22;
	mutex_lock(&d->a);
	if (d->size > 4) {
		ret = -12;
		goto out;
	}
	d->size = count_of(d);
	finish(d);
out:
	mutex_unlock(&d->a);
	pr_debug("done");
	return ret;
}
int start(struct dev *d)
{
	return work(d, 1);
}
`;

/** Asks for the scope of a change of the text, to a checker, in its head. */
const inScope = <T>(
  checker: typeof lockOrder,
  before: string,
  after: string,
  ask: (scope: ChangeScope, head: Program) => T,
): Promise<T> =>
  withIndexedChange(TEXT, before, after, ({ diff }, sides) => {
    const otherMeaning = withOtherMeaning(diff, sides);
    const touched = touchedFunctions(diff, sides, otherMeaning);
    const scopes = scopesOf({
      sides,
      paths: affectedPaths(diff),
      touched,
      otherMeaning,
      reworked: new Set(),
    });
    if (sides.head === undefined) throw new Error('the test is wrong');
    return ask(scopes(checker)(sides.head), sides.head);
  });

/** The functions that a change of the text touches. */
const touchedFor = (checker: typeof lockOrder, before: string, after: string): Promise<string[]> =>
  inScope(checker, before, after, ({ touched }) => touched.map(({ name }) => name));

/** The functions that a change of the text makes it come to in another way. */
const belowFor = (before: string, after: string): Promise<string[]> =>
  inScope(lockOrder, before, after, (scope, head) =>
    head
      .definitions('drivers/dev.c')
      .filter((ref) => scope.isBelowTouched(ref))
      .map(({ name }) => name),
  );

test.each([
  ['a test', '	if (d->size > 4) {', '	if (d->size > 4 || d->kind == 2) {'],
  ['what is printed', 'pr_debug("done")', 'pr_info("done: %d", ret)'],
  ['an error', 'ret = -12', 'ret = -16'],
  ['a number in an object', 'd->size = count_of(d)', 'd->size = count_of(d) + 1'],
  ['a comment', '	finish(d);', '	/* It is. */\n	finish(d);'],
])('%s is nothing to lock-order', async (_, before, after) => {
  expect(await touchedFor(lockOrder, before, after)).toEqual([]);
  expect(await touchedFor(nullDeref, before, after)).toEqual(['work']);
});

test.each([
  ['a call', '	finish(d);', '	restart(d);\n	finish(d);'],
  [
    'what is held at a call',
    '	mutex_lock(&d->a);\n	if',
    '	mutex_lock(&d->a);\n	mutex_lock(&d->b);\n	if',
  ],
  ['the lock', '	mutex_unlock(&d->a);\n	pr', '	mutex_unlock(&d->b);\n	pr'],
  ['a condition that callers decide', '	finish(d);', '	if (wait)\n		finish(d);'],
  ['a function that is stored', '	finish(d);', '	d->done = finish;\n	finish(d);'],
  ['a kind that is stored', '	finish(d);', '	d->kind = 1;\n	finish(d);'],
  [
    'the order of two calls',
    '	d->size = count_of(d);\n	finish(d);',
    '	finish(d);\n	d->size = count_of(d);',
  ],
  ['a way out with the lock', '		goto out;', '		return ret;'],
])('%s is something to lock-order', async (_, before, after) => {
  expect(await touchedFor(lockOrder, before, after)).toEqual(['work']);
});

test.each([
  ['another call is made', '	finish(d);', '	restart(d);\n	finish(d);'],
  ['a lock is taken behind it', '	finish(d);', '	mutex_lock(&d->b);\n	finish(d);\n	mutex_unlock(&d->b);'],
  ['a way out leaves the lock held', '		goto out;', '		return ret;'],
])('what a function calls as before is not below it where %s', async (_, before, after) => {
  expect(await belowFor(before, after)).toEqual(['work']);
});

test.each([
  ['more is held', '	mutex_lock(&d->a);\n	if', '	mutex_lock(&d->a);\n	mutex_lock(&d->b);\n	if'],
  ['it is called twice', '	finish(d);', '	count_of(NULL);\n	finish(d);'],
  ['a parameter decides', '	d->size = count_of(d);', '	if (wait)\n		d->size = count_of(d);'],
  ['it is handed on', '	finish(d);', '	finish_with(d, count_of);\n	finish(d);'],
  ['it is stored', '	finish(d);', '	d->done = (void *)count_of;\n	finish(d);'],
])('what a function calls is below it where %s', async (_, before, after) => {
  expect(await belowFor(before, after)).toEqual(['count_of', 'work']);
});

test('a function that does the same for its callers is known by that, also where it tests its parameters', async () => {
  const same = await withIndexedChange(TEXT, 'd->size : 0', 'd->size + 1 : 0', (_, { sameForCallers }) =>
    sameForCallers?.map(({ name }) => name),
  );
  expect(same).toEqual(['count_of']);
});

test('a function of the file is worked on anew where a touched one is called below it in another file', async () => {
  const text = `
struct port { int speed; };
struct dev { struct port own; int on; };
struct port *dev_get(struct dev *d)
{
	return &d->own;
}
struct port *dev_port(struct dev *d)
{
	return mid_get(d);
}
struct port *dev_other(struct dev *d)
{
	return &d->own;
}
int dev_uses(struct dev *d)
{
	return dev_port(d)->speed + dev_other(d)->speed;
}
`;
  const results = await withIndexedChange(
    text,
    '{\n	return &d->own;',
    '{\n	if (!d->on)\n		return NULL;\n	return &d->own;',
    (_, { base, head }) =>
      [base, head].map((program) =>
        (program?.definitions('drivers/dev.c') ?? []).map((ref) =>
          mayBeNull(effectsOf(program as Program).summary(ref).result),
        ),
      ),
    { 'drivers/mid.c': 'struct port *mid_get(struct dev *d)\n{\n	return dev_get(d);\n}\n' },
  );
  expect(results).toEqual([
    [false, false, false, false],
    [true, true, false, false],
  ]);
});
