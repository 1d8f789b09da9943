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

/** What is said of a helper that takes the data of a device out of its driver's table, for drivers in so many folders. */
function ofHelper(folders: number): readonly string[] {
  const helper = `
struct spi_device_id { int data; };
struct spi_device { struct spi_device_id *ids; int name; };
struct spi_device_id *spi_get_device_id(struct spi_device *spi)
{
	struct spi_device_id *id;

	for (id = spi->ids; id->data; id++)
		if (id->data == spi->name)
			return id;
	return NULL;
}
int match_data(struct spi_device *spi)
{
	return spi_get_device_id(spi)->data;
}
`;
  const drivers = Array.from(
    { length: folders },
    (_, n) =>
      [
        `drivers/d${n}/driver.c`,
        `int probe_${n}(struct spi_device *spi) { return match_data(spi); }`,
      ] as const,
  );
  const files = { 'drivers/spi/core.c': helper, ...Object.fromEntries(drivers) };
  const program = memoryProgram(new Map(Object.entries(files).map(([file, text]) => [file, factsOf(text)])));
  return nullDeref.audit(program, ['drivers/spi/core.c']).map((finding) => finding.confidence);
}

test('a helper of one kind of drivers knows how their devices are matched, one of all kinds does not', () => {
  expect(ofHelper(2)).toEqual(['low']);
  expect(ofHelper(6)).toEqual(['medium']);
});
