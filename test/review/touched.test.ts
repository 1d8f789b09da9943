import { describe, expect, test } from 'vitest';
import type { Finding, Step } from '../../src/checkers/checker.ts';
import { parsePatch } from '../../src/git/patch.ts';
import { memoryProgram } from '../../src/index/memory-program.ts';
import { touchedBy, touchedFunctions } from '../../src/review/touched.ts';
import { factsOf } from '../index/facts-of.ts';

// Lines: 1-4 first(), 6-9 second(), 11 and 12 macros.
const source = `int first(void)
{
	return 1;
}

int second(void)
{
	return TWICE;
}

#define LIMIT 3
#define TWICE (2 * LIMIT)
`;
const program = memoryProgram(new Map([['a.c', factsOf(source)]]));

const patch = (line: number, before: string, after: string): string =>
  `--- a/a.c\n+++ b/a.c\n@@ -${line} +${line} @@\n-${before}\n+${after}\n`;
const diffOf = (text: string) => parsePatch(Buffer.from(text));
const inFirst = diffOf(patch(3, '\treturn 0;', '\treturn 1;'));
const inMacro = diffOf(patch(11, '#define LIMIT 2', '#define LIMIT 3'));

const touches = (diff: ReturnType<typeof diffOf>, side: 'old' | 'new') => {
  const functions = touchedFunctions(diff, { base: program, head: program });
  return touchedBy(diff, side, program, functions);
};

const finding = (path: string, line: number, trace: readonly Step[] = []): Finding => ({
  checker: 'c',
  rule: 'c/r',
  severity: 'error',
  confidence: 'high',
  path,
  line,
  endLine: line,
  function: 'f',
  message: '',
  explanation: '',
  fingerprint: '',
  trace,
});

describe('a change has to do with a finding', () => {
  test('in a function that it touches, wherever in it', () => {
    expect(touches(inFirst, 'new')(finding('a.c', 1))).toBe(true);
    expect(touches(inFirst, 'old')(finding('a.c', 4))).toBe(true);
  });

  test('whose trace goes through such a function', () => {
    const step = { path: 'a.c', line: 3, function: 'first', text: '' };
    expect(touches(inFirst, 'new')(finding('b.c', 70, [step]))).toBe(true);
  });

  test('not in another function of the file, and not in another file', () => {
    expect(touches(inFirst, 'new')(finding('a.c', 8))).toBe(false);
    expect(touches(inFirst, 'new')(finding('b.c', 3))).toBe(false);
  });

  test('in a function that uses a macro that it changes, and no other', () => {
    expect(touches(inMacro, 'new')(finding('a.c', 8))).toBe(true);
    expect(touches(inMacro, 'new')(finding('a.c', 3))).toBe(false);
    expect(touches(inMacro, 'new')(finding('b.c', 8))).toBe(false);
  });

  test('not by what means nothing there: an empty line, a comment, an include', () => {
    for (const line of ['', '/* A limit. */', ' * more of it', '#include <linux/limits.h>']) {
      const diff = diffOf(patch(10, '', line));
      expect(touches(diff, 'new')(finding('a.c', 8))).toBe(false);
    }
  });

  test('anywhere in a file of which it changes what is compiled', () => {
    const diff = diffOf(patch(10, '', '#ifdef CONFIG_SECOND'));
    expect(touches(diff, 'new')(finding('a.c', 3))).toBe(true);
    expect(touches(diff, 'new')(finding('b.c', 3))).toBe(false);
  });
});

describe('the functions that a change touches', () => {
  const functions = (diff: ReturnType<typeof diffOf>) => [...touchedFunctions(diff, { head: program })];

  test('are those that its lines lie in', () => {
    expect(functions(inFirst)).toEqual(['a.c first']);
  });

  test('are those that use a macro that changes, through another', () => {
    expect(functions(inMacro)).toEqual(['a.c second']);
  });

  /** What a change of one line of a file, and of a header beside it, touches. */
  const touchedIn = (file: string, header: string, line: string): string[] => {
    const headed = memoryProgram(
      new Map([
        ['b.c', factsOf(file)],
        ['b.h', factsOf(header)],
      ]),
    );
    const [path, text] = file.includes(line) ? ['b.c', file] : ['b.h', header];
    const at = text.split('\n').indexOf(line) + 1;
    const other = path === 'b.c' ? 'b.h' : 'b.c';
    const diff = diffOf(
      `--- a/${path}\n+++ b/${path}\n@@ -${at} +${at} @@\n-x\n+${line}\n--- a/${other}\n+++ b/${other}\n@@ -1 +1 @@\n-/* */\n+/**/\n`,
    );
    return [...touchedFunctions(diff, { head: headed })];
  };
  const header =
    '/**/\nstruct ops { int (*open)(void); };\nstruct b {\n\tint level;\n\tint other;\n};\ntypedef int level_t;';
  const file = `/**/
#include "b.h"
static int level(struct b *b) { return b->level; }
static int other(struct b *b) { return b->other; }
static const int limits[] = {
	1,
};
static int limit(void) { return limits[0]; }
static int opened(void) { return 1; }
static const struct ops ops = {
	.open = opened,
};
static int call(struct ops *o) { return o->open(); }
`;

  test('are those that use a field that changes in a header', () => {
    expect(touchedIn(file, header, '\tint level;')).toEqual(['b.c level']);
  });

  test('are those that use a table of which a line changes', () => {
    expect(touchedIn(file, header, '\t1,')).toEqual(['b.c limit']);
  });

  test('are an operation that a table gets, and who calls it', () => {
    expect(touchedIn(file, header, '\t.open = opened,')).toEqual(['b.c opened', 'b.c call']);
  });

  test('are all where a type changes', () => {
    expect(touchedIn(file, header, 'typedef int level_t;')).toHaveLength(5);
  });
});

test('macros in layers, of which each uses all of the layer below, are each gone to once', () => {
  const layers = Array.from({ length: 14 }, (_, layer) =>
    Array.from({ length: 14 }, (_, n) => `M${layer}_${n}`),
  );
  const lines = layers.flatMap((layer, n) =>
    layer.map((name) => `#define ${name} (${n === 0 ? 'LEAST' : layers[n - 1]?.join(' + ')})`),
  );
  const text = ['#define LEAST 2', ...lines, 'int top(void) { return M13_0; }', ''].join('\n');
  const head = memoryProgram(new Map([['a.c', factsOf(text)]]));
  const diff = diffOf(patch(1, '#define LEAST 1', '#define LEAST 2'));
  expect([...touchedFunctions(diff, { head })]).toEqual(['a.c top']);
});
