/** Of a function that returns NULL in several places, the one that a finding names. */
import { expect, test } from 'vitest';
import { nullDeref } from '../../../src/checkers/null-deref/index.ts';
import { memoryProgram } from '../../../src/index/memory-program.ts';
import { factsOf } from '../../index/facts-of.ts';

const START = `struct control { int id; };
void *kzalloc(unsigned long n, int flags);
`;

const USERS = `
int first(int id) { struct control *c = make(id); return c ? c->id : 0; }
int second(int id) { struct control *c = make(id); return c ? c->id : 1; }
int third(int id) { struct control *c = make(id); return c ? c->id : 2; }
int careless(void) { return make(1)->id; }
`;

/** Source of what the finding on careless() says, and the line of its step in the callee. */
function said(maker: string): { message: string; line: number | undefined } {
  const program = memoryProgram(new Map([['x.c', factsOf(`${START}${maker}${USERS}`)]]));
  const found = nullDeref.audit(program, ['x.c']).find((finding) => finding.function === 'careless');
  return {
    message: found?.message.match(/make\(\) returns NULL at (.*?);/)?.[1] ?? '',
    line: found?.trace.find((step) => step.function === 'make')?.line,
  };
}

test('where an allocation fails, not where the argument is refused', () => {
  const maker = `struct control *make(int id)
{
	struct control *c;

	if (id < 0)
		return NULL;
	c = kzalloc(sizeof(*c), 0);
	if (!c)
		return NULL;
	c->id = id;
	return c;
}
`;
  expect(said(maker)).toEqual({ message: 'x.c:11', line: 11 });
});

test('where what allocates below it tells of that by a code', () => {
  const maker = `static int make_at(struct control **at)
{
	*at = kzalloc(sizeof(**at), 0);
	return *at ? 0 : -12;
}
struct control *make(int id)
{
	struct control *c;
	int err;

	if (id < 0)
		return NULL;
	err = make_at(&c);
	if (err < 0)
		return NULL;
	return c;
}
`;
  expect(said(maker)).toEqual({ message: 'x.c:17', line: 17 });
});

test('where what allocates is passed on', () => {
  const maker = `static struct control *make_any(int id)
{
	struct control *c = kzalloc(sizeof(*c), 0);

	if (!c)
		return NULL;
	c->id = id;
	return c;
}
struct control *make(int id)
{
	if (id < 0)
		return NULL;
	return make_any(id);
}
`;
  expect(said(maker)).toEqual({ message: 'x.c:16, passing on make_any()', line: 16 });
});

test('the only one, where nothing is allocated', () => {
  const maker = `struct control *make(int id)
{
	if (id < 0)
		return NULL;
	return &controls[id];
}
`;
  expect(said(maker)).toEqual({ message: 'x.c:6', line: 6 });
});
