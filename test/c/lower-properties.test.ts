import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Expr, type Flow, Op } from '../../src/c/flow.ts';
import { parse } from '../../src/c/parse.ts';
import { decodeFacts } from '../../src/index/decode.ts';
import { Encoder } from '../../src/index/encode.ts';
import { Extractor } from '../../src/index/extract.ts';
import { printFlow } from './print-flow.ts';

const name = fc.constantFrom('p', 'q', 'i', 'g', 'NULL', 'x');

const expression = fc.letrec<{ e: string }>((tie) => ({
  e: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    name,
    fc.nat(300).map(String),
    tie('e').map((a) => `(${a})->f`),
    tie('e').map((a) => `(${a}).f`),
    tie('e').map((a) => `*(${a})`),
    tie('e').map((a) => `&(${a})->f`),
    tie('e').map((a) => `!(${a})`),
    fc.tuple(tie('e'), tie('e')).map(([a, b]) => `(${a})[${b}]`),
    fc
      .tuple(tie('e'), fc.constantFrom('&&', '||', '+', '==', ','), tie('e'))
      .map(([a, o, b]) => `(${a} ${o} ${b})`),
    fc.tuple(tie('e'), tie('e'), tie('e')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.tuple(tie('e'), tie('e')).map(([a, b]) => `call(${a}, ${b})`),
    fc.tuple(name, tie('e')).map(([a, b]) => `(${a} = ${b})`),
    tie('e').map((a) => `({ int t = ${a}; t; })`),
    name.map((a) => `${a}++`),
  ),
})).e;

const statement = fc.letrec<{ s: string }>((tie) => ({
  s: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    expression.map((e) => `${e};`),
    fc.constantFrom('break;', 'continue;', 'goto out;', 'goto in;', 'return;', ';'),
    expression.map((e) => `return ${e};`),
    expression.map((e) => `void *t __free(kfree) = ${e};`),
    expression.map((e) => `guard(mutex)(&(${e})->lock);`),
    fc.tuple(expression, tie('s'), tie('s')).map(([e, a, b]) => `if (${e}) { ${a} } else { ${b} }`),
    fc.tuple(expression, tie('s')).map(([e, a]) => `while (${e}) { ${a} }`),
    fc.tuple(expression, tie('s')).map(([e, a]) => `do { ${a} } while (${e});`),
    fc.tuple(expression, expression, tie('s')).map(([a, b, s]) => `for (int k = ${a}; k; ${b}) { ${s} }`),
    fc
      .tuple(expression, tie('s'), tie('s'))
      .map(([e, a, b]) => `switch (${e}) { case 1: { ${a} } case 2 ... 5: { ${b} } default: ; }`),
    fc.tuple(expression, tie('s')).map(([e, a]) => `for_each_x(p, ${e}) { ${a} }`),
    fc.tuple(tie('s'), tie('s')).map(([a, b]) => `{ ${a} ${b} }`),
    tie('s').map((a) => `\n#ifdef CONFIG_A\n${a}\n#endif\n`),
  ),
})).s;

/** Throws where a flow is not what flow.ts says that flows are. */
function check(flow: Flow): void {
  const count = flow.ops.length / 4;
  const successors: number[][] = [];
  for (let block = 0; block < flow.blocks.length; block++) {
    const first = flow.blocks[block] as number;
    const end = flow.blocks[block + 1] ?? count;
    expect(end).toBeGreaterThan(first);
    for (let i = first; i < end; i++) {
      expect((flow.ops[i * 4] as number) >= Op.Jump, `instruction ${i} of ${first} to ${end}`).toBe(
        i === end - 1,
      );
    }
    successors.push(successorsOf(flow, end - 1));
  }
  for (const target of successors.flat()) expect(target).toBeLessThan(flow.blocks.length);
  for (let e = 1; e < flow.exprOp.length; e++) {
    const isNested = [Expr.Field, Expr.Arrow, Expr.Deref, Expr.Address].some((op) => op === flow.exprOp[e]);
    if (isNested) expect(flow.exprA[e]).toBeLessThan(e);
  }
  checkScopes(flow, successors);
}

function successorsOf(flow: Flow, i: number): number[] {
  const x = flow.ops[i * 4 + 1] as number;
  switch (flow.ops[i * 4]) {
    case Op.Jump:
      return [x];
    case Op.Branch:
      return [flow.branches[x * 3 + 1] as number, flow.branches[x * 3 + 2] as number];
    case Op.Switch: {
      const table = flow.switches[x];
      return table ? [...table.cases.filter((_, at) => at % 3 === 2), table.otherwise] : [];
    }
    default:
      return [];
  }
}

/** On every way to a block the same scopes are open, the innermost is left first, and none is open at the end. */
function checkScopes(flow: Flow, successors: readonly number[][]): void {
  const open = new Map<number, readonly number[]>([[0, []]]);
  const work = [0];
  for (const block of work) {
    const stack = [...(open.get(block) ?? [])];
    const end = flow.blocks[block + 1] ?? flow.ops.length / 4;
    for (let i = flow.blocks[block] as number; i < end; i++) {
      const op = flow.ops[i * 4];
      const x = flow.ops[i * 4 + 1] as number;
      if (op === Op.EnterScope) stack.push(x);
      if (op === Op.ExitScope) expect(stack.pop()).toBe(x);
      if (op === Op.Return || op === Op.End) expect(stack).toEqual([]);
    }
    for (const next of successors[block] ?? []) {
      if (open.has(next)) continue;
      open.set(next, stack);
      work.push(next);
    }
  }
}

