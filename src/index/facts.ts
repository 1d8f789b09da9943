/** Everything learned from one file alone; a pure function of its bytes and the analyser's version. */
import type { Flow } from '../c/flow.ts';

/** A type in normal form: one string, see c/types.ts. 'struct foo *', 'u32', 'struct list_head []', 'int (*)()'. */
export type TypeName = string;

export interface Parameter {
  readonly name: string;
  readonly type: TypeName;
}

export interface FunctionFact {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly returns: TypeName;
  readonly parameters: readonly Parameter[];
  readonly variadic: boolean;
  readonly isStatic: boolean;
  readonly isInline: boolean;
  readonly alwaysInline: boolean;
  readonly noReturn: boolean;
  /** __init, __exit and the like. */
  readonly isInit: boolean;
  /** `__must_hold(&x->lock)` and other annotations: name and the text of each argument. */
  readonly attributes: readonly { name: string; args: readonly string[] }[];
  /** True for a prototype: no flow. */
  readonly isPrototype: boolean;
  /** What made it, where it is not written as a function: 'SYSCALL_DEFINE3'. */
  readonly definedBy: string | undefined;
  /**
   * Only a piece of the body is seen (a patch without a tree): what holds at its start is not known, and its
   * End is not the function's.
   */
  readonly isPartial?: true;
  /** Absent for a prototype, and where the body could not be parsed. */
  readonly flow: Flow | undefined;
}

export interface MacroFact {
  readonly name: string;
  readonly line: number;
  /** Undefined for an object-like macro. */
  readonly parameters: readonly string[] | undefined;
  readonly variadic: boolean;
  /**
   * expression: `flow` returns its value. statements: `flow` runs. loop: `flow` is the loop with an empty
   * body. constant / alias: `text` has it. opaque: not understood.
   */
  readonly kind: 'expression' | 'statements' | 'loop' | 'alias' | 'constant' | 'opaque';
  readonly text: string;
  readonly flow: Flow | undefined;
}

export interface FieldFact {
  /** Empty for an anonymous struct or union member, whose fields are reached through it. */
  readonly name: string;
  readonly type: TypeName;
  readonly line: number;
}

export interface StructFact {
  /** 'struct foo', 'union bar'; without a tag see c/types.ts. */
  readonly name: string;
  readonly line: number;
  readonly fields: readonly FieldFact[];
}

export interface GlobalFact {
  readonly name: string;
  readonly type: TypeName;
  readonly line: number;
  readonly isStatic: boolean;
  readonly isExtern: boolean;
  readonly perCpu: boolean;
}

/**
 * A function stored in a field: by an initializer of a table, or by an assignment in a function.
 * For a union or nested struct the field is the whole path: 'u.ops.open', with '->' where an assignment
 * follows a pointer on the way: 'priv->ops.open'. The field is '' where the variable itself is the pointer.
 */
export interface TableEntry {
  /**
   * Normal form of the type that the path starts in: 'struct file_operations'; 'typeof(x)' for a global of
   * another file, 'typeof(f())' for what a function returns, '' where not known.
   */
  readonly type: TypeName;
  readonly field: string;
  /** '' for NULL or 0, which says that the field is left empty on purpose. */
  readonly target: string;
  /** Name of the table variable, or of the function that assigns. */
  readonly table: string;
  readonly line: number;
}

/** A table: a variable with its initializer, an element of an array that has functions, a compound literal; with the fields that it names. */
export interface TableFact {
  readonly name: string;
  readonly type: TypeName;
  readonly line: number;
  readonly fields: readonly string[];
}

/** A macro used at the top level: DEFINE_MUTEX(lock); module_init(f); arguments as text. */
export interface TopLevelMacro {
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
}

export interface ParseError {
  readonly line: number;
  readonly function: string;
  readonly reason: string;
}

export interface FileFacts {
  readonly includes: readonly string[];
  readonly functions: readonly FunctionFact[];
  readonly macros: readonly MacroFact[];
  readonly structs: readonly StructFact[];
  /** name -> type */
  readonly typedefs: readonly { name: string; type: TypeName; line: number }[];
  readonly enumerators: readonly { name: string; value: number | undefined; line: number }[];
  readonly globals: readonly GlobalFact[];
  readonly tables: readonly TableFact[];
  readonly tableEntries: readonly TableEntry[];
  readonly topLevelMacros: readonly TopLevelMacro[];
  readonly errors: readonly ParseError[];
  /** True where only some lines of the file are known: what it does not have may be in the others. */
  readonly isPartial?: true;
}
