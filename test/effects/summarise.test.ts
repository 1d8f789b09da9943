import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../src/c/bytes.ts';
import { Effects } from '../../src/effects/effects.ts';
import { decodeSummary, encodeSummary, type Summary } from '../../src/effects/summary.ts';
import { ANY, ERR, MAY_ERR, MAY_NULL, NONZERO, OTHER, ZERO } from '../../src/effects/values.ts';
import { memoryProgram } from '../../src/index/memory-program.ts';
import { factsOf } from '../index/facts-of.ts';

const summaryOf = (name: string, source: string): Summary =>
  new Effects(memoryProgram(new Map([['a.c', factsOf(source)]]))).callee(name, 'a.c').summary;

describe('what a body assigns', () => {
  it('is what a macro is given by name, and nothing of what a function is given by value', () => {
    expect(summaryOf('next_of', '#define next_of(p) do { (p) = (p)->next; } while (0)\n').assigns).toBe(1);
    expect(summaryOf('skip', 'void skip(struct x *p) { p = p->next; use(p); }').assigns).toBe(0);
  });
});

describe('what a function returns', () => {
  it('is NULL or something, with the line', () => {
    const s = summaryOf('f', 'int *f(int i)\n{\n\tif (i)\n\t\treturn NULL;\n\treturn &table[i];\n}\n');
    expect(s).toMatchObject({ result: ZERO | OTHER | MAY_NULL, nullLine: 4, nullFrom: '', nullOnlyIf: 0 });
  });

  it('is NULL only for a NULL argument', () => {
    const s = summaryOf('f', 'int *f(int i, int *p) { if (!p) return NULL; return &p[i]; }');
    expect(s).toMatchObject({ nullOnlyIf: 0b10 });
  });

  it('is what a callee returns', () => {
    const source = `
      void *make(int n) { void *p = kmalloc(n, GFP_KERNEL); return p; }
      void *outer(int n) { return make(n); }`;
    expect(summaryOf('outer', source)).toMatchObject({ nullFrom: 'make', isFresh: true });
    expect(summaryOf('outer', source).result & MAY_NULL).not.toBe(0);
  });

  it('is an error pointer', () => {
    const s = summaryOf('f', 'struct x *f(int i) { return i ? ERR_PTR(-12) : &table[i]; }');
    expect(s.result).toBe(ERR | OTHER | MAY_ERR);
  });

  it('is what the function returns, not what stands for it where it is configured out', () => {
    const header = `
      #ifdef CONFIG_X
      struct x *make_x(int i);
      struct x *get_x(int i);
      #else
      static inline struct x *make_x(int i) { return ERR_PTR(-19); }
      static inline struct x *get_x(int i) { return make_x(i); }
      #endif`;
    const source = `
      #include "x.h"
      static struct x *make_x(int i) { return i ? ERR_PTR(-12) : &table[i]; }
      struct x *get_x(int i) { return make_x(i); }`;
    const files = { 'x.h': header, 'x.c': source, 'a.c': '#include "x.h"\nvoid f(void) { get_x(1); }' };
    const program = memoryProgram(
      new Map(Object.entries(files).map(([path, text]) => [path, factsOf(text)])),
    );
    expect(new Effects(program).callee('get_x', 'a.c').summary.result).toBe(ERR | OTHER | MAY_ERR);
  });

  it('is no evidence where it is a number', () => {
    expect(summaryOf('f', 'int f(int i) { if (i) return -5; return 0; }').result).toBe(ERR | ZERO);
  });

  it('is its own argument', () => {
    expect(summaryOf('to_x', '#define to_x(p) container_of(p, struct x, base)\n').same).toBe(0);
    expect(summaryOf('id', 'static void *id(int a, void *p) { return (char *)p; }').same).toBe(1);
  });

  it('is an error pointer by what ERR_PTR() is given, whatever that is', () => {
    const s = summaryOf(
      'f',
      'struct x *f(int i) { int err = g(i); if (err) return ERR_PTR(err); return &table[i]; }',
    );
    expect(s.result & MAY_ERR).not.toBe(0);
    const probe = 'void *f(struct device *d) { return ERR_PTR(dev_err_probe(d, -2, "none")); }';
    expect(summaryOf('f', probe).result & ANY).toBe(ERR);
  });

  it('tells of arguments', () => {
    expect(summaryOf('ok', 'static bool ok(struct x *p) { return p && p->on; }').implies).toContainEqual({
      when: NONZERO,
      argument: 0,
      through: false,
      bits: NONZERO,
    });
    expect(summaryOf('need', 'void need(int *p) { if (!p) panic("none"); }').implies).toContainEqual({
      when: ANY,
      argument: 0,
      through: false,
      bits: NONZERO,
    });
  });
});

