/** No input makes the parser crash, hang or recurse deeply, and an error costs one function. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Kind } from '../../src/c/ast.ts';
import { type ParsedFile, Parser, parse, parseFragment } from '../../src/c/parse.ts';

const parser = new Parser();
const N = 100_000;

const functionNames = (file: ParsedFile): string[] => {
  const found: string[] = [];
  for (let node = file.root; node !== 0; node = file.next[node] as number) {
    if (file.kind[node] === Kind.Function && file.b[node] !== 0)
      found.push(file.names[file.name[node] as number] ?? '');
  }
  return found;
};

/** Every link of the tree leads to an earlier-made node or forward through lists, and no list is a ring. */
const checkTree = (file: ParsedFile): void => {
  const isListed = new Uint8Array(file.count);
  for (let node = 1; node < file.count; node++) {
    const next = file.next[node] as number;
    if (next < 0 || next >= file.count || next === node) throw new Error(`node ${node} has next ${next}`);
    if (next !== 0) {
      if (isListed[next] === 1 && file.kind[next] !== Kind.Attribute)
        throw new Error(`node ${next} is in two lists`);
      isListed[next] = 1;
    }
    const token = file.token[node] as number;
    if (token < 0 || token >= file.tokens.count) throw new Error(`node ${node} has token ${token}`);
  }
};

const inFunction = (body: string): string => `int f(void) { ${body} }\nint last(void)\n{\n\treturn 1;\n}\n`;

const NESTED: readonly (readonly [string, string])[] = [
  ['parentheses', inFunction(`x = ${'('.repeat(N)}a${')'.repeat(N)};`)],
  ['braces', inFunction('{'.repeat(N) + '}'.repeat(N))],
  ['calls', inFunction(`${'f('.repeat(N)}${')'.repeat(N)};`)],
  ['statement expressions', inFunction(`x = ${'({'.repeat(N)}1;${'})'.repeat(N)};`)],
  ['ifs', inFunction(`${'if (a) '.repeat(N)};`)],
  ['else-ifs', inFunction(`${'if (a) ; else '.repeat(N)};`)],
  ['unary operators', inFunction(`x = ${'!'.repeat(N)}a;`)],
  ['binary operators', inFunction(`x = a${' + a'.repeat(N)};`)],
  ['conditional operators', inFunction(`x = ${'a ? b : '.repeat(N)}c;`)],
  ['casts', inFunction(`x = ${'(u32)'.repeat(N)}c;`)],
  ['members', inFunction(`x = a${'->b'.repeat(N)};`)],
  ['unfit arguments', inFunction(`${'g(a b '.repeat(N)}${')'.repeat(N)};`)],
  ['asm operands', inFunction(`${'asm("" : "=r" ('.repeat(N)}${'))'.repeat(N)};`)],
  ['conditionals', inFunction(`\n${'#if A\nx();\n'.repeat(N)}${'#endif\n'.repeat(N)}`)],
];

test.each(NESTED)('many %s', { timeout: 60_000 }, (_name, source) => {
  const file = parse(Buffer.from(source), parser);
  expect(functionNames(file)).toContain('last');
  checkTree(file);
  checkTree(parseFragment(Buffer.from(source), parser));
  checkTree(parse(Buffer.from(source).subarray(0, source.length >> 1), parser));
  checkTree(parseFragment(Buffer.from(source).subarray(0, source.length >> 1), parser));
});

