import { expect, test } from 'vitest';
import { dumpFile } from './dump.ts';

const SHAPES: readonly (readonly [string, string, string])[] = [
  [
    'function',
    'static inline int f(struct a *x, ...)\n{\n\treturn 1;\n}\n',
    '(Function f (Declarator f (Type int)',
  ],
  [
    'annotations before the name',
    'void __head noinline g(void)\n{\n}\n',
    '(Function g (Declarator g (Type void)',
  ],
  [
    'annotations after the parameters',
    'void g(struct a *x) __must_hold(&x->l) __acquires(y)\n{\n}\n',
    '(Attribute __must_hold (Unary (Arrow l (Identifier x)))) (Attribute __acquires (Identifier y))',
  ],
  [
    'attribute on a line of its own',
    '__printf(1, 2)\nint g(const char *f, ...)\n{\n}\n',
    '(Function g (Declarator g (Type int)',
  ],
  [
    'system call',
    'SYSCALL_DEFINE2(foo, int, fd, const char __user *, name)\n{\n\treturn fd;\n}\n',
    '(Function __do_sys_foo (Declarator __do_sys_foo (Type) (DeclaratorInfo (Parameter fd (Type int)) (Parameter name (Type* char)',
  ],
  [
    'BPF helper',
    'BPF_CALL_1(bpf_foo, struct a *, x)\n{\n}\n',
    '(Function bpf_foo (Declarator bpf_foo (Type) (DeclaratorInfo (Parameter x (Type* struct a))',
  ],
  ['function made by a macro', 'static DEFINE_FOO(x)\n{\n\ty();\n}\n', '(Function x (Declarator x'],
  [
    'name made by a macro',
    'static int NAME(x)(struct a *b)\n{\n}\n',
    '(Function NAME (Declarator NAME (Type int) (DeclaratorInfo (Parameter b (Type* struct a))',
  ],
  ['K&R', 'int f(a, b)\nint a;\nchar *b;\n{\n\treturn a;\n}\n', '(Function f'],
  ['K&R with typedefs', 'static u_int\nf(a, b)\nu_int a, b;\n{\n\treturn a;\n}\n', '(Function f'],
  [
    'macro uses',
    'static DEFINE_MUTEX(m);\nmodule_init(f);\nEXPORT_SYMBOL(g)\nint x;\n',
    '(MacroInvocation module_init (Call (Identifier module_init) (Identifier f)))',
  ],
  [
    'operations table',
    'static const struct ops o = {\n\t.open = f,\n\t.close = g,\n};\n',
    '(Declarator o (Type struct ops) (InitializerList (Designated (Member open) (Identifier f)) (Designated (Member close) (Identifier g)))',
  ],
  [
    'table behind a macro',
    'define_machine(x) {\n\t.probe = f,\n};\n',
    '(MacroInvocation define_machine (Call (Identifier define_machine) (Identifier x)) (InitializerList (Designated (Member probe) (Identifier f))))',
  ],
  [
    'struct',
    'struct a {\n\tspinlock_t l;\n\tu32 x : 3, : 2;\n\tu32 : 4;\n\tint (*fn)(void);\n\tunion { int i; };\n\tint n __guarded_by(&l);\n};\n',
    '(TypeDeclaration (Type struct a (StructBody a (Declarator l (Type spinlock_t))',
  ],
  [
    'struct_group',
    'struct a {\n\tstruct_group(g, int x; int y;);\n};\n',
    '(StructBody a (Declarator x (Type int)) (Declarator y (Type int)))',
  ],
  [
    'field macros',
    'struct a {\n\tDECLARE_BITMAP(bits, 32);\n\tDECLARE_FLEX_ARRAY(struct b, items);\n};\n',
    '(Declarator bits (Type DECLARE_BITMAP)) (Declarator items (Type struct b))',
  ],
  [
    'enum',
    'enum e { A, B = 3, C __x };\n',
    '(EnumBody e (Enumerator A) (Enumerator B (Number 3)) (Enumerator C))',
  ],
  ['typedef', 'typedef int (*cb_t)(void *);\n', '(Typedef (Declarator cb_t (Type int)'],
  ['include', '#include <linux/list.h>\n#include "a.h"\n', '(Include <linux/list.h>)\n(Include "a.h")'],
  ['constant', '#define A 0x10 /* x */\n', '(Define A (Number 0x10))'],
  [
    'expression macro',
    '#define lock(x) mutex_lock(&(x)->l)\n',
    '(Define lock (Parameter x) (Call (Identifier mutex_lock) (Unary (Arrow l (Identifier x)))))',
  ],
  [
    'statement macro',
    '#define lock(x) do { a(x); b(x); } while (0)\n',
    '(Define lock (Parameter x) (Block (DoWhile (Number 0) (Block',
  ],
  [
    'loop header macro',
    '#define each(p, h) for (p = (h)->a; p; p = p->b)\n',
    '(Define each (Parameter p) (Parameter h) (Block (For',
  ],
  [
    'if header macro',
    '#define unless(x) if (x) {} else\n',
    '(Define unless (Parameter x) (Block (If (Identifier x) (Block) (Empty))))',
  ],
  [
    'pasted name',
    '#define get(n) (p->n##_lock)\n',
    '(Define get (Parameter n) (Arrow n##_lock (Identifier p)))',
  ],
  [
    'variadic macro',
    '#define p(f, args...) printk(f, ##args)\n',
    '(Define p (Parameter f) (Parameter args) (Call (Identifier printk) (Identifier f) (Identifier args)))',
  ],
  [
    'table items macro',
    '#define OPS .open = f, .close = g\n',
    '(Define OPS (InitializerList (Designated (Member open) (Identifier f)) (Designated (Member close) (Identifier g))))',
  ],
];

test.each(SHAPES)('%s', (_name, source, expected) => {
  const tree = dumpFile(source);
  expect(tree).toContain(expected);
  expect(tree).not.toContain('error');
});

test('an attribute belongs to its declarator, one before the type to all', () => {
  const tree = dumpFile('__used int a __one, b __two;\n');
  expect(tree).toContain('(Declarator a (Type int) (DeclaratorInfo (Attribute __one) (Attribute __used)))');
  expect(tree).toContain('(Declarator b (Type int) (DeclaratorInfo (Attribute __two) (Attribute __used)))');
});

test('an error costs one function, and says where and why', () => {
  const tree = dumpFile('int f(void)\n{\n\tint x = = 3;\n}\nint g(void)\n{\n\treturn 1;\n}\n');
  expect(tree).toContain('(Function f (Declarator f (Type int)');
  expect(tree).toContain('(Block (Return (Number 1)))');
  expect(tree).toContain('error 3:10 expected an expression');
});

test('a function that lacks its closing brace does not take the next one with it', () => {
  const tree = dumpFile('int f(void)\n{\n\tif (x) {\n\t\ty();\n}\n\nint g(void)\n{\n\treturn 1;\n}\n');
  expect(tree).toContain('(Function g');
  expect(tree).toContain('(Block (Return (Number 1)))');
});
