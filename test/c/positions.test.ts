import { expect, test } from 'vitest';
import { Kind } from '../../src/c/ast.ts';
import { columnOfToken, lineOfToken, type ParsedFile, parse, textOfToken } from '../../src/c/parse.ts';

const placeOf = (file: ParsedFile, kind: number, name?: string): string => {
  for (let node = 1; node < file.count; node++) {
    if (file.kind[node] !== kind) continue;
    if (name !== undefined && file.names[file.name[node] as number] !== name) continue;
    const token = file.token[node] as number;
    return `${lineOfToken(file, token)}:${columnOfToken(file, token)}`;
  }
  return 'none';
};

test('a message about a call points at its name, one about -> at the operator', () => {
  const file = parse(Buffer.from('void f(void)\n{\n\tfoo(a->b);\n}\n'));
  expect(placeOf(file, Kind.Call)).toBe('3:2');
  expect(placeOf(file, Kind.Arrow)).toBe('3:7');
  expect(placeOf(file, Kind.Function, 'f')).toBe('1:6');
});

test('a call through a pointer is placed at the name of the field', () => {
  const file = parse(Buffer.from('void f(void)\n{\n\ta->ops->open(b);\n}\n'));
  expect(placeOf(file, Kind.Call)).toBe('3:10');
});

test('places are right after continued lines, comments and strings over lines', () => {
  const file = parse(
    Buffer.from('int a; \\\n  int b; /* x\n y */ int c;\nchar *s = "p\\\nq"; int d;\r\nint e;\n'),
  );
  expect(placeOf(file, Kind.Declarator, 'b')).toBe('2:7');
  expect(placeOf(file, Kind.Declarator, 'c')).toBe('3:11');
  expect(placeOf(file, Kind.Declarator, 'd')).toBe('5:9');
  expect(placeOf(file, Kind.Declarator, 'e')).toBe('6:5');
});

test('places inside a macro are those of its lines', () => {
  const file = parse(
    Buffer.from('#define lock(x) \\\n\tdo { \\\n\t\tfoo(x); \\\n\t} while (0)\n#define N 3\n'),
  );
  expect(placeOf(file, Kind.Call)).toBe('3:3');
  expect(placeOf(file, Kind.Define, 'lock')).toBe('1:9');
  expect(placeOf(file, Kind.Define, 'N')).toBe('5:9');
});

test('columns count bytes, also beyond what a packed position holds', () => {
  const file = parse(Buffer.from(`char *s = "ä"; int a;${' '.repeat(5000)}int b;`));
  expect(placeOf(file, Kind.Declarator, 'a')).toBe('1:21');
  expect(placeOf(file, Kind.Declarator, 'b')).toBe('1:5027');
});

test('the text of a token is found again', () => {
  const file = parse(Buffer.from('char *s = "a\\"b";\n'));
  for (let node = 1; node < file.count; node++) {
    if (file.kind[node] === Kind.String) {
      expect(textOfToken(file, file.token[node] as number)).toBe('"a\\"b"');
      return;
    }
  }
  expect.unreachable();
});
