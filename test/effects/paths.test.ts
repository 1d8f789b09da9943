import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../src/c/flow.ts';
import { Op } from '../../src/c/flow.ts';
import type { Domain } from '../../src/effects/domain.ts';
import { calleeName } from '../../src/effects/flow-expressions.ts';
import { Walker } from '../../src/effects/paths.ts';
import { NONZERO, ZERO } from '../../src/effects/values.ts';
import { factsOf } from '../index/facts-of.ts';

const flowOf = (source: string): Flow => {
  const flow = factsOf(source).functions.at(-1)?.flow;
  if (flow === undefined) throw new Error(`no flow: ${source}`);
  return flow;
};

/** Counts calls of get() less calls of put(); try_get() may fail with 0. What is told is the count at each return. */
function counts(source: string): number[] {
  const told = new Set<number>();
  const domain: Domain = {
    begin: (flow) =>
      flow.calls.some((_, n) => calleeName(flow, n) === 'get' || calleeName(flow, n) === 'try_get'),
    initial: () => 0,
    call: (state, call, view) => {
      const name = calleeName(view.flow, call);
      if (name === 'get') return state + 1;
      if (name === 'put') return state - 1;
      if (name !== 'try_get') return state;
      return [
        { state: state + 1, result: NONZERO },
        { state, result: ZERO },
      ];
    },
    leave: (state) => told.add(state),
    join: (a, b) => Math.min(a, b),
  };
  new Walker().walk(flowOf(source), { domains: [domain] });
  return [...told].sort((a, b) => a - b);
}

describe('a domain', () => {
  it.each([
    ['void f(void) { get(); put(); }', [0]],
    ['void f(int i) { get(); if (i) return; put(); }', [0, 1]],
    ['void f(int i) { if (i) get(); work(); if (i) put(); }', [0]],
    ['void f(int i) { if (i) get(); i = next(); if (i) put(); }', [-1, 0, 1]],
    ['void f(void) { if (!try_get()) return; put(); }', [0]],
    ['void f(void) { int ok = try_get(); work(); if (ok) put(); }', [0]],
    ['void f(int n) { while (n--) { get(); put(); } }', [0]],
    ['void f(int m) { switch (m) { case 1: get(); break; default: work(); } if (m == 1) put(); }', [0]],
    ['void f(void) { get(); panic("x"); }', [1]],
    ['void f(struct x *p) { if (p->on) get(); p->count = 1; if (p->on) put(); }', [0]],
    ['void f(struct x *p) { if (p->on) get(); p->on = other(); if (p->on) put(); }', [-1, 0, 1]],
    ['void f(void) { if (IS_ENABLED(CONFIG_X)) get(); if (IS_ENABLED(CONFIG_X)) put(); }', [0]],
  ])('%s', (source, expected) => {
    expect(counts(source)).toEqual(expected);
  });

  it('costs nothing where it does not care', () => {
    const domain: Domain = { begin: () => false, initial: () => 0, call: (s) => s, join: (a) => a };
    expect(new Walker().walk(flowOf('void f(void) { g(); }'), { domains: [domain] }).states).toBe(0);
  });
});

it('ends, with few states, however many independent conditions there are', () => {
  const tests = Array.from({ length: 40 }, (_, i) => `if (p${i}) a${i}();`).join(' ');
  const again = Array.from({ length: 40 }, (_, i) => `if (p${i}) b${i}();`).join(' ');
  const parameters = Array.from({ length: 40 }, (_, i) => `int p${i}`).join(', ');
  const result = new Walker().walk(flowOf(`void f(${parameters}) { ${tests} ${again} }`), {
    observers: [{}],
  });
  expect(result.states).toBeLessThan(4000);
});

it('walks any flow to an end without throwing', () => {
  const statement = fc.letrec<{ s: string }>((tie) => ({
    s: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(
        'p = q;',
        'p = q->n;',
        'q->n = p;',
        'p = 0;',
        'use(&p);',
        'p->n->n = q;',
        'return p;',
        'q = get(p);',
        '*o = p;',
        'goto out;',
      ),
      fc
        .tuple(fc.constantFrom('p', '!q', 'p == q', 'p->n', 'i < 3', 'p && q'), tie('s'), tie('s'))
        .map(([c, a, b]) => `if (${c}) { ${a} } else { ${b} }`),
      fc.tuple(fc.constantFrom('p', 'i--', 'p != q->n'), tie('s')).map(([c, a]) => `while (${c}) { ${a} }`),
      fc.tuple(tie('s'), tie('s')).map(([a, b]) => `${a} ${b}`),
      fc.tuple(tie('s'), tie('s')).map(([a, b]) => `switch (i) { case 1: ${a} break; case 2: ${b} }`),
    ),
  })).s;
  const walker = new Walker();
  fc.assert(
    fc.property(statement, (body) => {
      const flow = flowOf(
        `struct n *f(struct n *p, struct n *q, struct n **o, int i) { ${body} out: return q; }`,
      );
      const seen = new Set<number>();
      const result = walker.walk(flow, {
        observers: [
          { deref: (pointer, _p, _s, view) => seen.add(view.bits(pointer)), leave: () => seen.add(-1) },
        ],
      });
      expect(result.states).toBeGreaterThan(0);
      const endless = !seen.has(-1) && flow.ops.some((op, i) => i % 4 === 0 && op === Op.Return);
      expect(endless && result.complete && !body.includes('while')).toBe(false);
    }),
    { numRuns: 300 },
  );
});
