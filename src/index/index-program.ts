/**
 * A Program over a tree's index, with changed files laid over it. Only what is asked for is read: names are
 * looked up by their hash, the best candidates decoded, and flows one at a time.
 */
import { baseOf } from '../c/types.ts';
import { BoundedMap } from './bounded-map.ts';
import type {
  FieldFact,
  FileFacts,
  FunctionFact,
  GlobalFact,
  StructFact,
  TableEntry,
  TypeName,
} from './facts.ts';
import type { TreeFiles } from './file-index.ts';
import { folderOf, pathsInFolder } from './folder.ts';
import { type Changes, LayeredFiles, type Place } from './layered-files.ts';
import { entryKey, fieldKey, LinkKind, MentionFlag, SymbolFlag } from './link-record.ts';
import type { FunctionRef, MacroRef, Program } from './program.ts';
import { best, isOutside, isVisibleToAll } from './resolve.ts';
import { type Lookup, resolveBase, resolveField, resolvePlace } from './resolve-types.ts';
import type { StoredFacts } from './stored-facts.ts';

interface Stored {
  readonly ref: FunctionRef;
  readonly entry: TableEntry;
  readonly path: string;
}

interface Candidate extends Place {
  readonly isStatic: boolean;
}

/** A name of some kind in the whole tree. */
interface Named {
  readonly candidates: readonly Candidate[];
  /** What it means to all files, where they agree. */
  readonly everywhere: readonly Place[] | undefined;
  /** What it means to each file that asked, where they do not. */
  answers: Map<string, readonly Place[]> | undefined;
}

const NOWHERE: Named = { candidates: [], everywhere: [], answers: undefined };

/** Names of a kind that are kept, and files whose answers are kept of each. */
const NAMES = 100_000;
const ANSWERS_PER_NAME = 200;
const STORED_ANSWERS = 2_000;
const FOLDERS = 200;

const NO_CHANGES: Changes = new Map();

/** A program of a tree; `changes` stand in place of its files. */
export function indexProgram(tree: TreeFiles, changes: Changes = NO_CHANGES): IndexProgram {
  return new IndexProgram(new LayeredFiles(tree, changes));
}

export class IndexProgram implements Program {
  readonly paths: readonly string[];
  readonly #files: LayeredFiles;
  readonly #lookup: Lookup;
  /** By LinkKind. */
  readonly #named: BoundedMap<string, Named>[] = [];
  readonly #stored = new BoundedMap<string, readonly Stored[]>(STORED_ANSWERS);
  readonly #folders = new BoundedMap<string, readonly string[]>(FOLDERS);