const FLAT: readonly (readonly [string, Buffer])[] = [
  ['nothing', Buffer.alloc(0)],
  ['NUL bytes', Buffer.alloc(1 << 20)],
  ['invalid UTF-8', Buffer.alloc(1 << 20, 0xff)],
  ['comments that do not end', Buffer.from('/*'.repeat(N))],
  ['strings that do not end', Buffer.from('"\\\n'.repeat(N))],
  ['one line', Buffer.alloc(1 << 20, 'x y ')],
  ['type words', Buffer.from('unsigned '.repeat(N))],
  ['closing braces', Buffer.from('})'.repeat(N))],
  ['brackets that cross', Buffer.from('({['.repeat(N) + ')}]'.repeat(N))],
  ['braces in the first column', Buffer.from('{(\n}'.repeat(N))],
  ['#else without #if', Buffer.from('#else\n#endif\n'.repeat(N))],
  ['pasted names', Buffer.from(`#define A(x) x${'##x'.repeat(N)}\n`)],
  ['#if with parentheses', Buffer.from(`#if ${'('.repeat(N)}\nint x;\n#endif\n`)],
  ['nested structs', Buffer.from('struct {'.repeat(N))],
  ['nested declarators', Buffer.from(`int ${'(*'.repeat(N)}f${')(void)'.repeat(N)};`)],
  ['nested parameters', Buffer.from(`int f(${'int (*a)('.repeat(N)}`)],
  ['nested initializers', Buffer.from(`int a = ${'{'.repeat(N)}`)],
  ['nested typeof', Buffer.from('typeof('.repeat(N))],
  [
    '50 MB of code',
    Buffer.alloc(50 << 20, 'int f(struct a *x)\n{\n\tif (x->b)\n\t\treturn g(x);\n\treturn 0;\n}\n'),
  ],
];

test.each(FLAT)('%s', { timeout: 120_000 }, (_name, bytes) => {
  checkTree(parse(bytes, parser));
  if (bytes.length < 1 << 24) checkTree(parseFragment(bytes, parser));
});

test('the last line needs no newline', () => {
  expect(functionNames(parse(Buffer.from('int f(void) { return 1; }')))).toEqual(['f']);
});

const WORDS =
  'int u32 foo_t struct union enum typedef static const x y foo 1 0x2 "s" \'c\' ( ) [ ] { } ; , : ? . -> ... ++ -- ! ~ + - * / & && | || = == += < << #if\n #else\n #endif\n #ifdef\u0020A\n #define\u0020A( \n if else while do for switch case default goto break return asm sizeof typeof _Generic __attribute__ ({ }) __free list_for_each guard L'.split(
    ' ',
  );

test('soups of tokens', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...WORDS), { maxLength: 200 }), (words) => {
      const bytes = Buffer.from(words.join(' '));
      checkTree(parse(bytes, parser));
      checkTree(parseFragment(bytes, parser));
    }),
    { numRuns: 2000 },
  );
});

test('bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      checkTree(parse(bytes, parser));
      checkTree(parseFragment(bytes, parser));
    }),
  );
});

test('a parser that has read anything else gives the same tree', () => {
  const source = Buffer.from('#define A(x) x\nint f(struct a *p)\n{\n#ifdef B\n\treturn p->q;\n#endif\n}\n');
  const fresh = parse(source);
  const kinds = Array.from(fresh.kind.subarray(0, fresh.count));
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...WORDS), { maxLength: 50 }), (words) => {
      parseFragment(Buffer.from(words.join(' ')), parser);
      const again = parse(source, parser);
      expect(Array.from(again.kind.subarray(0, again.count))).toEqual(kinds);
    }),
    { numRuns: 200 },
  );
});

const tree = process.env.ADJUTANT_KERNEL_TREE ?? '';
const folder = join(tree, 'mm');

test.runIf(tree !== '' && existsSync(folder))('mutations of real files', { timeout: 300_000 }, () => {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.c'))
    .map((name) => readFileSync(join(folder, name)));
  fc.assert(
    fc.property(
      fc.constantFrom(...files),
      fc.array(
        fc.record({
          at: fc.double({ min: 0, max: 1, noNaN: true }),
          cut: fc.nat(30),
          put: fc.constantFrom(...WORDS),
        }),
        {
          minLength: 1,
          maxLength: 20,
        },
      ),
      (content, changes) => {
        let text = content.toString('latin1');
        for (const { at, cut, put } of changes) {
          const place = Math.floor(at * text.length);
          text = text.slice(0, place) + put + text.slice(place + cut);
        }
        checkTree(parse(Buffer.from(text, 'latin1'), parser));
        checkTree(parseFragment(Buffer.from(text, 'latin1'), parser));
      },
    ),
    { numRuns: 300 },
  );
});
