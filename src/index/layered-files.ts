/** The files of a tree with changed ones laid over them, under one numbering: the tree's first, then the changed. */
import { BoundedMap } from './bounded-map.ts';
import type { FunctionFact, MacroFact, TableEntry } from './facts.ts';
import { type AnalysedFile, MemoryFiles, type TreeFiles } from './file-index.ts';
import { IncludePaths } from './include-paths.ts';
import { IncludedFiles } from './included-files.ts';
import { flagsOf, ordinalOf, SymbolFlag } from './link-record.ts';
import type { FunctionRef, MacroRef } from './program.ts';
import type { StoredFacts } from './stored-facts.ts';

/** A place where a name may be: a file, and what its LinkKind counts there. */
export interface Place {
  readonly file: number;
  readonly path: string;
  readonly ordinal: number;
  readonly flags: number;
}

/** A file with what was decoded of it. */
export interface Unit {
  readonly path: string;
  readonly facts: StoredFacts;
  /** The definitions among its functions, by their ordinal. */
  readonly refs: ReadonlyMap<number, FunctionRef>;
  /** The same in their order. */
  readonly definitions: readonly FunctionRef[];
}

/** Changed files by path; undefined for one that is gone. */
export type Changes = ReadonlyMap<string, AnalysedFile | undefined>;

/** Encoded bytes of the files whose facts are kept decoded. What is decoded of them is several times that. */
const UNIT_BYTES = 8 << 20;
/** The same of headers, which all files ask for. */
const HEADER_BYTES = 24 << 20;
/** Table entries that are kept, of whole files. */
const ENTRIES = 150_000;

export class LayeredFiles {
  readonly #base: TreeFiles;
  readonly #over: MemoryFiles;
  /** By number of a changed file of the tree: its number now, or -1. */
  readonly #moved = new Map<number, number>();
  /** Names, without folders, of files that the tree does not have. */
  readonly #newNames = new Set<string>();
  readonly #units = new BoundedMap<number, Unit>(UNIT_BYTES, weightOf);
  readonly #headers = new BoundedMap<number, Unit>(HEADER_BYTES, weightOf);
  readonly #entries = new BoundedMap<number, readonly TableEntry[]>(ENTRIES, ({ length }) => 8 + length);
  #included: IncludedFiles | undefined;
  #includes: IncludePaths | undefined;

  constructor(base: TreeFiles, changes: Changes) {
    this.#base = base;
    const files = new Map<string, AnalysedFile>();
    for (const [path, file] of changes) if (file !== undefined) files.set(path, file);
    this.#over = new MemoryFiles(files);
    for (const path of changes.keys()) {
      const before = base.fileOf(path);
      if (before !== undefined) this.#moved.set(before, this.#overNumber(path) ?? -1);
      else this.#newNames.add(nameOf(path));
    }
  }

