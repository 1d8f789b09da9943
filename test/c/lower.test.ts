import { describe, expect, it } from 'vitest';
import { flowText } from './lower-source.ts';

/** The flow of `void f(…) { body }`, without block numbers where there is one block. */
const lower = (body: string, parameters = 'struct s *p, struct s *q, int i'): string =>
  flowText(`void f(${parameters})\n{\n${body}\n}\n`, 'f');

const lines = (...text: string[]): string => text.join('\n');

describe('dereferences', () => {
  it('loads what is on the way to a value', () => {
    expect(lower('x = p->a->b;')).toBe(
      lines('0:', '  load p for p->a', '  load p->a for p->a->b', '  x = p->a->b', '  end'),
    );
  });

  it('loads only what is on the way to an address', () => {
    expect(lower('x = &p->a->b;')).toBe(lines('0:', '  load p for p->a', '  x = &p->a->b', '  end'));
    expect(lower('x = &p->a;')).toBe(lines('0:', '  x = &p->a', '  end'));
    expect(lower('x = &p[i];')).toBe(lines('0:', '  x = &p[i]', '  end'));
    expect(lower('x = &(*p).a.b;')).toBe(lines('0:', '  x = &p->a.b', '  end'));
  });

  it('stores after the value is there', () => {
    expect(lower('p->a = q->b;')).toBe(
      lines('0:', '  load q for q->b', '  store p for p->a', '  p->a = q->b', '  end'),
    );
    expect(lower('*p = 1;')).toBe(lines('0:', '  store p for *p', '  *p = 1', '  end'));
  });

  it('evaluates nothing of sizeof, typeof and offsetof', () => {
    expect(lower('x = sizeof(*p) + sizeof(p->a->b) + offsetof(struct s, a.b);')).toBe(
      lines('0:', '  x = ((sizeof + sizeof) + sizeof)', '  end'),
    );
    expect(lower('typeof(p->a) x = 0; x = 1;')).toBe(lines('0:', '  x = 0', '  x = 1', '  end'));
  });

  it('keeps what the compiler asserts, and evaluates nothing of it', () => {
    expect(lower('BUILD_BUG_ON(p->a->b > i && f(p, *q) ? i++ : sizeof(*p));')).toBe(
      lines('0:', '  #0 = BUILD_BUG_ON(compiler (((p->a->b > i) & ((f, p), *q)), (?, sizeof)))', '  end'),
    );
  });

  it('does not take elements of local arrays for pointers', () => {
    expect(lower('int a[3], *b[3]; x = a[i]; x = *b[i]; x = b[i][1];')).toBe(
      lines(
        '0:',
        '  declare a',
        '  declare b',
        '  x = a[i]',
        '  load b[i] for *b[i]',
        '  x = *b[i]',
        '  load b[i] for b[i][1]',
        '  x = b[i][1]',
        '  end',
      ),
    );
  });

  it('names the field whose type decides whether an index is a load', () => {
    expect(lower('x = p->a[i];')).toBe(
      lines('0:', '  load p for p->a', '  load p->a for p->a[i]', '  x = p->a[i]', '  end'),
    );
    expect(lower('x = &p->a[i];')).toBe(lines('0:', '  load p for p->a', '  x = &p->a[i]', '  end'));
  });

  it('takes (&x)->f for x.f and *&x for x', () => {
    expect(lower('struct s v; (&v)->a = 1; *&i = 2;')).toBe(
      lines('0:', '  declare v', '  v.a = 1', '  i = 2', '  end'),
    );
  });

  it('reads the old pointer of p++', () => {
    expect(lower('*p++ = 1;')).toBe(
      lines('0:', '  $0 = p', '  p = (p + 1)', '  store $0 for *$0', '  *$0 = 1', '  end'),
    );
  });

  it('gives each its exact place', () => {
    expect(flowText('void f(struct s *p)\n{\n\treturn p->a->\n\t\tb;\n}\n', 'f', true)).toBe(
      lines('0:', '  3:10 load p for p->a', '  3:13 load p->a for p->a->b', '  3:2 return p->a->b'),
    );
  });
});

describe('calls', () => {
  it('evaluates arguments in order, calls inside first', () => {
    expect(lower('x = foo(bar(p->a), q->b);')).toBe(
      lines(
        '0:',
        '  load p for p->a',
        '  #0 = bar(p->a)',
        '  load q for q->b',
        '  #1 = foo(#0, q->b)',
        '  x = #1',
        '  end',
      ),
    );
  });

  it('loads the operation that is called', () => {
    expect(lower('p->ops->open(p); (*p->fn)(q);')).toBe(
      lines(
        '0:',
        '  load p for p->ops',
        '  load p->ops for p->ops->open',
        '  #0 = p->ops->open(p)',
        '  load p for p->fn',
        '  #1 = p->fn(q)',
        '  end',
      ),
    );
  });

  it('keeps types as arguments', () => {
    expect(lower('x = container_of(p, struct outer, member);')).toBe(
      lines('0:', '  #0 = container_of(p, <struct outer>, member)', '  x = #0', '  end'),
    );
  });
});

