import { describe, expect, it } from 'vitest';
import { lineOf } from '../../src/c/flow.ts';
import type { FileDiff, Hunk } from '../../src/git/change.ts';
import { fragmentFacts } from '../../src/index/fragment.ts';
import { printFlow } from '../c/print-flow.ts';

const hunk = (start: number, heading: string, ...lines: string[]): Hunk => ({
  oldStart: start,
  oldCount: lines.filter((line) => !line.startsWith('+')).length,
  newStart: start,
  newCount: lines.filter((line) => !line.startsWith('-')).length,
  heading,
  lines,
});

const diff = (...hunks: Hunk[]): FileDiff => ({ oldPath: 'a.c', newPath: 'a.c', binary: false, hunks });

describe('a hunk inside a function', () => {
  const change = diff(
    hunk(
      300,
      'static int start(struct dev *dev, int n)',
      ' \tstruct ring *ring;',
      ' ',
      '-\tring = old(dev->pool);',
      '+\tring = get(dev->pool);',
      ' \tif (!ring)',
      ' \t\tgoto out;',
    ),
  );

  it('is that function, with its parameters, at the real lines', () => {
    const [f] = fragmentFacts(change, 'new').functions;
    expect(f).toMatchObject({
      name: 'start',
      returns: 'int',
      isStatic: true,
      parameters: [
        { name: 'dev', type: 'struct dev *' },
        { name: 'n', type: 'int' },
      ],
    });
    const flow = f?.flow;
    expect(flow && printFlow(flow)).toBe(
      [
        '0:',
        '  declare ring',
        '  load dev for dev->pool',
        '  #0 = get(dev->pool)',
        '  ring = #0',
        '  branch ring ? 1 : 2',
        '1:',
        '  end',
        '2:',
        '  end',
      ].join('\n'),
    );
    expect(flow?.calls.map((call) => lineOf(call.position))).toEqual([302]);
  });

  it('has the other lines on the other side', () => {
    const flow = fragmentFacts(change, 'old').functions[0]?.flow;
    expect(flow && printFlow(flow)).toContain('#0 = old(dev->pool)');
  });
});

it('reaches labels and cases from what is not seen', () => {
  const change = diff(
    hunk(
      50,
      'int f(struct s *p)',
      ' \t\tbreak;',
      ' \tcase TWO:',
      '+\t\tuse(p->two);',
      ' \t\treturn 0;',
      ' \t}',
      ' out:',
      ' \tdrop(p);',
      ' \treturn 1;',
      ' }',
    ),
  );
  const flow = fragmentFacts(change, 'new').functions[0]?.flow;
  const calls = flow?.calls.map((call) => flow.names[flow.exprA[call.callee] as number]);
  expect(calls).toEqual(['use', 'drop']);
});

it('reads whole functions, the end of one before and the start of one after', () => {
  const facts = fragmentFacts(
    diff(
      hunk(
        10,
        'void before(int x)',
        ' \tuse(x);',
        ' }',
        ' ',
        '+static struct thing *make(struct pool *pool)',
        '+{',
        '+\treturn take(pool->first);',
        '+}',
        '+',
        ' void after(int y)',
        ' {',
        ' \tif (y) {',
        ' \t\tdrop(y);',
      ),
    ),
    'new',
  );
  expect(facts.errors).toEqual([]);
  expect(facts.functions.map((f) => f.isPartial)).toEqual([true, undefined, true]);
  expect(facts.functions.map((f) => [f.name, f.line, f.flow?.calls.map((c) => lineOf(c.position))])).toEqual([
    ['before', 10, [10]],
    ['make', 13, [15]],
    ['after', 18, [21]],
  ]);
});

it('takes a hunk between functions for what it is', () => {
  const facts = fragmentFacts(
    diff(
      hunk(
        5,
        'void earlier(void)',
        ' ',
        ' /* A table:',
        '  * of operations.',
        '  */',
        ' static const struct ops ops = {',
        '+\t.open = my_open,',
        ' \t.close = my_close,',
        ' };',
      ),
    ),
    'new',
  );
  expect(facts.tableEntries.map((e) => [e.field, e.target, e.line])).toEqual([
    ['open', 'my_open', 10],
    ['close', 'my_close', 11],
  ]);
  expect(facts.functions).toEqual([]);
});

it('keeps the parameters that a cut heading still has', () => {
  const [f] = fragmentFacts(
    diff(
      hunk(
        7,
        'static int long_one(struct first *first, struct second *second, struct thi',
        ' \tuse(first->a);',
      ),
    ),
    'new',
  ).functions;
  expect(f?.name).toBe('long_one');
  expect(f?.parameters.map((p) => p.type)).toEqual(['struct first *', 'struct second *']);
});
