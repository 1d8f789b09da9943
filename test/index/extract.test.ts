import { describe, expect, it } from 'vitest';
import { factsOf } from './facts-of.ts';

describe('functions', () => {
  it('has signature, place, attributes', () => {
    const [f] = factsOf(
      'static inline struct foo *\nget(struct bar *b, int n, ...) __must_hold(&b->lock)\n{\n\treturn 0;\n}\n',
    ).functions;
    expect(f).toMatchObject({
      name: 'get',
      line: 2,
      column: 1,
      endLine: 5,
      returns: 'struct foo *',
      parameters: [
        { name: 'b', type: 'struct bar *' },
        { name: 'n', type: 'int' },
      ],
      variadic: true,
      isStatic: true,
      isInline: true,
      isPrototype: false,
      attributes: [{ name: '__must_hold', args: ['&b->lock'] }],
    });
    expect(f?.flow).toBeDefined();
  });

  it('keeps prototypes without a flow', () => {
    const [f] = factsOf(
      'extern void free_it(void (*done)(int), const char *names[]) __noreturn;\n',
    ).functions;
    expect(f).toMatchObject({
      name: 'free_it',
      isPrototype: true,
      parameters: [
        { name: 'done', type: 'void (*)()' },
        { name: 'names', type: 'char *[]' },
      ],
    });
    expect(f?.flow).toBeUndefined();
  });

  it('says what defined a system call', () => {
    const facts = factsOf(
      'SYSCALL_DEFINE2(open, const char __user *, name, int, flags)\n{\n\treturn go(name);\n}\n',
    );
    expect(facts.functions).toHaveLength(1);
    expect(facts.functions[0]).toMatchObject({ definedBy: 'SYSCALL_DEFINE2' });
    expect(facts.functions[0]?.flow?.calls).toHaveLength(1);
  });
});

describe('types', () => {
  it('names members of every kind', () => {
    const { structs } = factsOf(
      [
        'struct foo {',
        '\tstruct list_head list, *first;',
        '\tu32 bits : 3;',
        '\tunion {',
        '\t\tint a;',
        '\t\tlong b[4];',
        '\t};',
        '\tstruct {',
        '\t\tspinlock_t lock;',
        '\t} inner;',
        '\tint (*open)(struct inode *);',
        '};',
      ].join('\n'),
    );
    const fields = Object.fromEntries(
      structs.map((s) => [s.name, s.fields.map((f) => `${f.name}: ${f.type}`)]),
    );
    expect(fields).toEqual({
      'struct foo': [
        'list: struct list_head',
        'first: struct list_head *',
        'bits: u32',
        ': union foo.<1>',
        'inner: struct foo.inner',
        'open: int (*)()',
      ],
      'union foo.<1>': ['a: int', 'b: long []'],
      'struct foo.inner': ['lock: spinlock_t'],
    });
    expect(structs[0]?.fields[0]?.line).toBe(2);
  });

  it('resolves typedefs, enumerators and globals by name', () => {
    const facts = factsOf(
      [
        'typedef struct { int x; } pair_t, *pair_p;',
        'typedef int (*callback_t)(void *);',
        'enum colour { RED, GREEN = 5, BLUE, MASK = 1 << 4, TOP = BLUE | 1, FAR = OTHER, NEXT };',
        'static DEFINE_PER_CPU(int, hits);',
        'static struct foo *heads[4];',
        'extern struct mutex big_lock;',
      ].join('\n'),
    );
    expect(facts.typedefs.map(({ name, type }) => [name, type])).toEqual([
      ['pair_t', 'struct <pair_t>'],
      ['pair_p', 'struct <pair_t> *'],
      ['callback_t', 'int (*)()'],
    ]);
    expect(facts.enumerators.map(({ name, value }) => [name, value])).toEqual([
      ['RED', 0],
      ['GREEN', 5],
      ['BLUE', 6],
      ['MASK', 16],
      ['TOP', 7],
      ['FAR', undefined],
      ['NEXT', undefined],
    ]);
    expect(facts.globals).toContainEqual({
      name: 'heads',
      type: 'struct foo *[]',
      line: 5,
      isStatic: true,
      isExtern: false,
      perCpu: false,
    });
    expect(facts.globals).toContainEqual(
      expect.objectContaining({ name: 'big_lock', type: 'struct mutex', isExtern: true }),
    );
  });
});