  /** Numbers of all files, in order of path within the tree, the changed ones last. */
  *all(): Generator<number> {
    for (let file = 0; file < this.#base.fileCount; file++) if (!this.#moved.has(file)) yield file;
    for (let file = 0; file < this.#over.fileCount; file++) yield this.#base.fileCount + file;
  }

  /** Paths of the files in a folder ('' or with its slash) and below it, the changed ones last. */
  *below(folder: string): Generator<string> {
    for (let file = this.#base.tree.firstBelow(folder); file < this.#base.fileCount; file++) {
      const path = this.#base.path(file);
      if (!path.startsWith(folder)) break;
      if (!this.#moved.has(file)) yield path;
    }
    for (const path of this.changedPaths) if (path.startsWith(folder)) yield path;
  }

  /** Paths of the changed files that are there. */
  get changedPaths(): string[] {
    return Array.from({ length: this.#over.fileCount }, (_, file) => this.#over.path(file));
  }

  path(file: number): string {
    const { fileCount } = this.#base;
    return file < fileCount ? this.#base.path(file) : this.#over.path(file - fileCount);
  }

  fileOf(path: string): number | undefined {
    const over = this.#overNumber(path);
    if (over !== undefined) return over;
    const file = this.#base.fileOf(path);
    return file === undefined || this.#moved.has(file) ? undefined : file;
  }

  unit(file: number): Unit {
    const units = this.path(file).endsWith('.h') ? this.#headers : this.#units;
    return units.get(file, () => {
      const { fileCount } = this.#base;
      const facts = file < fileCount ? this.#base.facts(file) : this.#over.facts(file - fileCount);
      const first = file < fileCount ? this.#base.tree.firstFunction(file) : -1;
      return makeUnit(this.path(file), facts, first, (ordinal) => this.#function(file, ordinal));
    });
  }

  #function(file: number, ordinal: number): FunctionFact {
    return this.unit(file).facts.functions[ordinal] as FunctionFact;
  }

  /** Whether a file is one of those that are laid over the tree. */
  isChanged(file: number): boolean {
    return file >= this.#base.fileCount;
  }

  /** The function of a name that is defined at a place of LinkKind.Function. Its file is not read before its fact is asked for. */
  defined(name: string, { file, path, ordinal, flags }: Place): FunctionRef {
    // Whether it is the second or the third of its name only the file can tell.
    if ((flags & SymbolFlag.Repeated) !== 0) return this.unit(file).definitions[ordinal] as FunctionRef;
    const number = this.isChanged(file) ? -1 : this.#base.tree.firstFunction(file) + ordinal;
    return new IndexedFunction(
      idOf(path, name, 1),
      number,
      path,
      name,
      () => (this.unit(file).definitions[ordinal] as FunctionRef).fact,
    );
  }

  macro({ file, path, ordinal }: Place): MacroRef {
    return new IndexedMacro(
      `${path}:${ordinal}`,
      path,
      () => this.unit(file).facts.macros[ordinal] as MacroFact,
    );
  }

  /** What a file stores in fields. Kept apart: one call through a field asks for those of many files, and for nothing else. */
  tableEntries(file: number): readonly TableEntry[] {
    return this.#entries.get(file, () => this.unit(file).facts.tableEntries);
  }

  /** Path of the file that a definition of the tree is in; undefined where that is changed. */
  pathOfDefinition(number: number): string | undefined {
    const file = this.#base.tree.fileOfFunction(number);
    return this.#moved.has(file) ? undefined : this.#base.path(file);
  }

  /** A definition of the tree by its number; where its file is changed, the one that has its name there now, if any has. */
  definition(number: number): FunctionRef | undefined {
    const { tree } = this.#base;
    const file = tree.fileOfFunction(number);
    const before = this.unit(file).definitions[number - tree.firstFunction(file)];
    if (!this.#moved.has(file)) return before;
    const now = this.fileOf(this.#base.path(file));
    return now === undefined ? undefined : this.unit(now).definitions.find(({ id }) => id === before?.id);
  }

  /** Candidates for a name, in order of path. */
  places(kind: number, name: string): Place[] {
    const places: Place[] = [];
    for (const { file, value } of this.#base.postings(kind, name)) {
      if (this.#moved.has(file)) continue;
      places.push({ file, path: this.#base.path(file), ordinal: ordinalOf(value), flags: flagsOf(value) });
    }
    const fromTree = places.length;
    for (const { file, value } of this.#over.postings(kind, name)) {
      const path = this.#over.path(file);
      const number = this.#base.fileCount + file;
      places.push({ file: number, path, ordinal: ordinalOf(value), flags: flagsOf(value) });
    }
    if (places.length > fromTree && fromTree > 0) {
      places.sort((x, y) => (x.path < y.path ? -1 : x.path > y.path ? 1 : x.ordinal - y.ordinal));
    }
    return places;
  }

  /** Tells of a file's number whether the file `from` includes it, directly or not. */
  visibleFrom(from: string): (file: number) => boolean {
    this.#included ??= new IncludedFiles(this.#base.tree.includeGraph, {
      fileCount: this.#base.fileCount + this.#over.fileCount,
      path: (file) => this.path(file),
      fileOf: (path) => this.fileOf(path),
      moved: this.#moved,
      newNames: this.#newNames,
      resolve: (file) => this.#resolveIncludes(file),
    });
    return this.#included.from(from);
  }

  #resolveIncludes(file: number): Int32Array {
    this.#includes ??= new IncludePaths(
      new Map([...this.all()].map((number) => [this.path(number), number])),
    );
    const targets: number[] = [];
    for (const include of this.unit(file).facts.includes) {
      const target = this.#includes.resolve(include, this.path(file));
      if (target >= 0) targets.push(target);
    }
    return Int32Array.from(targets);
  }

  #overNumber(path: string): number | undefined {
    const file = this.#over.fileOf(path);
    return file === undefined ? undefined : this.#base.fileCount + file;
  }
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const weightOf = ({ facts }: Unit): number => facts.flows.bytes.length + 4096;

/**
 * `first`: the number of the file's first definition; -1 where its definitions have none. `factOf` gives the fact
 * of a function by its ordinal.
 */
function makeUnit(
  path: string,
  facts: StoredFacts,
  first: number,
  factOf: (ordinal: number) => FunctionFact,
): Unit {
  let refs: ReadonlyMap<number, FunctionRef> | undefined;
  let definitions: readonly FunctionRef[] | undefined;
  return {
    path,
    facts,
    get definitions() {
      definitions ??= [...this.refs.values()];
      return definitions;
    },
    get refs() {
      refs ??= definitionsOf(path, facts, first, factOf);
      return refs;
    },
  };
}

/** A definition of a file that may be forgotten and decoded again: who keeps the ref keeps no file. */
class IndexedFunction implements FunctionRef {
  readonly id: string;
  readonly number: number;
  readonly path: string;
  readonly name: string;
  readonly #fact: () => FunctionFact;

  constructor(id: string, number: number, path: string, name: string, fact: () => FunctionFact) {
    this.id = id;
    this.number = number;
    this.path = path;
    this.name = name;
    this.#fact = fact;
  }

  get fact(): FunctionFact {
    return this.#fact();
  }
}

/** The same of a macro. */
class IndexedMacro implements MacroRef {
  readonly id: string;
  readonly path: string;
  readonly #fact: () => MacroFact;

  constructor(id: string, path: string, fact: () => MacroFact) {
    this.id = id;
    this.path = path;
    this.#fact = fact;
  }

  get fact(): MacroFact {
    return this.#fact();
  }
}

function definitionsOf(
  path: string,
  facts: StoredFacts,
  first: number,
  factOf: (ordinal: number) => FunctionFact,
): ReadonlyMap<number, FunctionRef> {
  const refs = new Map<number, FunctionRef>();
  const counts = new Map<string, number>();
  for (const [ordinal, fact] of facts.functions.entries()) {
    if (fact.isPrototype) continue;
    const { name } = fact;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    const number = first < 0 ? -1 : first + refs.size;
    refs.set(
      ordinal,
      new IndexedFunction(idOf(path, name, count), number, path, name, () => factOf(ordinal)),
    );
  }
  return refs;
}

/** `count`: it is the first, second… of its name in the file. */
const idOf = (path: string, name: string, count: number): string =>
  `${path}:${name}${count === 1 ? '' : `:${count}`}`;
