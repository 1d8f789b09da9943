/** A lookup that the callers test: of few folders that is a rule, of many each knows why it need not. */
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

const carefulUser = (n: number): string => `
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

/** What is said of a careless caller, where the careful ones are in so many folders. */
function confidence(folders: number): readonly string[] {
  const careful = Array.from(
    { length: 12 },
    (_, n) => [`drivers/d${n % folders}/user${n}.c`, carefulUser(n)] as const,
  );
  const files = {
    'drivers/base/node.c': LOOKUP,
    ...Object.fromEntries(careful),
    'drivers/d0/user.c': careless,
  };
  const program = memoryProgram(
    new Map(Object.entries(files).map(([file, text]) => [file, factsOf(`struct node;${text}`)])),
  );
  return nullDeref.audit(program, ['drivers/d0/user.c']).map((finding) => finding.confidence);
}

test('a lookup of few folders', () => {
  expect(confidence(1)).toEqual(['medium']);
  expect(confidence(3)).toEqual(['medium']);
});

test('a lookup of many', () => {
  expect(confidence(6)).toEqual(['low']);
});