describe('what is done to parameters', () => {
  it.each([
    ['void f(struct x *p) { p->a = 1; }', 1, 0],
    ['void f(struct x *p) { if (p) p->a = 1; }', 0, 0],
    ['void f(struct x *p, int i) { if (i) p->a = 1; }', 0, 1],
    ['void g(struct x *q) { q->a = 1; } void f(struct x *p) { g(p); }', 1, 0],
    ['void g(struct x *q) { q->a = 1; } void f(struct x *p) { g(&p->inner); }', 1, 0],
    ['void f(int off, char *p) { readl(off + p); }', 2, 0],
    ['void f(struct x *p) { struct x *q = p; q->a = 1; }', 1, 0],
    ['void f(struct x *p, int i) { if (i) panic(""); p->a = 1; }', 1, 0],
    ['void f(struct x *p) { p = other; p->a = 1; }', 0, 0],
    ['unsigned long f(struct x *p) { return sizeof(p->a); }', 0, 0],
  ])('%s', (source, always, sometimes) => {
    const s = summaryOf('f', source);
    expect([s.dereferences, s.mayDereference]).toEqual([always, sometimes]);
  });

  it('knows what may be stored through them', () => {
    expect(summaryOf('f', 'void f(int *a, int *b) { *b = *a; }').writes).toBe(0b10);
    expect(summaryOf('f', 'int f(struct x *a) { return a->n; }')).toMatchObject({
      writes: 0,
      modifies: false,
    });
    expect(summaryOf('f', 'void f(struct x *a) { unknown(a); }')).toMatchObject({
      writes: 1,
      modifies: true,
    });
  });
});

describe('ways out', () => {
  it('never come back', () => {
    expect(summaryOf('die', 'void die(int i) { pr_err("x"); panic("y"); }').noReturn).toBe(true);
    expect(summaryOf('f', 'void f(int i) { if (i) panic("y"); }').noReturn).toBe(false);
  });

  it('return from the user of a macro', () => {
    expect(summaryOf('leave', '#define leave(x) do { done(); return (x); } while (0)\n').returns).toBe(0);
    expect(summaryOf('maybe', '#define maybe(x) do { if (x) return; } while (0)\n').returns).toBe(-2);
  });

  it.each(['if (!(p)) return -22;', 'if (!(p)) return;'])(
    'may return from the user of a macro, whose parameter is not used on every way then: %s',
    (test) => {
      const macro = `#define need(p) do { ${test} } while (0)\n`;
      expect(summaryOf('need', macro)).toMatchObject({ returns: -2, mayReturn: true });
      const user = summaryOf('f', `${macro}int f(struct x *p) { need(p); return p->a; }`);
      expect(user).toMatchObject({ dereferences: 0, mayDereference: 0, implies: [] });
      // What comes before it is certain.
      expect(summaryOf('g', `${macro}int g(struct x *p) { p->a = 1; need(p); return 0; }`).dereferences).toBe(
        1,
      );
    },
  );
});

it('says what a loop macro gives its iterator', () => {
  const source = '#define for_each(p, head) for (p = (head)->first; p; p = p->next)\n';
  expect(summaryOf('for_each', source)).toMatchObject({
    block: 'loop',
    iterators: [{ argument: 0, inBody: NONZERO, afterwards: ZERO }],
  });
});

it('is cut where functions call each other in a circle', () => {
  const source = 'int *a(int i) { return i ? b(i) : NULL; } int *b(int i) { return a(i - 1); }';
  expect(summaryOf('a', source).result & MAY_NULL).not.toBe(0);
});

it('comes back from bytes as it was', () => {
  const source = `
    struct x *lookup(struct x *list, int id) { if (!list) return NULL; return list->next; }
    #define each(p, head) for (p = (head)->first; p; p = p->next)
    void *make(int n) { void *p = kmalloc(n, GFP_KERNEL); return p ? p : ERR_PTR(-12); }
    void die(void) { panic("x"); }
    #define need(p) do { if (!(p)) return -22; } while (0)
    int empty(int *p, int *q) { *q = *p; return unknown(p); }`;
  for (const name of ['lookup', 'each', 'make', 'die', 'need', 'empty']) {
    const summary = summaryOf(name, source);
    const w = new ByteWriter();
    encodeSummary(w, summary);
    const read = decodeSummary(new ByteReader(w.take()));
    expect(read).toEqual(summary);
  }
});
