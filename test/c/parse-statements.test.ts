import { expect, test } from 'vitest';
import { dumpBody } from './dump.ts';

/** Shapes that must parse as what they are: source of a body, and what its tree must contain. */
const SHAPES: readonly (readonly [string, string, string])[] = [
  [
    'call',
    'foo(a->b, &c.d);',
    '(Call (Identifier foo) (Arrow b (Identifier a)) (Unary (Member d (Identifier c))))',
  ],
  ['declaration by shape', 'foo_t x = y;', '(Declaration (Declarator x (Type foo_t) (Identifier y)))'],
  ['pointer declaration', 'foo * bar;', '(Declaration (Declarator bar (Type* foo)))'],
  ['multiplication', 'x = a * b;', '(Binary (Identifier a) (Identifier b))'],
  ['cast', 'x = (u32)-y;', '(Cast (Type u32) (Unary (Identifier y)))'],
  ['no cast', 'x = (a) - y;', '(Binary (Identifier a) (Identifier y))'],
  ['cast to pointer', 'x = (struct a __user *)y;', '(Cast (Type* struct a) (Identifier y))'],
  ['cast with annotation', 'x = (__force unsigned int)y;', '(Cast (Type unsigned int) (Identifier y))'],
  ['compound literal', 'x = (struct a){ .b = 1 };', '(CompoundLiteral (Type struct a) (InitializerList'],
  [
    'function pointer',
    'int (*fn)(struct a *x) = y;',
    '(Declarator fn (Type int) (Identifier y) (DeclaratorInfo (Parameter x (Type* struct a))',
  ],
  [
    'cleanup',
    'struct a *p __free(kfree) = q;',
    '(Declarator p (Type* struct a) (Identifier q) (DeclaratorInfo (Attribute __free (Identifier kfree))',
  ],
  [
    'guard',
    'guard(mutex)(&l);',
    '(ExpressionStatement (Call (Call (Identifier guard) (Identifier mutex)) (Unary (Identifier l))))',
  ],
  ['scoped_guard', 'scoped_guard(mutex, &l) { x(); }', '(MacroBlock (Call (Identifier scoped_guard)'],
  [
    'scoped_guard without braces',
    '\tscoped_guard(mutex, &l)\n\t\tx();',
    '(MacroBlock (Call (Identifier scoped_guard) (Identifier mutex) (Unary (Identifier l))) (ExpressionStatement (Call (Identifier x))))',
  ],
  [
    'scoped_cond_guard',
    'scoped_cond_guard(mutex_intr, return -EINTR, &l) { x(); }',
    '(BlockArgument (Block (Return (Unary (Identifier EINTR)))))',
  ],
  [
    'CLASS',
    'CLASS(fdget, f)(fd);',
    '(Call (Call (Identifier CLASS) (Identifier fdget) (Identifier f)) (Identifier fd))',
  ],
  [
    'iterator',
    '\tlist_for_each_entry(p, &h, node)\n\t\tif (p)\n\t\t\tx();',
    '(MacroBlock (Call (Identifier list_for_each_entry)',
  ],
  [
    'iterator over an increment',
    '\tlist_for_each(p, &h)\n\t\t++n;',
    '(MacroBlock (Call (Identifier list_for_each) (Identifier p) (Unary (Identifier h))) (ExpressionStatement (Unary (Identifier n))))',
  ],
  [
    'macro without semicolon',
    '\tLOCK(x)\n\ty();',
    '(ExpressionStatement (Call (Identifier LOCK) (Identifier x)))\n(ExpressionStatement (Call (Identifier y)))',
  ],
  [
    'macro for while',
    'do { x(); } while_each_thread(g, t);',
    '(DoWhile (Call (Identifier while_each_thread)',
  ],
  [
    'statement expression',
    'x = ({ int y = 1; y; });',
    '(StatementExpression (Block (Declaration (Declarator y (Type int) (Number 1))) (ExpressionStatement (Identifier y))))',
  ],
  ['typeof', 'typeof(*p) q = r;', '(Declarator q (Type typeof (Unary (Identifier p))) (Identifier r))'],
  ['auto type', '__auto_type q = r;', '(Declarator q (Type __auto_type) (Identifier r))'],
  ['case range', 'switch (x) { case 1 ... 3: y(); break; default: z(); }', '(Case (Number 1) (Number 3))'],
  ['label and goto', 'goto out; out: return;', '(Goto out)\n(Label out)\n(Return)'],
  ['computed goto', 'goto *tab[i]; x = &&l;', '(ComputedGoto (Index (Identifier tab) (Identifier i)))'],
  [
    'asm',
    'asm volatile("x" : [o] "=r" (p->a) : "r" (b), "m" (c) : "memory");',
    '(Asm (Arrow a (Identifier p)) (Identifier b) (Identifier c))',
  ],
  ['asm goto', 'asm goto("x" : : "i" (k) : : l_yes);', '(Asm (Identifier k) (Identifier l_yes))'],
  ['elvis', 'x = a ?: b;', '(Conditional (Identifier a) (Identifier b))'],
  [
    'generic',
    'x = _Generic(a, int: b, default: c);',
    '(Generic (Identifier a) (Identifier b) (Identifier c))',
  ],
  [
    'type argument',
    'p = container_of(q, struct a, m);',
    '(Call (Identifier container_of) (Identifier q) (TypeArgument (Type struct a)) (Identifier m))',
  ],
  [
    'operator argument',
    'CHECK(a, ==, b);',
    '(Call (Identifier CHECK) (Identifier a) (Stringify) (Identifier b))',
  ],
  [
    'block argument',
    'wait_event_cmd(q, c, { x(); }, y());',
    '(BlockArgument (Block (ExpressionStatement (Call (Identifier x)))))',
  ],
  [
    'strings with macros',
    'pr_info(PFX "a" PRIu64 "b" FMT(x) "\\n", y);',
    '(Call (Identifier pr_info) (String) (Identifier y))',
  ],
  [
    'sizeof',
    'x = sizeof(struct a) + sizeof(*p);',
    '(Binary (Sizeof (Type struct a)) (Sizeof (Unary (Identifier p))))',
  ],
  ['offsetof', 'x = offsetof(struct a, b.c);', '(Offsetof (Type struct a) (Member c (Identifier b)))'],
  [
    'else if',
    'if (a) x(); else if (b) y(); else z();',
    '(If (Identifier a) (ExpressionStatement (Call (Identifier x))) (If (Identifier b)',
  ],
  [
    'for with declaration',
    'for (int i = 0; i < n; i++) x(i);',
    '(For (Declaration (Declarator i (Type int) (Number 0)))',
  ],
  [
    'nested function',
    'int g(int x) { return x; } y();',
    '(NestedFunction)\n(ExpressionStatement (Call (Identifier y)))',
  ],
  [
    'old designators',
    'struct a x = { b: 1, [2] = 3, [4 ... 5] = 6, .c.d = 7 };',
    '(Designated (Member b) (Number 1)) (Designated (Index (Number 2)) (Number 3)) (Designated (Index (Number 4)) (Number 6)) (Designated (Member d (Member c)) (Number 7))',
  ],
  ['wide character', "x = L'a';", "(Char 'a')"],
];

test.each(SHAPES)('%s', (_name, body, expected) => {
  expect(dumpBody(body)).toContain(expected);
});
