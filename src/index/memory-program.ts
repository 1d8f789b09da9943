/** A Program over the facts of a few files in memory: a fixture, a patch alone, a miniature tree. */
import { Expr, type Flow } from '../c/flow.ts';
import { globalsIn } from '../c/flow-names.ts';
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
import { pathsInFolder } from './folder.ts';
import { IncludePaths, reachable } from './include-paths.ts';
import type { FunctionRef, MacroRef, Program } from './program.ts';
import { best, type Candidate, isOutside } from './resolve.ts';
import { type Lookup, resolveBase, resolveField, resolvePlace } from './resolve-types.ts';

interface Definition<T> extends Candidate {
  readonly fact: T;
}

interface FunctionDefinition extends Definition<FunctionFact> {
  readonly ref: FunctionRef;
}

interface Stored {
  readonly ref: FunctionRef;
  readonly entry: TableEntry;
  readonly path: string;
}

/** Definitions by name, in order of path and line. */
class NameIndex<T extends Candidate> {
  readonly #byName = new Map<string, T[]>();

  add(name: string, definition: T): void {
    const list = this.#byName.get(name);
    if (list === undefined) this.#byName.set(name, [definition]);
    else list.push(definition);
  }

  get(name: string): readonly T[] {
    return this.#byName.get(name) ?? [];
  }
}

/** Makes a program of the facts of files by path. */
export function memoryProgram(files: ReadonlyMap<string, FileFacts>): Program {
  return new MemoryProgram(files);
}

class MemoryProgram implements Program {
  readonly paths: readonly string[];
  readonly #files: ReadonlyMap<string, FileFacts>;
  readonly #refs: FunctionRef[] = [];
  readonly #refsByPath = new Map<string, FunctionRef[]>();
  /** Names that the functions of a file use. */
  readonly #namesUsed = new Map<string, ReadonlySet<string>>();
  readonly #functions = new NameIndex<FunctionDefinition>();
  readonly #prototypes = new NameIndex<Definition<FunctionFact>>();
  readonly #macros = new NameIndex<Definition<MacroFact>>();
  readonly #structs = new NameIndex<Definition<StructFact>>();
  readonly #typedefs = new NameIndex<Definition<TypeName>>();
  readonly #globals = new NameIndex<Definition<GlobalFact>>();
  readonly #enumerators = new NameIndex<Definition<number | undefined>>();
  readonly #includes: IncludePaths;
  readonly #visible = new Map<string, ReadonlySet<string>>();
  #mentions: ReadonlyMap<string, readonly (FunctionRef | MacroRef)[]> | undefined;
  #stored: ReadonlyMap<string, readonly Stored[]> | undefined;
  #storedIn: ReadonlyMap<string, readonly { entry: TableEntry; path: string }[]> | undefined;
  readonly #lookup: Lookup;

