import { expect, test } from 'vitest';
import { dumpBody, dumpFile } from './dump.ts';

test('#if 0 is dropped, with its defines and includes', () => {
  expect(dumpFile('#if 0\n#include "a.h"\n#define A 1\nint x = ;\n#else\nint y;\n#endif\n')).toBe(
    '(VariableDeclaration (Declarator y (Type int)))',
  );
});

test('what only assembly reads is dropped', () => {
  expect(dumpFile('#ifdef __ASSEMBLY__\n.macro x\n#else\nint y;\n#endif\n')).not.toContain('error');
});

test('at the top level both arms are read', () => {
  const tree = dumpFile('#ifdef A\nint f(void)\n{\n}\n#else\nint g(void)\n{\n}\n#endif\n');
  expect(tree).toContain('(Function f');
  expect(tree).toContain('(Function g');
});

test('around statements it is a branch on an unknown condition', () => {
  expect(dumpBody('#ifdef CONFIG_A\n\ta();\n#elif defined(B) && C > 3\n\tb();\n#else\n\tc();\n#endif')).toBe(
    '(PreprocessorIf (Identifier CONFIG_A) (ExpressionStatement (Call (Identifier a))) ' +
      '(PreprocessorIf (LogicalAnd (Identifier B) (Binary (Identifier C) (Number 3))) ' +
      '(ExpressionStatement (Call (Identifier b))) (ExpressionStatement (Call (Identifier c)))))',
  );
});

test('in an initializer both arms are read', () => {
  const tree = dumpFile('struct o x = {\n#ifdef A\n\t.a = f,\n#else\n\t.a = g\n#endif\n};\n');
  expect(tree).toContain('(Identifier f)');
  expect(tree).toContain('(Identifier g)');
  expect(tree).not.toContain('error');
});

/** Each splits something; the function must not be lost, and neither must what follows. */
const SPLITS: readonly (readonly [string, string])[] = [
  ['an expression', 'x = a +\n#ifdef A\n\tb +\n#endif\n\tc;'],
  ['an if header', '#ifdef A\n\tif (a)\n#else\n\tif (b)\n#endif\n\t\ty();'],
  ['an if with its brace', '#ifdef A\n\tif (a) {\n#else\n\tif (b) {\n#endif\n\t\ty();\n\t}'],
  ['a condition', 'if (a\n#ifdef A\n\t    && b\n#endif\n\t    )\n\t\ty();'],
  ['arguments', 'g(a,\n#ifdef A\n\t  b,\n#else\n\t  c,\n#endif\n\t  d);'],
  ['an else', '#ifdef A\n\tif (a)\n\t\tx();\n\telse\n#endif\n\t\ty();'],
  ['an else with its brace', 'if (a) {\n\t\tx();\n#ifdef A\n\t} else if (b) {\n\t\ty();\n#endif\n\t}'],
  ['a block opened and closed apart', '#ifdef A\n\tif (a) {\n#endif\n\t\tx();\n#ifdef A\n\t}\n#endif'],
  ['a block opened here or there', '#ifndef A\n\tif (a) {\n#else\n\t{\n#endif\n\t\tx();\n\t}'],
];

test.each(SPLITS)('splitting %s loses nothing', (_name, body) => {
  expect(dumpBody(`\t${body}\n\tlast();`)).toMatch(/\(ExpressionStatement \(Call \(Identifier last\)\)\)$/);
});

test('splitting a parameter list loses no function', () => {
  const tree = dumpFile(
    'int f(int a\n#ifdef A\n\t, int b\n#endif\n\t)\n{\n\treturn a;\n}\nint g(void)\n{\n}\n',
  );
  expect(tree).toContain('(Function f');
  expect(tree).toContain('(Function g');
  expect(tree).not.toContain('error');
});
