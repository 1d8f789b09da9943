/**
 * The control-flow skeleton of one function or macro: what every analysis reads, and what the index
 * stores. It is made from the syntax tree once (see lower.ts) and holds only what matters for locks and
 * pointers: calls with their arguments as access paths, dereferences, tests, assignments, returns.
 *
 * Expressions are hash-consed: two equal access paths of one function have the same number, so "the same
 * test twice" and "the lock that was taken here" are number comparisons. 0 is "absent".
 */
export const Expr = {
  Absent: 0,
  Local: 1, // a = local number (parameters first, then every declaration; shadowing makes a new one)
  Global: 2, // a = name: a global, a function, an enumerator, an object-like macro
  Field: 3, // x.name: a = object, b = name
  Arrow: 4, // x->name: a = pointer, b = name
  Deref: 5, // *x: a = pointer
  Index: 6, // x[i]: a = array or pointer, b = index (any index that is not a constant or a plain variable is Unknown)
  Address: 7, // &x: a
  Result: 8, // result of a call: a = call number (never equal to another call's)
  Integer: 9, // a = value (as int32; larger ones saturate); NULL is Integer 0
  String: 10,
  Unary: 11, // a = operand, c = Operator (Not, BitNot, Negate)
  Binary: 12, // a, b = operands, c = Operator (None only below a Sizeof)
  Cast: 13, // a = operand, b = type
  Type: 14, // a type argument of a macro: b = type
  Temporary: 15, // a = number: the joined value of ?:, && and || as a value, ({ }); assigned on each way in
  Sizeof: 16, // not evaluated when the program runs: a = the expression, where the compiler asserts something of it
  //            (see lower-unevaluated.ts), 0 otherwise
  Label: 17, // &&label: a = block, -1 where it can't be reached
  Unknown: 18, // a = unique number: floating point, inline asm output, anything else
  Initializer: 19, // { ... }: a = index into lists, b = number of pairs there (name number of the field or 0, value);
  //                  .x.y = v is a pair of x and an Initializer with y
  VaArg: 20, // __VA_ARGS__ or a variadic tail in a macro body
} as const;

/**
 * Instructions: four int32 each: [opcode, x, y, position]. A block ends with exactly one terminator.
 *
 * Deref names the pointer (x) and the place that is read or written through it (y >> 1); `&p->a` makes none
 * and `&p->a->b` one of p, for the place p->a. Lowering knows the types of locals only, so a reader that
 * knows the types of fields and globals applies two rules: where the place is an array (or a function),
 * nothing is accessed, for its name is its address; where x itself is an array, what is dereferenced is the
 * pointer that x lies behind (`p` for p->array[i]), none for a variable. &p->array[i] thus has a Deref of
 * p for the place p->array, which counts only if that field is a pointer.
 *
 * Conditions of branches are in one form: `!x`, `x == NULL`, `x != 0`, likely(x) and unlikely(x) all branch
 * on x, with the ways swapped where need be; && and || are several branches. IS_ENABLED(CONFIG_X) is the
 * Global CONFIG_X. A branch on a constant is a jump.
 */
export const Op = {
  Deref: 1, // x = pointer expression that is dereferenced here; y & 1 = 1 for a store through it, 0 for a load; y >> 1 = place
  Assign: 2, // x = target, y = value
  Call: 3, // x = call number
  Declare: 4, // x = local: enters scope without a value
  EnterScope: 5, // x = scope number: a MacroBlock, or a scope that declares a variable with a cleanup
  ExitScope: 6, // x = scope number: on every way out (fall through, break, continue, goto, return)
  Evaluate: 7, // x = expression evaluated for nothing else (its value is unused)
  Asm: 8, // x = list index of output operands (each may be overwritten), y = count
  Body: 9, // in a macro that opens a loop: the statement behind its use runs here

  // Terminators
  Jump: 20, // x = block
  Branch: 21, // x = index into branches: condition, block if true, block if false
  Switch: 22, // x = index into switches
  Return: 23, // x = expression or 0
  Goto: 24, // computed: x = expression; successors are all blocks whose label's address is taken
  End: 25, // falls off the end (a void function, a macro)
} as const;