  constructor(files: ReadonlyMap<string, FileFacts>) {
    this.#files = files;
    this.paths = [...files.keys()].sort();
    this.#includes = new IncludePaths(new Map(this.paths.map((path, number) => [path, number])));
    for (const path of this.paths) this.#add(path, files.get(path) as FileFacts);
    this.#lookup = {
      struct: (name, from) => this.#best(this.#structs.get(name), from),
      structs: (name, from) => this.#all(this.#structs.get(name), from),
      typedef: (name, from) => {
        const found = this.#best(this.#typedefs.get(name), from);
        return found && { path: found.path, type: found.fact };
      },
      globalType: (name, from) => {
        const found = this.#best(this.#globals.get(name), from);
        return found && { path: found.path, type: found.fact.type };
      },
      returnType: (name, from) => {
        const found =
          this.#best(this.#functions.get(name), from) ?? this.#best(this.#prototypes.get(name), from);
        return found && { path: found.path, type: found.fact.returns };
      },
    };
  }

  #add(path: string, facts: FileFacts): void {
    const isStatic = false;
    const ids = new Map<string, number>();
    const refs: FunctionRef[] = [];
    this.#refsByPath.set(path, refs);
    for (const fact of facts.functions) {
      if (fact.isPrototype) {
        this.#prototypes.add(fact.name, { path, isStatic: fact.isStatic, fact });
        continue;
      }
      const count = (ids.get(fact.name) ?? 0) + 1;
      ids.set(fact.name, count);
      const id = `${path}:${fact.name}${count === 1 ? '' : `:${count}`}`;
      const ref = { id, number: -1, path, name: fact.name, fact };
      this.#refs.push(ref);
      refs.push(ref);
      this.#functions.add(fact.name, { path, isStatic: fact.isStatic, fact, ref });
    }
    for (const fact of facts.macros) this.#macros.add(fact.name, { path, isStatic, fact });
    for (const fact of facts.structs) this.#structs.add(fact.name, { path, isStatic, fact });
    for (const { name, type } of facts.typedefs) this.#typedefs.add(name, { path, isStatic, fact: type });
    for (const fact of facts.globals) this.#globals.add(fact.name, { path, isStatic: fact.isStatic, fact });
    for (const { name, value } of facts.enumerators)
      this.#enumerators.add(name, { path, isStatic, fact: value });
  }

  usesName(path: string, name: string): boolean {
    let used = this.#namesUsed.get(path);
    if (used === undefined) {
      // The functions of a file share one list.
      const lists = new Set(this.definitions(path).map(({ fact }) => fact.flow?.names ?? []));
      used = new Set([...lists].flat());
      this.#namesUsed.set(path, used);
    }
    return used.has(name);
  }

  siblings(path: string): readonly string[] {
    return pathsInFolder(this.paths, path);
  }

  facts(path: string): FileFacts | undefined {
    return this.#files.get(path);
  }

  definition(): undefined {
    return undefined;
  }

  pathOfDefinition(): undefined {
    return undefined;
  }

  definitions(path: string): readonly FunctionRef[] {
    return this.#refsByPath.get(path) ?? [];
  }

  functions(name: string, from: string): readonly FunctionRef[] {
    return this.#all(this.#functions.get(name), from).map((definition) => definition.ref);
  }

  isUnambiguous(): boolean {
    return false;
  }

  prototype(name: string, from: string): FunctionFact | undefined {
    return this.#best(this.#prototypes.get(name), from)?.fact;
  }

  macro(name: string, from: string): MacroRef | undefined {
    const found = this.#all(this.#macros.get(name), from);
    // Of several definitions in one file (#ifdef and #else) the one that says most.
    const definition =
      found.find(({ fact }) => fact.flow !== undefined && fact.kind !== 'opaque') ?? found[0];
    return definition && macroRef(definition.path, definition.fact);
  }

  struct(name: TypeName, from: string): StructFact | undefined {
    return this.#lookup.struct(name, from)?.fact;
  }

  typedef(name: string, from: string): TypeName | undefined {
    return this.#lookup.typedef(name, from)?.type;
  }

  global(name: string, from: string): { path: string; fact: GlobalFact } | undefined {
    const found = this.#all(this.#globals.get(name), from);
    // A definition says more than an extern declaration of the same fit, and one elsewhere more than an extern here.
    const local = found.find(({ fact }) => !fact.isExtern);
    const definition =
      local ??
      this.#globals
        .get(name)
        .find(
          ({ path, fact }) => !fact.isExtern && !fact.isStatic && (isOutside(from) || !isOutside(path)),
        ) ??
      found[0];
    return definition && { path: definition.path, fact: definition.fact };
  }

  enumerator(name: string, from: string): number | undefined {
    return this.#best(this.#enumerators.get(name), from)?.fact;
  }

  field(type: TypeName, name: string, from: string): { owner: TypeName; field: FieldFact } | undefined {
    return resolveField(this.#lookup, type, name, from);
  }

  mentioning(name: string, isNear: (path: string) => boolean): readonly FunctionRef[] {
    return this.#mentioning(name).filter(
      (mention): mention is FunctionRef => 'number' in mention && isNear(mention.path),
    );
  }

  callers(ref: FunctionRef): readonly FunctionRef[] {
    const found = new Set<FunctionRef>();
    const names = [ref.name];
    const seen = new Set(names);
    for (const name of names) {
      for (const mention of this.#mentioning(name)) {
        if ('number' in mention) {
          // Where a macro's text is put, too, the name must mean this function.
          if (this.functions(ref.name, mention.path).includes(ref)) found.add(mention);
        } else if (!seen.has(mention.fact.name)) {
          seen.add(mention.fact.name);
          names.push(mention.fact.name);
        }
      }
    }
    return [...found];
  }

  macroUsers(macro: MacroRef, limit = Number.POSITIVE_INFINITY): readonly FunctionRef[] {
    const { name } = macro.fact;
    return this.#mentioning(name)
      .filter((user) => 'number' in user)
      .filter((user) => this.macro(name, user.path)?.id === macro.id)
      .slice(0, limit);
  }

  callersThrough(field: string, limit = Number.POSITIVE_INFINITY): readonly FunctionRef[] {
    return this.#refs
      .filter(({ fact: { flow } }) => flow?.calls.some((c) => isField(flow, c.callee, field)))
      .slice(0, limit);
  }

  stored(type: TypeName, field: string, limit = Number.POSITIVE_INFINITY): readonly Stored[] {
    this.#link();
    const { owner, field: leaf } = this.#place(type, field, '');
    const stored = this.#stored?.get(`${owner} ${leaf}`) ?? [];
    return stored.length > limit ? [] : stored;
  }

  storedIn(ref: FunctionRef): readonly { entry: TableEntry; path: string }[] {
    this.#link();
    return this.#storedIn?.get(ref.id) ?? [];
  }

  emptyFields(type: TypeName, field: string): { empty: number; total: number } {
    const wanted = resolveBase(this.#lookup, type, '').type;
    let total = 0;
    let empty = 0;
    for (const path of this.paths) {
      const facts = this.#files.get(path) as FileFacts;
      for (const table of facts.tables) {
        if (resolveBase(this.#lookup, table.type, path).type !== wanted) continue;
        total++;
        const isNull = facts.tableEntries.some(
          (entry) => entry.target === '' && entry.field === field && entry.table === table.name,
        );
        if (isNull || !table.fields.includes(field)) empty++;
      }
    }
    return { empty, total };
  }

  #all<T extends Candidate>(candidates: readonly T[], from: string): readonly T[] {
    if (candidates.length === 0) return candidates;
    // Nobody in particular asks: everything that is not private to a file will do.
    if (from === '') return candidates.slice(0, 1);
    const visible = this.#visibleFrom(from);
    return best(candidates, from, ({ path }) => visible.has(path));
  }

  #best<T extends Candidate>(candidates: readonly T[], from: string): T | undefined {
    return this.#all(candidates, from)[0];
  }

  /** The files that a file includes, directly or not. */
  #visibleFrom(from: string): ReadonlySet<string> {
    let visible = this.#visible.get(from);
    if (visible === undefined) {
      visible = reachable(
        from,
        (path) => this.#includesOf(path),
        (path) => this.#files.has(path),
      );
      this.#visible.set(from, visible);
    }
    return visible;
  }

  #includesOf(path: string): string[] {
    const includes = this.#files.get(path)?.includes ?? [];
    const numbers = includes.map((include) => this.#includes.resolve(include, path));
    return numbers.filter((number) => number >= 0).map((number) => this.paths[number] as string);
  }

  /** Functions and macros whose flow names a global. */
  #mentioning(name: string): readonly (FunctionRef | MacroRef)[] {
    if (this.#mentions === undefined) {
      const mentions = new Map<string, (FunctionRef | MacroRef)[]>();
      const add = (user: FunctionRef | MacroRef): void => {
        for (const global of globalsIn(user.fact.flow)) {
          const users = mentions.get(global);
          if (users === undefined) mentions.set(global, [user]);
          else users.push(user);
        }
      };
      for (const ref of this.#refs) add(ref);
      for (const path of this.paths)
        for (const fact of this.#files.get(path)?.macros ?? []) add(macroRef(path, fact));
      this.#mentions = mentions;
    }
    return this.#mentions.get(name) ?? [];
  }

  #place(type: TypeName, field: string, from: string): { owner: TypeName; field: string } {
    return resolvePlace(this.#lookup, type, field, from);
  }

  /** Brings the entries of all tables to the struct and field that they end in. */
  #link(): void {
    if (this.#stored !== undefined) return;
    const stored = new Map<string, Stored[]>();
    const storedIn = new Map<string, { entry: TableEntry; path: string }[]>();
    for (const path of this.paths) {
      for (const entry of this.#files.get(path)?.tableEntries ?? []) {
        if (entry.target === '') continue;
        const refs = this.functions(entry.target, path);
        if (refs.length === 0) continue;
        const { owner, field } = this.#place(entry.type, entry.field, path);
        const resolved = { ...entry, type: owner, field };
        const key = `${owner} ${field}`;
        for (const ref of refs) {
          push(stored, key, { ref, entry: resolved, path });
          push(storedIn, ref.id, { entry: resolved, path });
        }
      }
    }
    this.#stored = stored;
    this.#storedIn = storedIn;
  }
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

const isField = ({ exprOp, exprB, names }: Flow, e: number, field: string): boolean =>
  (exprOp[e] === Expr.Arrow || exprOp[e] === Expr.Field) && names[exprB[e] as number] === field;

const macroRef = (path: string, fact: MacroFact): MacroRef => ({ id: `${path}:${fact.line}`, path, fact });
