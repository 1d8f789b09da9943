/**
 * A tree as the analyses see it: names resolved to definitions. Two implementations: the facts of a few
 * files in memory (a patch alone, a fixture, a miniature tree), and the whole tree's index on disk with
 * the changed files laid over it. Everything is synchronous and cheap to ask twice.
 */
import type {
  FieldFact,
  FileFacts,
  FunctionFact,
  GlobalFact,
  MacroFact,
  StructFact,
  TableEntry,
  TypeName,
} from './facts.ts';

/** A function definition in the tree. `id` is stable within one Program: `path:name` (':2' and so on where a file has several). */
export interface FunctionRef {
  readonly id: string;
  /** Number among all definitions of the tree's index; -1 in a changed file, and where there is no index. */
  readonly number: number;
  readonly path: string;
  readonly name: string;
  readonly fact: FunctionFact;
}

export interface MacroRef {
  /** Stable within one Program. */
  readonly id: string;
  readonly path: string;
  readonly fact: MacroFact;
}

export interface Program {
  /** Paths of the files that this program knows best: all of a small tree, the changed ones of a big one. */
  readonly paths: readonly string[];
  facts(path: string): FileFacts | undefined;
  /** A definition by its number; undefined where there is none, or where its file is changed. */
  definition(number: number): FunctionRef | undefined;
  /** Path of the file that a definition is in, by its number; undefined as of definition(), and cheap to ask. */
  pathOfDefinition(number: number): string | undefined;
  /** The function definitions in a file, in its order. */
  definitions(path: string): readonly FunctionRef[];

  /** True where the code of a file may use a name: of a function, a global, a field. Cheap, and never false where it does. */
  usesName(path: string, name: string): boolean;

  /** Paths of the files in the folder of this one, itself included, in order. */
  siblings(path: string): readonly string[];

  /** Definitions that a call of `name` in file `from` may reach: the file's own static first, then by include and visibility, then by directory. Usually one. */
  functions(name: string, from: string): readonly FunctionRef[];
  /** True where a name means the same function or macro, or nothing, whichever file uses it. */
  isUnambiguous(name: string): boolean;
  /** Prototype where no body is known. */
  prototype(name: string, from: string): FunctionFact | undefined;
  macro(name: string, from: string): MacroRef | undefined;
  struct(name: TypeName, from: string): StructFact | undefined;
  typedef(name: string, from: string): TypeName | undefined;
  global(name: string, from: string): { path: string; fact: GlobalFact } | undefined;
  enumerator(name: string, from: string): number | undefined;
  /** A field by name, through anonymous members. `type` may be a pointer or typedef of the struct. */
  field(type: TypeName, name: string, from: string): { owner: TypeName; field: FieldFact } | undefined;

  /** Functions of the files that are `isNear` whose bodies may call a name, or refer to it. Never fewer than do. */
  mentioning(name: string, isNear: (path: string) => boolean): readonly FunctionRef[];
  /** Functions that call `name` (or store it in a table), for going up; the search ends at `limit` of them. */
  callers(ref: FunctionRef, limit?: number): readonly FunctionRef[];
  /** Functions that use a macro by its name; the search ends at `limit` of them. */
  macroUsers(macro: MacroRef, limit?: number): readonly FunctionRef[];
  /** Functions that call through a field of this name, whatever the struct; the search ends at `limit` of them. */
  callersThrough(field: string, limit?: number): readonly FunctionRef[];
  /**
   * Functions that the tree stores in this field of this struct; none where there are more places than `limit`. Of
   * several structs of one name (drivers have their own) the one that file `from` sees.
   */
  stored(
    type: TypeName,
    field: string,
    limit?: number,
    from?: string,
  ): readonly { ref: FunctionRef; entry: TableEntry; path: string }[];
  /** Where a function is stored: which struct type and field. */
  storedIn(ref: FunctionRef): readonly { entry: TableEntry; path: string }[];
  /** Tables of this struct type: how many leave `field` empty, out of how many. */
  emptyFields(type: TypeName, field: string): { empty: number; total: number };
}