describe('tables', () => {
  const entries = (source: string): string[] =>
    factsOf(source).tableEntries.map((e) => `${e.type} ${e.field} = ${e.target} in ${e.table}:${e.line}`);

  it('finds designated functions, in nested tables and arrays of them', () => {
    expect(
      entries(
        [
          'static const struct file_operations fops = {',
          '\t.owner = THIS_MODULE,',
          '\t.open = my_open,',
          '\t.release = NULL,',
          '\t.pm.suspend = my_suspend,',
          '\t.nested = { .resume = my_resume },',
          '};',
          'static struct foo many[] = {',
          '\t{ .id = 1 },',
          '\t[ONE] = { .id = 2, .run = run_one },',
          '};',
        ].join('\n'),
      ),
    ).toEqual([
      'struct file_operations open = my_open in fops:3',
      'struct file_operations release =  in fops:4',
      'struct file_operations pm.suspend = my_suspend in fops:5',
      'struct file_operations nested.resume = my_resume in fops:6',
      'struct foo run = run_one in many:10',
    ]);
  });

  it('knows positions where the struct is in the file', () => {
    expect(
      entries(
        'struct ops { int id; int (*get)(void); int (*put)(void); };\nstruct ops o = { 3, my_get, my_put };\n',
      ),
    ).toEqual(['struct ops get = my_get in o:2', 'struct ops put = my_put in o:2']);
  });

  it('looks through wrappers, casts and conditionals', () => {
    expect(
      entries('struct drv d = { .a = pm_ptr(one), .b = (void *)two, .c = X ? three : NULL, .d = &four };'),
    ).toEqual([
      'struct drv a = one in d:1',
      'struct drv b = two in d:1',
      'struct drv c = three in d:1',
      'struct drv c =  in d:1',
      'struct drv d = four in d:1',
    ]);
  });

  it('finds assignments and literals in functions', () => {
    expect(
      entries(
        [
          'void f(struct dev *d, struct cb *cb) {',
          '\td->ops.open = my_open;',
          '\td->priv->run = my_run;',
          '\tmain_timer.function = tick;',
          '\t*cb = (struct cb){ .done = my_done };',
          '\tstruct cb other = { .done = my_other };',
          '\tstatic const struct cb third = { .done = my_third };',
          '\tuse(&other, &third, &(struct cb){ .done = my_fourth });',
          '}',
        ].join('\n'),
      ),
    ).toEqual([
      'struct dev ops.open = my_open in f:2',
      'struct dev priv->run = my_run in f:3',
      'typeof(main_timer) function = tick in f:4',
      'struct cb done = my_done in f:5',
      'struct cb done = my_other in f:6',
      'struct cb done = my_fourth in f:8',
      'struct cb done = my_third in f:7',
    ]);
  });

  it('lists the fields that a table names', () => {
    const { tables } = factsOf('struct ops a = { .get = g, .sub.x = y };\nint rows[] = { 1, 2 };\n');
    expect(tables).toEqual([{ name: 'a', type: 'struct ops', line: 1, fields: ['get', 'sub.x'] }]);
  });
});

describe('macros', () => {
  it('tells what kind of macro it is', () => {
    const { macros } = factsOf(
      [
        '#define LIMIT 16',
        '#define ALIAS other_name',
        '#define FLAGS (A | B)',
        '#define lock_it(x) mutex_lock(&(x)->lock)',
        '#define both(x) do { one(x); two(x); } while (0)',
        '#define each(p, h) for (p = first(h); p; p = next(p))',
        '#define odd(x) struct x##_s {',
      ].join('\n'),
    );
    expect(macros.map(({ name, kind, text }) => [name, kind, text])).toEqual([
      ['LIMIT', 'constant', '16'],
      ['ALIAS', 'alias', 'other_name'],
      ['FLAGS', 'expression', ''],
      ['lock_it', 'expression', ''],
      ['both', 'statements', ''],
      ['each', 'loop', ''],
      ['odd', 'opaque', ''],
    ]);
    expect(macros[3]?.parameters).toEqual(['x']);
    expect(macros[0]?.parameters).toBeUndefined();
  });
});

it('keeps top-level macros with their arguments, and includes', () => {
  const facts = factsOf(
    '#include <linux/fs.h>\n#include "a.h"\nstatic DEFINE_MUTEX(big);\nmodule_init(start);\n',
  );
  expect(facts.includes).toEqual(['<linux/fs.h>', '"a.h"']);
  expect(facts.topLevelMacros).toContainEqual({ name: 'DEFINE_MUTEX', args: ['big'], line: 3 });
  expect(facts.topLevelMacros).toContainEqual({ name: 'module_init', args: ['start'], line: 4 });
});

it('takes what a macro defines for a variable of its type', () => {
  const { globals } = factsOf(`
static DEFINE_MUTEX(own);
DEFINE_SPINLOCK(shared);
static struct mutex plain;
DEFINE_STATIC_SRCU(silent);
DEFINE_MUTEX(a.b);
`);
  const found = globals.map(({ name, type, isStatic }) => `${isStatic ? 'static ' : ''}${type} ${name}`);
  expect(found).toEqual([
    'static struct mutex own',
    'spinlock_t shared',
    'static struct mutex plain',
    'static struct srcu_struct silent',
  ]);
});