describe('conditions', () => {
  it('branches at && and ||', () => {
    expect(lower('if (!p || p->a) return; g();')).toBe(
      lines(
        '0:',
        '  branch p ? 1 : 2',
        '1:',
        '  load p for p->a',
        '  branch p->a ? 2 : 3',
        '2:',
        '  return',
        '3:',
        '  #0 = g()',
        '  end',
      ),
    );
  });

  it('tests the same fact by the same number', () => {
    const same = lower('if (p) g();');
    for (const test of ['p != NULL', 'NULL != p', '!!p', 'likely(p)', 'p != 0', 'unlikely(p != NULL)']) {
      expect(lower(`if (${test}) g();`)).toBe(same);
    }
    const other = lower('if (!p) g();');
    for (const test of ['p == NULL', '!(p != NULL)', 'unlikely(!p)']) {
      expect(lower(`if (${test}) g();`)).toBe(other);
    }
  });

  it('assigns a temporary where && or ?: is a value', () => {
    expect(lower('x = p && p->a;')).toBe(
      lines(
        '0:',
        '  branch p ? 1 : 3',
        '1:',
        '  load p for p->a',
        '  branch p->a ? 2 : 3',
        '2:',
        '  $0 = 1',
        '  jump 4',
        '3:',
        '  $0 = 0',
        '  jump 4',
        '4:',
        '  x = $0',
        '  end',
      ),
    );
    expect(lower('x = p ? p->a : q;')).toBe(
      lines(
        '0:',
        '  branch p ? 1 : 2',
        '1:',
        '  load p for p->a',
        '  $0 = p->a',
        '  jump 3',
        '2:',
        '  $0 = q',
        '  jump 3',
        '3:',
        '  x = $0',
        '  end',
      ),
    );
  });

  it('takes IS_ENABLED() of one option for one fact', () => {
    expect(lower('if (IS_ENABLED(CONFIG_X)) g();')).toBe(
      lines('0:', '  branch CONFIG_X ? 1 : 2', '1:', '  #0 = g()', '  jump 2', '2:', '  end'),
    );
  });

  it('drops what can not run', () => {
    expect(lower('if (0) g(); return; g();')).toBe(lines('0:', '  return'));
  });

  it('tests what an assignment in a condition assigns', () => {
    expect(lower('if ((p = get()) == NULL) return; h(p);')).toBe(
      lines(
        '0:',
        '  #0 = get()',
        '  p = #0',
        '  branch p ? 2 : 1',
        '1:',
        '  return',
        '2:',
        '  #1 = h(p)',
        '  end',
      ),
    );
  });
});

describe('loops and jumps', () => {
  it('lowers while, do and for', () => {
    expect(lower('while (i) g();')).toBe(
      lines('0:', '  jump 1', '1:', '  branch i ? 2 : 3', '2:', '  #0 = g()', '  jump 1', '3:', '  end'),
    );
    expect(lower('do g(); while (i);')).toBe(
      lines('0:', '  jump 1', '1:', '  #0 = g()', '  branch i ? 1 : 2', '2:', '  end'),
    );
    expect(lower('for (int k = 0; k < i; k++) g(k);')).toBe(
      lines(
        '0:',
        '  k = 0',
        '  jump 1',
        '1:',
        '  branch (k < i) ? 2 : 3',
        '2:',
        '  #0 = g(k)',
        '  k = (k + 1)',
        '  jump 1',
        '3:',
        '  end',
      ),
    );
    expect(lower('do { g(); } while (0);')).toBe(lines('0:', '  #0 = g()', '  end'));
  });

  it('follows gotos both ways', () => {
    expect(lower('again: if (i) goto out; g(); goto again; out: h();')).toBe(
      lines(
        '0:',
        '  jump 1',
        '1:',
        '  branch i ? 3 : 2',
        '2:',
        '  #0 = g()',
        '  jump 1',
        '3:',
        '  #1 = h()',
        '  end',
      ),
    );
  });

  it('falls through cases', () => {
    expect(lower('switch (i) { case 1: a(); case 2 ... 4: b(); break; default: c(); }')).toBe(
      lines(
        '0:',
        '  switch i {1: 1, 2..4: 2} else 3',
        '1:',
        '  #0 = a()',
        '  jump 2',
        '2:',
        '  #1 = b()',
        '  jump 4',
        '3:',
        '  #2 = c()',
        '  jump 4',
        '4:',
        '  end',
      ),
    );
  });

  it('continues the loop from inside a switch', () => {
    expect(lower('while (i) { switch (i) { case 1: continue; } g(); }')).toContain('{1: 1} else 3');
  });

  it('takes a computed goto to every label whose address is taken', () => {
    expect(lower('void *t = &&a; goto *t; a: g(); return; b: h();')).toBe(
      lines('0:', '  t = &&1', '  goto t', '1:', '  #0 = g()', '  return'),
    );
  });

  it('takes the arms of #ifdef for the arms of an if', () => {
    expect(lower('#ifdef CONFIG_X\n\tg();\n#else\n\th();\n#endif\n')).toBe(
      lines(
        '0:',
        '  branch CONFIG_X ? 1 : 2',
        '1:',
        '  #0 = g()',
        '  jump 3',
        '2:',
        '  #1 = h()',
        '  jump 3',
        '3:',
        '  end',
      ),
    );
  });
});