  constructor(files: LayeredFiles) {
    this.#files = files;
    this.paths = files.changedPaths;
    this.#lookup = {
      struct: (name, from) => {
        const place = this.#best(LinkKind.Struct, name, from);
        return place && { path: place.path, fact: this.#facts(place).structs[place.ordinal] as StructFact };
      },
      structs: (name, from) =>
        this.#all(LinkKind.Struct, name, from).map((place) => ({
          path: place.path,
          fact: this.#facts(place).structs[place.ordinal] as StructFact,
        })),
      typedef: (name, from) => {
        const place = this.#best(LinkKind.Typedef, name, from);
        return place && { path: place.path, type: this.#facts(place).typedefs[place.ordinal]?.type ?? '' };
      },
      globalType: (name, from) => {
        const place = this.#best(LinkKind.Global, name, from);
        return place && { path: place.path, type: this.#facts(place).globals[place.ordinal]?.type ?? '' };
      },
      returnType: (name, from) => {
        const ref = this.functions(name, from)[0];
        if (ref !== undefined) return { path: ref.path, type: ref.fact.returns };
        const place = this.#best(LinkKind.Prototype, name, from);
        return (
          place && { path: place.path, type: this.#facts(place).functions[place.ordinal]?.returns ?? '' }
        );
      },
    };
  }

  /** Paths of all files of the tree as it is here. */
  *allPaths(): Generator<string> {
    for (const file of this.#files.all()) yield this.#files.path(file);
  }

  /** The definitions in a file, in its order. */
  definitions(path: string): readonly FunctionRef[] {
    const file = this.#files.fileOf(path);
    return file === undefined ? [] : this.#files.unit(file).definitions;
  }

  /** A definition by its number. */
  definition(number: number): FunctionRef | undefined {
    return this.#files.definition(number);
  }

  pathOfDefinition(number: number): string | undefined {
    return this.#files.pathOfDefinition(number);
  }

  usesName(path: string, name: string): boolean {
    const file = this.#files.fileOf(path);
    return file !== undefined && this.#files.unit(file).facts.flows.names.includes(name);
  }

  siblings(path: string): readonly string[] {
    const folder = folderOf(path);
    return this.#folders.get(folder, () => pathsInFolder(this.#files.below(folder), path));
  }

  facts(path: string): FileFacts | undefined {
    const file = this.#files.fileOf(path);
    return file === undefined ? undefined : this.#files.unit(file).facts;
  }

  functions(name: string, from: string): readonly FunctionRef[] {
    return this.#all(LinkKind.Function, name, from).map((place) => this.#files.defined(name, place));
  }

  /** All definitions of a name, whoever can see them, in order of path. */
  allFunctions(name: string): readonly FunctionRef[] {
    const places = this.#candidates(LinkKind.Function, name).filter((place) =>
      this.#isNamed(LinkKind.Function, name, place),
    );
    return places.map((place) => this.#files.defined(name, place));
  }

  /** All macros of a name, in order of path. */
  allMacros(name: string): readonly MacroRef[] {
    const macros = this.#candidates(LinkKind.Macro, name).map((place) => this.#files.macro(place));
    return macros.filter(({ fact }) => fact.name === name);
  }

  isUnambiguous(name: string): boolean {
    const functions = this.#namedAs(LinkKind.Function, name).everywhere;
    if (functions === undefined) return false;
    const macros = this.#namedAs(LinkKind.Macro, name).everywhere;
    // Without either, prototypes decide.
    return macros !== undefined && functions.length + macros.length === 1;
  }

  prototype(name: string, from: string): FunctionFact | undefined {
    const place = this.#best(LinkKind.Prototype, name, from);
    return place && this.#facts(place).functions[place.ordinal];
  }

  macro(name: string, from: string): MacroRef | undefined {
    const found = this.#all(LinkKind.Macro, name, from).map((place) => this.#files.macro(place));
    // Of several definitions in one file (#ifdef and #else) the one that says most.
    return found.find(({ fact }) => fact.flow !== undefined && fact.kind !== 'opaque') ?? found[0];
  }

  struct(name: TypeName, from: string): StructFact | undefined {
    return this.#lookup.struct(name, from)?.fact;
  }

  typedef(name: string, from: string): TypeName | undefined {
    return this.#lookup.typedef(name, from)?.type;
  }

  global(name: string, from: string): { path: string; fact: GlobalFact } | undefined {
    const found = this.#all(LinkKind.Global, name, from);
    const isDefinition = ({ flags }: Place): boolean => (flags & SymbolFlag.Extern) === 0;
    // A definition says more than an extern declaration of the same fit, and one elsewhere more than an extern here.
    const place =
      found.find(isDefinition) ??
      this.#candidates(LinkKind.Global, name).find(
        (other) => isDefinition(other) && !other.isStatic && (isOutside(from) || !isOutside(other.path)),
      ) ??
      found[0];
    return place && { path: place.path, fact: this.#facts(place).globals[place.ordinal] as GlobalFact };
  }

  enumerator(name: string, from: string): number | undefined {
    const place = this.#best(LinkKind.Enumerator, name, from);
    return place && this.#facts(place).enumerators[place.ordinal]?.value;
  }

  field(type: TypeName, name: string, from: string): { owner: TypeName; field: FieldFact } | undefined {
    return resolveField(this.#lookup, type, name, from);
  }

  mentioning(name: string, isNear: (path: string) => boolean): readonly FunctionRef[] {
    return this.#files
      .places(LinkKind.Mention, name)
      .filter(({ path, flags }) => (flags & MentionFlag.Macro) === 0 && isNear(path))
      .map((place) => this.#ref(place));
  }

  callers(ref: FunctionRef, limit = Number.POSITIVE_INFINITY): readonly FunctionRef[] {
    const found = new Map<string, FunctionRef>();
    const names = [ref.name];
    const seen = new Set(names);
    for (const name of names) {
      for (const place of this.#files.places(LinkKind.Mention, name)) {
        const { facts } = this.#files.unit(place.file);
        if (!facts.flows.names.includes(name)) continue;
        if ((place.flags & MentionFlag.Macro) !== 0) {
          const macro = facts.macros[place.ordinal]?.name;
          if (macro === undefined || seen.has(macro)) continue;
          seen.add(macro);
          names.push(macro);
          continue;
        }
        // Where a macro's text is put, too, the name must mean this function.
        if (!this.functions(ref.name, place.path).some(({ id }) => id === ref.id)) continue;
        const caller = this.#ref(place);
        found.set(caller.id, caller);
        if (found.size >= limit) return [...found.values()];
      }
    }
    return [...found.values()];
  }

  macroUsers(macro: MacroRef, limit = Number.POSITIVE_INFINITY): readonly FunctionRef[] {
    const { name } = macro.fact;
    const found = new Map<string, FunctionRef>();
    for (const place of this.#files.places(LinkKind.Mention, name)) {
      if ((place.flags & MentionFlag.Macro) !== 0 || this.macro(name, place.path)?.id !== macro.id) continue;
      const user = this.#ref(place);
      if (user.fact.flow?.names.includes(name)) found.set(user.id, user);
      if (found.size >= limit) break;
    }
    return [...found.values()];
  }

  callersThrough(field: string, limit = Number.POSITIVE_INFINITY): readonly FunctionRef[] {
    const found = new Map<string, FunctionRef>();
    for (const place of this.#files.places(LinkKind.Indirect, field)) {
      if ((place.flags & MentionFlag.Macro) !== 0) continue;
      const caller = this.#ref(place);
      if (caller.fact.flow?.names.includes(field)) found.set(caller.id, caller);
      if (found.size >= limit) break;
    }
    return [...found.values()];
  }

  stored(type: TypeName, field: string, limit = Number.POSITIVE_INFINITY, from = ''): readonly Stored[] {
    const { owner, field: leaf } = resolvePlace(this.#lookup, type, field, from);
    const home = from === '' ? '' : this.#homeOf(owner, from);
    return this.#stored.get(`${owner} ${leaf} ${limit} ${home}`, () => {
      const keys = new Set([...this.#namesOf(owner).map((name) => entryKey(name, leaf)), fieldKey('', leaf)]);
      const places = [...keys].flatMap((key) => this.#files.places(LinkKind.Entry, key));
      if (places.length > limit) return [];
      const stored: Stored[] = [];
      for (const place of places) {
        const entry = this.#files.tableEntries(place.file)[place.ordinal] as TableEntry;
        const found = resolvePlace(this.#lookup, entry.type, entry.field, place.path);
        if (found.owner !== owner || found.field !== leaf) continue;
        if (home !== '' && this.#homeOf(owner, place.path) !== home) continue;
        const resolved = { ...entry, type: owner, field: leaf };
        for (const ref of this.functions(entry.target, place.path)) {
          stored.push({ ref, entry: resolved, path: place.path });
        }
      }
      return stored;
    });
  }

  storedIn(ref: FunctionRef): readonly { entry: TableEntry; path: string }[] {
    const found: { entry: TableEntry; path: string }[] = [];
    for (const place of this.#files.places(LinkKind.Target, ref.name)) {
      const entry = this.#files.tableEntries(place.file)[place.ordinal] as TableEntry;
      if (entry.target !== ref.name) continue;
      if (!this.functions(entry.target, place.path).some(({ id }) => id === ref.id)) continue;
      const { owner, field } = resolvePlace(this.#lookup, entry.type, entry.field, place.path);
      found.push({ entry: { ...entry, type: owner, field }, path: place.path });
    }
    return found;
  }

  emptyFields(type: TypeName, field: string): { empty: number; total: number } {
    const wanted = resolveBase(this.#lookup, type, '').type;
    let total = 0;
    let filled = 0;
    for (const name of this.#namesOf(wanted)) {
      const isMeant = ({ path }: Place): boolean =>
        name === wanted || resolveBase(this.#lookup, name, path).type === wanted;
      total += this.#files.places(LinkKind.Table, name).filter(isMeant).length;
      filled += this.#files.places(LinkKind.Filled, fieldKey(name, field)).filter(isMeant).length;
    }
    return { empty: total - filled, total };
  }

  /** Path of the definition of a struct that a file sees, where the tree has several of the name; '' where it has one. */
  #homeOf(owner: TypeName, from: string): string {
    const name = owner.replace(/(\.<\d+>)+$/, '');
    if (this.#candidates(LinkKind.Struct, name).length < 2) return '';
    return this.#lookup.struct(name, from)?.path ?? '';
  }

  #ref({ file, ordinal }: Place): FunctionRef {
    return this.#files.unit(file).refs.get(ordinal) as FunctionRef;
  }

  #facts({ file }: Place): StoredFacts {
    return this.#files.unit(file).facts;
  }

  /** The struct that has the field (its outermost one, where it is an unnamed member), and the typedefs that stand for it. */
  #namesOf(owner: TypeName): TypeName[] {
    const names = [owner.replace(/(\.<\d+>)+$/, '')];
    for (const name of names) {
      for (const place of this.#files.places(LinkKind.Alias, name)) {
        const typedef = this.#facts(place).typedefs[place.ordinal];
        if (typedef !== undefined && baseOf(typedef.type) === name && !names.includes(typedef.name)) {
          names.push(typedef.name);
        }
      }
    }
    return names;
  }

  #best(kind: number, name: string, from: string): Place | undefined {
    return this.#all(kind, name, from)[0];
  }

  /** The definitions that a name in `from` may mean, the best. */
  #all(kind: number, name: string, from: string): readonly Place[] {
    const named = this.#namedAs(kind, name);
    if (named.everywhere !== undefined) return named.everywhere;
    named.answers ??= new Map();
    const { answers } = named;
    const known = answers.get(from);
    if (known !== undefined) return known;
    let { candidates } = named;
    for (;;) {
      const chosen = this.#choose(candidates, from);
      const wrong = chosen.filter((place) => !this.#isNamed(kind, name, place));
      if (wrong.length === 0) {
        if (answers.size >= ANSWERS_PER_NAME) answers.clear();
        answers.set(from, chosen);
        return chosen;
      }
      candidates = candidates.filter((place) => !wrong.includes(place));
    }
  }

  #choose(candidates: readonly Candidate[], from: string): readonly Candidate[] {
    if (candidates.length === 0) return candidates;
    // Nobody in particular asks: everything that is not private to a file will do.
    if (from === '') return candidates.slice(0, 1);
    const own = candidates.filter(({ path }) => path === from);
    if (own.length > 0) return own;
    const includes = this.#files.visibleFrom(from);
    return best(candidates, from, ({ file }) => includes(file));
  }

  #candidates(kind: number, name: string): readonly Candidate[] {
    return this.#namedAs(kind, name).candidates;
  }

  #namedAs(kind: number, name: string): Named {
    let ofKind = this.#named[kind];
    if (ofKind === undefined) {
      ofKind = new BoundedMap(NAMES, ({ candidates }) => 1 + candidates.length / 8);
      this.#named[kind] = ofKind;
    }
    return ofKind.find(name) ?? ofKind.set(name, this.#name(kind, name));
  }

  #name(kind: number, name: string): Named {
    const hasStatic = kind === LinkKind.Function || kind === LinkKind.Prototype || kind === LinkKind.Global;
    const places = this.#files.places(kind, name);
    if (places.length === 0) return NOWHERE;
    const candidates = places.map((place) => ({
      ...place,
      isStatic: hasStatic && (place.flags & SymbolFlag.Static) !== 0,
    }));
    const [only] = candidates;
    let everywhere: readonly Place[] | undefined;
    if (only !== undefined && candidates.length === 1 && isVisibleToAll(only) && !isOutside(only.path)) {
      everywhere = this.#isNamed(kind, name, only) ? candidates : [];
    }
    return { candidates, everywhere, answers: undefined };
  }

  /** Whether the name is really what is at a place: a change may bring two that the index does not tell apart. */
  #isNamed(kind: number, name: string, place: Place): boolean {
    return !this.#files.isChanged(place.file) || this.#nameOf(kind, place) === name;
  }

  #nameOf(kind: number, place: Place): string | undefined {
    const facts = this.#facts(place);
    switch (kind) {
      case LinkKind.Function:
        return this.#files.unit(place.file).definitions[place.ordinal]?.name;
      case LinkKind.Prototype:
        return facts.functions[place.ordinal]?.name;
      case LinkKind.Macro:
        return facts.macros[place.ordinal]?.name;
      case LinkKind.Struct:
        return facts.structs[place.ordinal]?.name;
      case LinkKind.Typedef:
        return facts.typedefs[place.ordinal]?.name;
      case LinkKind.Enumerator:
        return facts.enumerators[place.ordinal]?.name;
      default:
        return facts.globals[place.ordinal]?.name;
    }
  }
}
