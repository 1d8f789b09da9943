import { describe, expect, it } from 'vitest';
import { memoryProgram } from '../../src/index/memory-program.ts';
import type { Program } from '../../src/index/program.ts';
import { factsOf } from './facts-of.ts';

const program = (files: Readonly<Record<string, string>>): Program =>
  memoryProgram(new Map(Object.entries(files).map(([path, source]) => [path, factsOf(source)])));

const ids = (refs: readonly { id: string }[]): string[] => refs.map(({ id }) => id);

describe('names', () => {
  const p = program({
    'drivers/a/one.c':
      '#include "a.h"\nstatic int get(void) { return 1; }\nint use(void) { return get() + far(); }\n',
    'drivers/a/two.c': '#include "a.h"\nint use_two(void) { return get() + helper(); }\n',
    'drivers/a/a.h': 'static inline int helper(void) { return near(); }\nint near(void);\n',
    'drivers/b/a.h': 'static inline int helper(void) { return 2; }\n',
    'lib/far.c': 'int far(void) { return 3; }\nint get(void) { return 4; }\n',
    'arch/x86/lib/far.c': 'int near(void) { return 5; }\n',
    'arch/arm/lib/far.c': 'int near(void) { return 6; }\n',
    'tools/far.c': 'int far(void) { return 7; }\n',
  });

  it('prefers the function of the file itself, then what it can see', () => {
    expect(ids(p.functions('get', 'drivers/a/one.c'))).toEqual(['drivers/a/one.c:get']);
    expect(ids(p.functions('get', 'drivers/a/two.c'))).toEqual(['lib/far.c:get']);
  });

  it('follows includes to inline functions', () => {
    expect(ids(p.functions('helper', 'drivers/a/two.c'))).toEqual(['drivers/a/a.h:helper']);
  });

  it('takes the common architecture for generic code, and never a copy in tools', () => {
    expect(ids(p.functions('near', 'drivers/a/a.h'))).toEqual(['arch/x86/lib/far.c:near']);
    expect(ids(p.functions('far', 'drivers/a/one.c'))).toEqual(['lib/far.c:far']);
  });

  it('takes nothing from another architecture, unless the two share code', () => {
    const flush = (arch: string) => [`arch/${arch}/mm/flush.c`, 'void flush(void) { }\n'];
    const arches = program({
      ...Object.fromEntries([flush('arm'), flush('alpha')]),
      'arch/arm64/mm/use.c': 'void use(void) { flush(); }\n',
      'arch/sparc/include/asm/flush.h': 'static inline void flush(void) { }\n',
      'arch/sparc/mm/use.c': '#include <asm/flush.h>\nvoid use(void) { flush(); }\n',
    });
    expect(ids(arches.functions('flush', 'arch/arm64/mm/use.c'))).toEqual(['arch/arm/mm/flush.c:flush']);
    expect(ids(arches.functions('flush', 'arch/sparc/mm/use.c'))).toEqual([
      'arch/sparc/include/asm/flush.h:flush',
    ]);
  });

  it('takes the generic header for what an architecture does not have itself', () => {
    const value = (number: number) => `#define ENODEVICE ${number}\n`;
    const headers = program({
      'arch/alpha/include/uapi/asm/errno.h': value(45),
      'include/uapi/asm-generic/errno.h': value(95),
      'fs/a.c': '#include <asm/errno.h>\nint get(void) { return ENODEVICE; }\n',
      'arch/alpha/mm/a.c': '#include <asm/errno.h>\nint get(void) { return ENODEVICE; }\n',
    });
    expect(headers.macro('ENODEVICE', 'fs/a.c')?.path).toBe('include/uapi/asm-generic/errno.h');
    expect(headers.macro('ENODEVICE', 'arch/alpha/mm/a.c')?.path).toBe('arch/alpha/include/uapi/asm/errno.h');
  });

  it('finds callers of this very function', () => {
    const [own] = p.functions('get', 'drivers/a/one.c');
    expect(own && ids(p.callers(own))).toEqual(['drivers/a/one.c:use']);
    const [other] = p.functions('get', 'drivers/a/two.c');
    expect(other && ids(p.callers(other))).toEqual(['drivers/a/two.c:use_two']);
  });

  it('finds callers by way of a macro where its text means this function', () => {
    const file = (user: string) =>
      `static void put(int x) { }\n#define put_all(x) put(x)\nvoid ${user}(void) { put_all(1); }\n`;
    const alike = program({ 'drivers/a.c': file('user_a'), 'drivers/b.c': file('user_b') });
    for (const [path, user] of [
      ['drivers/a.c', 'user_a'],
      ['drivers/b.c', 'user_b'],
    ] as const) {
      const [put] = alike.functions('put', path);
      expect(put && ids(alike.callers(put))).toEqual([`${path}:${user}`]);
    }
  });
});

