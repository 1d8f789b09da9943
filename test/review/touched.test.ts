import { describe, expect, test } from 'vitest';
import type { Finding, Step } from '../../src/checkers/checker.ts';
import { parsePatch } from '../../src/git/patch.ts';
import { memoryProgram } from '../../src/index/memory-program.ts';
import { touchedBy, touchedFunctions } from '../../src/review/touched.ts';
import { factsOf } from '../index/facts-of.ts';

// Lines: 1-4 first(), 6-9 second(), 11 a macro.
const source = `int first(void)
{
	return 1;
}

int second(void)
{
	return 2;
}

#define LIMIT 3
`;
const program = memoryProgram(new Map([['a.c', factsOf(source)]]));

const patch = (line: number, before: string, after: string): string =>
  `--- a/a.c\n+++ b/a.c\n@@ -${line} +${line} @@\n-${before}\n+${after}\n`;
const diffOf = (text: string) => parsePatch(Buffer.from(text));
const inFirst = diffOf(patch(3, '\treturn 0;', '\treturn 1;'));
const inMacro = diffOf(patch(11, '#define LIMIT 2', '#define LIMIT 3'));

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
    expect(touchedBy(inFirst, 'new', program)(finding('a.c', 1))).toBe(true);
    expect(touchedBy(inFirst, 'old', program)(finding('a.c', 4))).toBe(true);
  });

  test('whose trace goes through such a function', () => {
    const step = { path: 'a.c', line: 3, function: 'first', text: '' };
    expect(touchedBy(inFirst, 'new', program)(finding('b.c', 70, [step]))).toBe(true);
  });

  test('not in another function of the file, and not in another file', () => {
    expect(touchedBy(inFirst, 'new', program)(finding('a.c', 8))).toBe(false);
    expect(touchedBy(inFirst, 'new', program)(finding('b.c', 3))).toBe(false);
  });

  test('anywhere in a file of which it touches what stands outside of functions', () => {
    expect(touchedBy(inMacro, 'new', program)(finding('a.c', 8))).toBe(true);
    expect(touchedBy(inMacro, 'new', program)(finding('b.c', 8))).toBe(false);
  });

  test('not by what means nothing there: an empty line, a comment, an include', () => {
    for (const line of ['', '/* A limit. */', ' * more of it', '#include <linux/limits.h>']) {
      const diff = diffOf(patch(10, '', line));
      expect(touchedBy(diff, 'new', program)(finding('a.c', 8))).toBe(false);
    }
  });

  test('in any changed file where a header changes', () => {
    const diff = diffOf(
      `${patch(3, '\treturn 0;', '\treturn 1;')}--- a/a.h\n+++ b/a.h\n@@ -1 +1 @@\n-int n;\n+int m;\n`,
    );
    expect(touchedBy(diff, 'new', program)(finding('a.c', 8))).toBe(true);
  });
});

describe('the functions that a change touches', () => {
  test('are those that its lines lie in', () => {
    expect(touchedFunctions(inFirst, 'new', program)).toEqual(['a.c first']);
  });

  test('are all of a file whose macros change', () => {
    expect(touchedFunctions(inMacro, 'new', program)).toEqual(['a.c first', 'a.c second']);
  });
});