const functionOf = (body: string): string =>
  `void f(struct s *p, struct s *q, int i)\n{\nin: ;\n{\n${body}\n}\nout: return;\n}\n`;

describe('any function', () => {
  it('lowers to well-formed blocks with balanced scopes', () => {
    const extractor = new Extractor();
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 5 }), (statements) => {
        const facts = extractor.extract(parse(Buffer.from(functionOf(statements.join('\n')))));
        expect(facts.errors).toEqual([]);
        const flow = facts.functions[0]?.flow;
        expect(flow).toBeDefined();
        if (flow) check(flow);
      }),
      { numRuns: 500 },
    );
  });

  it('comes back from its bytes as it was', () => {
    const extractor = new Extractor();
    const encoder = new Encoder();
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 4 }), (statements) => {
        const source = `${functionOf(statements.join('\n'))}#define m(p, q) ({ ${statements.join('\n')} })\n`;
        const facts = extractor.extract(parse(Buffer.from(source)));
        const back = decodeFacts(encoder.encode(facts));
        const print = (f: (typeof facts.functions)[number] | (typeof facts.macros)[number]): string =>
          f.flow ? printFlow(f.flow, true) : '';
        expect(back.functions.map(print)).toEqual(facts.functions.map(print));
        expect(back.macros.map(print)).toEqual(facts.macros.map(print));
        const lists = ({ functions: _f, macros: _m, flows: _s, ...rest }: typeof facts): object => rest;
        for (const [key, value] of Object.entries(lists(facts))) {
          expect(back[key as keyof typeof back]).toEqual(value);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('makes the same of the same bytes, whatever was read before, by whichever parser', () => {
    const one = new Extractor();
    const print = (extractor: Extractor, source: string): string[] =>
      extractor
        .extract(parse(Buffer.from(source)))
        .functions.map(({ flow }) => (flow === undefined ? '' : printFlow(flow, true)));
    fc.assert(
      fc.property(fc.array(fc.oneof(name, statement), { maxLength: 3 }), (statements) => {
        const source = functionOf(statements.map((s) => `${s};`).join('\n'));
        expect(print(one, source)).toEqual(print(new Extractor(), source));
      }),
      { numRuns: 100 },
    );
  });

  it('survives any bytes and any damage', () => {
    const extractor = new Extractor();
    const encoder = new Encoder();
    const source = functionOf(
      'if (p) { guard(mutex)(&p->l); while (q->a[i]) { p = f(q); break; } } switch (i) { case 1: ; }',
    );
    const damage = fc.tuple(
      fc.nat(source.length),
      fc.nat(40),
      fc.constantFrom('', '(', '}', '{', ';', '"', '#if', '&&x', 'case 1:', '.'),
    );
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), damage), (input) => {
        const bytes =
          input instanceof Uint8Array
            ? input
            : Buffer.from(source.slice(0, input[0]) + input[2] + source.slice(input[0] + input[1]));
        const facts = decodeFacts(encoder.encode(extractor.extract(parse(bytes))));
        for (const { flow } of [...facts.functions, ...facts.macros]) if (flow) check(flow);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('enormous input', () => {
  const flowOf = (body: string): Flow | string | undefined => {
    const facts = new Extractor().extract(parse(Buffer.from(functionOf(body))));
    return facts.functions[0]?.flow ?? facts.errors[0]?.reason;
  };

  it.each([
    ['parentheses', `x = ${'('.repeat(100_000)}1${')'.repeat(100_000)};`],
    ['calls', `x = ${'f('.repeat(5_000)}1${')'.repeat(5_000)};`],
    ['operators', `x = ${'1 + '.repeat(50_000)}1;`],
    ['conditions', `if (${'p && '.repeat(50_000)}q) g();`],
    ['nots', `x = ${'!'.repeat(50_000)}p;`],
    ['arrows', `x = p${'->next'.repeat(50_000)};`],
    ['blocks', `${'{'.repeat(50_000)}${'}'.repeat(50_000)}`],
    ['else-ifs', `${'if (p) g(); else '.repeat(50_000)} g();`],
    ['ternaries', `x = ${'p ? 1 : '.repeat(50_000)} 2;`],
    ['deep calls in long chains', `x = ${'f(1 + '.repeat(240)}${'2 + '.repeat(900)}1${')'.repeat(240)};`],
    [
      'long chains in deep conditions',
      `if (${'!('.repeat(200)}${'p || '.repeat(900)}q${')'.repeat(200)}) g();`,
    ],
    ['statement expressions', `x = ${'({ '.repeat(2_000)}1${'; })'.repeat(2_000)};`],
  ])('is an error or a flow, never a crash: %s', (_, body) => {
    const result = flowOf(body);
    if (typeof result === 'string') expect(result).toMatch(/nest|deep|long|many|large|expected|unclosed/);
    else {
      expect(result).toBeDefined();
      if (result) check(result);
    }
  });

  it('takes a function of 100,000 statements', () => {
    const flow = flowOf('if (p->a) g(p);\n'.repeat(100_000));
    expect(typeof flow === 'object' && flow.calls.length).toBe(100_000);
  });
});
