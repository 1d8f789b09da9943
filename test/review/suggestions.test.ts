import { expect, test } from 'vitest';
import type { Finding } from '../../src/checkers/checker.ts';
import type { SourceTree } from '../../src/git/change.ts';
import { withSuggestions } from '../../src/review/suggestions.ts';

const finding: Finding = {
  checker: 'null-deref',
  rule: 'null-deref/unchecked-alloc',
  severity: 'error',
  confidence: 'high',
  path: 'a.c',
  line: 4,
  endLine: 4,
  function: 'f',
  message: 'p is dereferenced',
  explanation: '',
  fingerprint: '1',
  trace: [],
};
const missingTest = { pointer: 'p', line: 3, returns: 'int' };
const reword = { line: 1, words: ['inline'], by: '__always_inline' };
const text = 'static inline int f(void)\n{\n\tp = kmalloc(8, GFP_KERNEL);\n\treturn *p;\n}\n';

/** A tree of one file that counts how often it is read. */
function oneFile(): { tree: SourceTree; reads: string[][] } {
  const reads: string[][] = [];
  const tree = {
    read: async (paths: readonly string[]) => {
      reads.push([...paths]);
      return new Map(paths.map((path) => [path, Buffer.from(text)]));
    },
  } as unknown as SourceTree;
  return { tree, reads };
}

test('a missing test and a wrong word become lines, from one reading of the file', async () => {
  const { tree, reads } = oneFile();
  const found = await withSuggestions(
    [
      { ...finding, missingTest },
      { ...finding, reword },
    ],
    tree,
    [],
  );
  expect(found.map(({ suggestion }) => suggestion?.lines)).toEqual([
    ['\tp = kmalloc(8, GFP_KERNEL);', '\tif (!p)', '\t\treturn -ENOMEM;'],
    ['static __always_inline int f(void)'],
  ]);
  expect(reads).toEqual([['a.c']]);
});

test('a report has nothing of what a suggestion is made of, whether one was made or not', async () => {
  const { tree } = oneFile();
  const wanting = [
    { ...finding, missingTest },
    { ...finding, missingTest: { ...missingTest, line: 1 } },
  ];
  for (const reported of [
    ...(await withSuggestions(wanting, tree, [])),
    ...(await withSuggestions(wanting, undefined, [])),
  ])
    expect(reported).not.toHaveProperty('missingTest');
});

test('nothing is read where nobody wants a suggestion', async () => {
  const { tree, reads } = oneFile();
  expect(await withSuggestions([finding], tree, [])).toEqual([finding]);
  expect(reads).toEqual([]);
});