/**
 * What makes a scope special. Scopes are left innermost first, and on every way to a block the same ones are
 * open; only a goto or case that jumps over a declaration into its scope (which C forbids, for these) arrives
 * at an ExitScope that it never entered.
 */
export const ScopeKind = {
  /**
   * name(args) { body }: a loop or a guard, as the macro's definition says. `call` is its call number n.
   *
   *   Call n; EnterScope; Branch Result(n) ? body : out      is the body entered at all?
   *   body: …; Branch !Result(n) ? out : body                 is this enough? (no other branch has a `!`)
   *   out: ExitScope
   *
   * `continue` goes to the second branch, `break` to out. A loop takes both ways at both branches, each
   * time with the iterator set anew; a guard (scoped_guard) is entered and then enough; a conditional
   * guard or an if in disguise takes both ways at the first branch and is then enough.
   */
  MacroBlock: 1,
  /**
   * `local` is cleaned up at exit. name = fn for __free(fn) and __cleanup(fn), with call = -1; the class for
   * CLASS(name, local)(args), with call = that of its constructor, class_<name>_constructor.
   */
  Cleanup: 2,
  /** guard(name)(args): `call` is the call number of the outer call. */
  Guard: 3,
} as const;

export interface Call {
  /** Callee expression: Global for a direct call, an access path for an indirect one; a Result for guard(x)(y). */
  readonly callee: number;
  /** Argument expressions. */
  readonly args: readonly number[];
  readonly position: number;
}

export interface Scope {
  readonly kind: number;
  /** -1 where there is none. */
  readonly call: number;
  /** -1 where there is none. */
  readonly local: number;
  /** Name number of the cleanup, 0 where there is none. */
  readonly name: number;
}

export interface SwitchTable {
  readonly value: number;
  /** Triples [low, high, block] of expressions (Integer, Global enumerator, Unknown; high = 0 but for a range) and a block. */
  readonly cases: readonly number[];
  /** The default block, or the block after the switch. */
  readonly otherwise: number;
}

interface Local {
  readonly name: string;
  /** Normal form of a type, see types.ts: 'struct foo *', 'unsigned int', 'struct list_head []'. */
  readonly type: string;
  readonly isParameter: boolean;
  readonly isStatic: boolean;
}

/**
 * One function or function-like macro body. `names` and `types` are those of the file (shared arrays).
 * Positions are numbers made by `position(line, column)`, 1-based.
 */
export interface Flow {
  readonly names: readonly string[];
  readonly types: readonly string[];
  readonly locals: readonly Local[];
  readonly exprOp: Uint8Array;
  readonly exprA: Int32Array;
  readonly exprB: Int32Array;
  readonly exprC: Uint8Array;
  readonly lists: Int32Array;
  readonly ops: Int32Array;
  /** Index into ops (in instructions) of the first instruction of each block; block 0 is the entry. */
  readonly blocks: Int32Array;
  /** Triples: condition expression, block if true, block if false. */
  readonly branches: Int32Array;
  readonly switches: readonly SwitchTable[];
  readonly calls: readonly Call[];
  readonly scopes: readonly Scope[];
}

const COLUMN_BITS = 10;
const COLUMN_MASK = (1 << COLUMN_BITS) - 1;

/** Packs a 1-based line and column; columns over 1,023 and lines over 2,097,151 saturate. */
export const position = (line: number, column: number): number =>
  (Math.min(line, 0x1fffff) << COLUMN_BITS) | Math.min(column, COLUMN_MASK);

export const lineOf = (position: number): number => position >>> COLUMN_BITS;
export const columnOf = (position: number): number => position & COLUMN_MASK;