describe('statement expressions and locals', () => {
  it('gives the last value of a statement expression', () => {
    expect(lower('x = ({ int t = g(); t; });')).toBe(
      lines('0:', '  #0 = g()', '  t = #0', '  x = t', '  end'),
    );
  });

  it('keeps shadowing names apart', () => {
    const text = lower('int a = 1; { int a = 2; use(a); } use(a);');
    expect(text).toBe(lines('0:', '  a = 1', '  a = 2', '  #0 = use(a)', '  #1 = use(a)', '  end'));
  });

  it('keeps designated values', () => {
    expect(lower('struct s v = { .a = p, .b.c = q, 3 };')).toBe(
      lines('0:', '  v = {.a = p, .b = {.c = q}, 3}', '  end'),
    );
  });

  it('declares what DEFINE_WAIT() and the like declare', () => {
    expect(lower('DEFINE_WAIT(wait); g(&wait);')).toBe(
      lines('0:', '  declare wait', '  #0 = DEFINE_WAIT(wait)', '  #1 = g(&wait)', '  end'),
    );
  });
});

describe('scopes', () => {
  it('leaves cleanups in reverse order on every way out', () => {
    expect(lower('void *a __free(kfree) = g(); void *b __free(kfree) = g(); if (i) return; h();')).toBe(
      lines(
        '0:',
        '  #0 = g()',
        '  a = #0',
        '  enter 0 cleanup a kfree',
        '  #1 = g()',
        '  b = #1',
        '  enter 1 cleanup b kfree',
        '  branch i ? 1 : 2',
        '1:',
        '  exit 1',
        '  exit 0',
        '  return',
        '2:',
        '  #2 = h()',
        '  exit 1',
        '  exit 0',
        '  end',
      ),
    );
  });

  it('holds a guard to the end of its block', () => {
    expect(lower('{ guard(mutex)(&p->lock); g(); } h();')).toBe(
      lines(
        '0:',
        '  #0 = guard(mutex)',
        '  #1 = #0(&p->lock)',
        '  enter 0 guard #1',
        '  #2 = g()',
        '  exit 0',
        '  #3 = h()',
        '  end',
      ),
    );
  });

  it('leaves a guard by goto, break and continue', () => {
    expect(
      lower('while (i) { guard(mutex)(&p->lock); if (g()) break; if (h()) goto out; } return; out: k();'),
    ).toBe(
      lines(
        '0:',
        '  jump 1',
        '1:',
        '  branch i ? 2 : 6',
        '2:',
        '  #0 = guard(mutex)',
        '  #1 = #0(&p->lock)',
        '  enter 0 guard #1',
        '  #2 = g()',
        '  branch #2 ? 3 : 4',
        '3:',
        '  exit 0',
        '  jump 6',
        '4:',
        '  #3 = h()',
        '  branch #3 ? 8 : 5',
        '5:',
        '  exit 0',
        '  jump 1',
        '6:',
        '  return',
        '7:',
        '  #4 = k()',
        '  end',
        '8:',
        '  exit 0',
        '  jump 7',
      ),
    );
  });

  it('constructs what CLASS() declares', () => {
    expect(lower('CLASS(fd, f)(i); g(f);')).toBe(
      lines(
        '0:',
        '  #0 = class_fd_constructor(i)',
        '  f = #0',
        '  enter 0 cleanup f fd',
        '  #1 = g(f)',
        '  exit 0',
        '  end',
      ),
    );
  });

  it('declares what the header of a guard declares', () => {
    const macro = [
      '#define scoped_guard(_name, args...) \\',
      '\tfor (CLASS(_name, scope)(args), *done = NULL; check(&scope) && !done; done = (void *)1)',
    ];
    expect(flowText(`${macro.join('\n')}\n`, 'scoped_guard')).toBe(
      lines(
        '0:',
        '  #0 = class__name_constructor(args)',
        '  scope = #0',
        '  enter 0 cleanup scope _name',
        '  done = 0',
        '  jump 1',
        '1:',
        '  #1 = check(&scope)',
        '  branch #1 ? 2 : 4',
        '2:',
        '  branch done ? 4 : 3',
        '3:',
        '  body',
        '  done = (void *)1',
        '  jump 1',
        '4:',
        '  exit 0',
        '  end',
      ),
    );
  });

  it('lets the reader decide how often the body of a macro runs', () => {
    expect(lower('for_each_thing(p, &q->list) { if (i) break; g(p); }')).toBe(
      lines(
        '0:',
        '  #0 = for_each_thing(p, &q->list)',
        '  enter 0 block #0',
        '  branch #0 ? 1 : 3',
        '1:',
        '  branch i ? 3 : 2',
        '2:',
        '  #1 = g(p)',
        '  branch !#0 ? 3 : 1',
        '3:',
        '  exit 0',
        '  end',
      ),
    );
  });
});
