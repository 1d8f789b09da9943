/**
 * The syntax tree of one file of kernel C: struct-of-arrays, so that a whole tree of Linux can be parsed
 * without making an object per node. A node is a number; 0 is "absent". Lists are chained through `next`.
 *
 * What a, b, c and name hold depends on the kind; the table below is the contract between the parser and
 * everything that reads a tree. `token` is the index of the token that a message about the node points at
 * (the operator of `->`, `=` and calls' callee name; otherwise the first token).
 */
export const Kind = {
  Absent: 0,

  // Expressions
  Identifier: 1, // name; 'a##b' where a macro pastes it, which names nothing
  Number: 2, // name = text of the literal (interned)
  String: 3, // adjacent literals (and macros between them) are one node; name = 0, textOfToken() of parse.ts has the first one
  Char: 4, // name = text
  Member: 5, // a.name: a = object, name = field
  Arrow: 6, // a->name: a = pointer, name = field
  Index: 7, // a[b]
  Call: 8, // a = callee, b = first argument (list); c = 1 where an argument is a type or a block
  Unary: 9, // op a: op = Operator in `c` (Not, BitNot, Negate, Plus, AddressOf, Deref, PreIncrement, PreDecrement)
  Postfix: 10, // a op: c = Operator (PostIncrement, PostDecrement)
  Binary: 11, // a op b: c = Operator
  LogicalAnd: 12, // a && b
  LogicalOr: 13, // a || b
  Assign: 14, // a = b; c = Operator of a compound assignment (Add for +=), 0 for =
  Conditional: 15, // a ? b : c; b = 0 for GNU a ?: c
  Comma: 16, // a, b
  Cast: 17, // (a) b: a = Type
  Sizeof: 18, // sizeof, alignof, typeof as a value: a = Type or expression; nothing in it is evaluated
  Offsetof: 19, // offsetof / __builtin_offsetof: a = Type, b = designator expression; not evaluated
  StatementExpression: 20, // ({ ... }): a = Block
  InitializerList: 21, // { ... }: a = first item (list of Designated or expression)
  Designated: 22, // .name = b, [a] = b, name: b; a = designator chain (Member/Index over Absent), b = value
  CompoundLiteral: 23, // (a){ ... }: a = Type, b = InitializerList
  TypeArgument: 24, // a type where an expression may stand (macro arguments): a = Type
  LabelAddress: 25, // &&name
  BlockArgument: 26, // { ... } handed to a macro: a = Block
  Generic: 27, // _Generic(a, ...): a = controlling expression, b = first association value (list)
  Stringify: 28, // # or ## in a macro body: name of the operand; value unknown

  // Statements
  Block: 40, // a = first statement (list); b = token index of the closing brace
  ExpressionStatement: 41, // a
  Declaration: 42, // a = first Declarator (list); local variables
  If: 43, // a = condition, b = then, c = else
  While: 44, // a = condition, b = body
  DoWhile: 45, // a = condition, b = body
  For: 46, // a = init (expression or Declaration), b = condition, c = ForRest
  ForRest: 47, // a = step, b = body (second half of For)
  Switch: 48, // a = value, b = body
  Case: 49, // a = low, b = high (case ranges); the statements follow as siblings
  Default: 50,
  Label: 51, // name; the statement follows as sibling
  Goto: 52, // name
  ComputedGoto: 53, // a
  Break: 54,
  Continue: 55,
  Return: 56, // a
  Asm: 57, // a = first output expression (list), b = first input expression (list), c = first goto label (Identifier list)
  MacroBlock: 58, // name(args) statement-or-block, as in list_for_each_entry(...) { } and scoped_guard(...) { }: a = Call, b = body
  Empty: 59,
  StaticAssert: 60, // a
  NestedFunction: 61, // a GNU nested function: skipped
  PreprocessorIf: 62, // #if around whole statements: a = condition (defined(X), #ifdef X are the Identifier X), b = first
  //          statement of the first arm (list), c = first statement of the other arm (list; #elif is a PreprocessorIf
  //          alone in it). No scope of its own. Conditionals elsewhere are resolved before parsing and leave no node.

  // Types and declarators
  Type: 80, // name = words of the specifier joined by one space, qualifiers and attributes left out
  //          ('struct foo', 'unsigned int', 'u32'); a = StructBody/EnumBody where one stands here,
  //          b = pointer depth, c = typeof's operand (expression or Type) where name is 'typeof'
  Declarator: 81, // name; a = Type (pointer depth included); b = initializer; c = DeclaratorInfo
  DeclaratorInfo: 82, // a = first array dimension (list; Absent dimension = Empty), b = first Parameter (list) for a
  //          function or function pointer, c = flags (DeclaratorFlag), and in place of a name the node of
  //          the first Attribute (list) of this declarator
  Parameter: 83, // name (0 where unnamed); a = Type; c = DeclaratorInfo
  Attribute: 84, // name = attribute or annotation (__must_hold, __free, guarded); a = first argument (list)

  // Top level
  Function: 100, // name; a = Declarator (return type, parameters in its info), b = Block, c = first Attribute (list)
  VariableDeclaration: 101, // a = first Declarator (list), c = first Attribute (list); globals and prototypes
  Typedef: 102, // a = first Declarator (list)
  StructBody: 103, // name = tag; a = first Field (list of Declarator; anonymous members have name 0), c = 1 for union
  EnumBody: 104, // name = tag; a = first Enumerator (list)
  Enumerator: 105, // name; a = value
  TypeDeclaration: 106, // a = Type; `struct x { ... };`
  MacroInvocation: 107, // a = Call, whose callee has flags as `c` (DeclaratorFlag); DEFINE_MUTEX(x); module_init(f); EXPORT_SYMBOL(f); with `b` = Block where a body follows
  //          (SYSCALL_DEFINE3(...) { ... } and the like: the Function that it defines follows in the list and has the same Block);
  //          c = initializer, as in DEFINE_FOO(x) = { }
  Define: 108, // name; a = first Parameter (list), b = body (expression, Block of statements) or 0 where not parsed,
  //          c = DefineFlag
  Include: 109, // name = path with its quotes or angle brackets
} as const;