describe('types', () => {
  const p = program({
    'include/linux/dev.h': [
      'struct ops { int (*open)(void); int (*close)(void); };',
      'struct dev { union { int a; struct { int deep; }; }; struct { struct ops ops; } in; const struct ops *table; };',
      'typedef struct dev dev_t, *dev_p;',
    ].join('\n'),
    'drivers/x.c': [
      '#include <linux/dev.h>',
      'static int my_open(void) { return 0; }',
      'static int my_close(void) { return 0; }',
      'static const struct ops table = { .open = my_open };',
      'static const struct ops second = { .open = my_open, .close = NULL };',
      'void setup(dev_p d) { d->in.ops.close = my_close; d->table = &table; }',
      '#define open_it(d) (d)->table->open()',
      'int go(struct dev *d) { return open_it(d); }',
    ].join('\n'),
  });

  it('finds fields through anonymous members, typedefs and pointers', () => {
    expect(p.field('dev_p', 'deep', 'drivers/x.c')).toMatchObject({
      owner: 'struct dev',
      field: { name: 'deep', type: 'int' },
    });
    expect(p.field('struct dev *', 'table', 'drivers/x.c')).toMatchObject({
      owner: 'struct dev',
      field: { type: 'struct ops *' },
    });
    expect(p.field('struct dev', 'none', 'drivers/x.c')).toBeUndefined();
  });

  it('finds a field in the definition that has it, of two that are as near', () => {
    const both = program({
      'include/linux/counter.h': '#include <linux/small.h>\n#include <linux/tree.h>\n',
      'include/linux/small.h': 'struct counter { int n; };\n',
      'include/linux/tree.h': 'struct counter { int n; struct node *nodes; };\n',
      'lib/counter.c': '#include <linux/counter.h>\nint count(struct counter *c) { return c->n; }\n',
    });
    for (const [name, type] of [
      ['n', 'int'],
      ['nodes', 'struct node *'],
    ] as const)
      expect(both.field('struct counter', name, 'lib/counter.c')?.field.type).toBe(type);
    expect(both.field('struct counter', 'none', 'lib/counter.c')).toBeUndefined();
  });

  it('brings what is stored to the struct that has the field', () => {
    expect(ids(p.stored('struct ops', 'open').map(({ ref }) => ref))).toEqual([
      'drivers/x.c:my_open',
      'drivers/x.c:my_open',
    ]);
    expect(ids(p.stored('struct ops', 'close').map(({ ref }) => ref))).toEqual(['drivers/x.c:my_close']);
    const [close] = p.functions('my_close', 'drivers/x.c');
    expect(close && p.storedIn(close)).toMatchObject([
      { entry: { type: 'struct ops', field: 'close', table: 'setup' } },
    ]);
  });

  it('counts tables that leave a field empty', () => {
    expect(p.emptyFields('struct ops', 'close')).toEqual({ empty: 2, total: 2 });
    expect(p.emptyFields('struct ops', 'open')).toEqual({ empty: 0, total: 2 });
  });
});

it('prefers a definition to an extern declaration', () => {
  const p = program({
    'include/linux/m.h': 'extern struct mutex big;\nextern int later;\n',
    'kernel/m.c': '#include <linux/m.h>\nstruct mutex big;\n',
    'fs/f.c': '#include <linux/m.h>\nint f(void) { return later; }\n',
  });
  expect(p.global('big', 'fs/f.c')).toMatchObject({ path: 'kernel/m.c' });
  expect(p.global('later', 'fs/f.c')).toMatchObject({ path: 'include/linux/m.h' });
});

it('takes no global of a tool for one of the kernel', () => {
  const p = program({
    'tools/testing/t.c': 'int lock;\nint t(void) { return lock; }\n',
    'kernel/m.c': 'int m(void) { return lock; }\n',
    'tools/testing/u.c': 'int u(void) { return lock; }\n',
  });
  expect(p.global('lock', 'kernel/m.c')).toBeUndefined();
  expect(p.global('lock', 'tools/testing/u.c')).toMatchObject({ path: 'tools/testing/t.c' });
});
