/** A lookup that the callers test: within a folder that is a rule, between subsystems each knows why it need not. */
import { expect, test } from 'vitest';
import { nullDeref } from '../../../src/checkers/null-deref/index.ts';
import { memoryProgram } from '../../../src/index/memory-program.ts';
import { factsOf } from '../../index/facts-of.ts';

const LOOKUP = `
struct node { int id; int size; struct node *next; };
struct node *node_of(struct node *first, int id)
{
	struct node *n;

	for (n = first; n; n = n->next)
		if (n->id == id)
			return n;
	return NULL;
}
`;

const careful = (n: number): string => `
int careful_${n}(struct node *first, int id)
{
	struct node *n = node_of(first, id);

	return n ? n->size + ${n} : 0;
}
`;

const careless = `
int careless(struct node *first, int id)
{
	return node_of(first, id)->size;
}
`;

function confidence(path: string): readonly string[] {
  const others = Array.from({ length: 12 }, (_, n) => careful(n)).join('');
  const files = { 'drivers/base/node.c': LOOKUP, 'drivers/net/users.c': others, [path]: careless };
  const program = memoryProgram(
    new Map(Object.entries(files).map(([file, text]) => [file, factsOf(`struct node;${text}`)])),
  );
  return nullDeref.audit(program, [path]).map((finding) => `${finding.function} ${finding.confidence}`);
}

test('beside the lookup, or below', () => {
  expect(confidence('drivers/base/user.c')).toEqual(['careless medium']);
  expect(confidence('drivers/base/power/user.c')).toEqual(['careless medium']);
});

test('in another subsystem', () => {
  expect(confidence('net/user.c')).toEqual(['careless low']);
});