export type Kind = (typeof Kind)[keyof typeof Kind];

/** Operators of Unary, Postfix, Binary and compound Assign. */
export const Operator = {
  None: 0,
  Add: 1,
  Subtract: 2,
  Multiply: 3,
  Divide: 4,
  Modulo: 5,
  ShiftLeft: 6,
  ShiftRight: 7,
  And: 8,
  Or: 9,
  Xor: 10,
  Equal: 11,
  NotEqual: 12,
  Less: 13,
  Greater: 14,
  LessEqual: 15,
  GreaterEqual: 16,
  Not: 17,
  BitNot: 18,
  Negate: 19,
  Plus: 20,
  AddressOf: 21,
  Deref: 22,
  PreIncrement: 23,
  PreDecrement: 24,
  PostIncrement: 25,
  PostDecrement: 26,
} as const;

export type Operator = (typeof Operator)[keyof typeof Operator];

/** Flags of DeclaratorInfo. */
export const DeclaratorFlag = {
  Static: 1,
  Extern: 2,
  Inline: 4,
  AlwaysInline: 8,
  FunctionPointer: 16,
  Function: 32,
  Const: 64,
  PerCpu: 128,
  Bitfield: 256,
  NoReturn: 512,
  Variadic: 1024,
  Init: 2048, // __init, __exit, __meminit and the like
  NoInline: 4096,
} as const;

/** Flags of Define. */
export const DefineFlag = {
  FunctionLike: 1,
  Variadic: 2,
  /** The body opens a loop or if without its body (`for (...)`), so a statement follows each use: `b` is that statement with an Empty body. */
  Header: 4,
  /** The body is not an expression or whole statements; `b` is 0. */
  Unparsed: 8,
  Undef: 16,
  /** The body is one number (a Number node). A file of more than 512 KiB keeps no node for these: register headers. */
  Constant: 32,
} as const;

/**
 * A parsed file: what parse.ts makes and what lowering and extraction read. A node is an index into the
 * node arrays (which may be longer than `count`: the parser grows them by doubling). All arrays are the
 * parser's own and are used again for its next file: a tree must be read before the next parse().
 */
export interface Tree {
  readonly kind: Uint8Array;
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly c: Int32Array;
  /** Index into `names`; 0 is the empty name. */
  readonly name: Int32Array;
  /** Next node of the list that this node is in. */
  readonly next: Int32Array;
  /** Index of the token that a message about the node points at. */
  readonly token: Int32Array;
  readonly count: number;
  /** First top-level node (list). */
  readonly first: number;
  /**
   * Interned texts: identifiers, numbers, types. names[0] is ''. Shared by all files of one parser: holds far more
   * than this file's names, and a name keeps its number from file to file as long as `namesEpoch` is the same.
   */
  readonly names: string[];
  readonly namesEpoch: number;
  /** Per token: 1-based line and column packed by `position()` of flow.ts. */
  readonly tokenPosition: Int32Array;
  /** What could not be parsed; `function` is '' outside functions. */
  readonly errors: readonly {
    readonly line: number;
    readonly column: number;
    readonly function: string;
    readonly reason: string;
  }[];
}
