import { expect, test } from 'vitest';
import { suggestTest } from '../../src/review/suggest-test.ts';

const lines = (text: string): string[] => text.split('\n');

const simple = `int probe(struct device *dev)
{
	struct port *p;

	p = kzalloc(sizeof(*p), GFP_KERNEL);
	p->dev = dev;
	return 0;
}`;

test('a test behind the allocation, with the error of its kind', () => {
  expect(suggestTest('a.c', lines(simple), { pointer: 'p', line: 5, returns: 'int' })).toEqual({
    path: 'a.c',
    startLine: 5,
    endLine: 5,
    lines: ['\tp = kzalloc(sizeof(*p), GFP_KERNEL);', '\tif (!p)', '\t\treturn -ENOMEM;'],
  });
});

test.each([
  ['void', 'return;'],
  ['struct port *', 'return NULL;'],
])('a function that returns %s', (returns, failure) => {
  const suggestion = suggestTest('a.c', lines(simple), { pointer: 'p', line: 5, returns });
  expect(suggestion?.lines.at(-1)).toBe(`\t\t${failure}`);
});

test('a statement over several lines is kept whole', () => {
  const text = simple.replace('kzalloc(sizeof(*p), GFP_KERNEL)', 'kzalloc(sizeof(*p),\n\t\t    GFP_KERNEL)');
  const suggestion = suggestTest('a.c', lines(text), { pointer: 'p', line: 5, returns: 'int' });
  expect(suggestion).toMatchObject({ startLine: 5, endLine: 6 });
  expect(suggestion?.lines).toHaveLength(4);
});

test.each([
  ['something is to be undone', simple.replace('\tp = ', '\tif (setup(dev))\n\t\tgoto out;\n\tp = '), 7],
  ['a lock is held', simple.replace('\tp = ', '\tmutex_lock(&dev->mutex);\n\tp = '), 6],
  ['something was allocated before', simple.replace('\tp = ', '\tq = kmalloc(8, GFP_KERNEL);\n\tp = '), 6],
  ['a condition governs it without braces', simple.replace('\tp = ', '\tif (dev)\n\t\tp = '), 6],
  ['it is no plain assignment', simple.replace('p = kzalloc', 'use(kzalloc'), 5],
  ['the type says nothing of errors', simple, 5],
])('no suggestion where %s', (_, text, line) => {
  const returns = text === simple ? 'size_t' : 'int';
  expect(suggestTest('a.c', lines(text), { pointer: 'p', line, returns })).toBeUndefined();
});
