/** A parsed file to its facts. */
import { DeclaratorFlag, Kind, type Tree } from '../c/ast.ts';
import { ByteWriter } from '../c/bytes.ts';
import { columnOf, lineOf } from '../c/flow.ts';
import { LoweringError } from '../c/flow-builder.ts';
import { encodeFlow } from '../c/flow-encode.ts';
import { lowerBody, lowerFunction, lowerGuard, lowerMacro } from '../c/lower.ts';
import { Lowering } from '../c/lowering.ts';
import { declaredType } from '../c/types.ts';
import { staticDefinitions, variableDefinitions } from '../kernel/definitions.ts';
import {
  type GuardDefinition,
  guardConstructor,
  guardDefinitions,
  isGuardConstructor,
} from '../kernel/guards.ts';
import { assignedEntries } from './extract-assignments.ts';
import { functionSignature, textsOf } from './extract-functions.ts';
import { macroShape } from './extract-macros.ts';
import { tableOf } from './extract-tables.ts';
import { TypeCollector } from './extract-types.ts';
import type {
  FunctionFact,
  GlobalFact,
  ParseError,
  StructFact,
  TableEntry,
  TableFact,
  TopLevelMacro,
} from './facts.ts';
import { type FlowStore, FunctionRecord, MacroRecord, NO_FLOW, type StoredFacts } from './stored-facts.ts';

/** What extraction collects from one file. */
interface Collected {
  includes: string[];
  functions: FunctionRecord[];
  macros: MacroRecord[];
  structs: StructFact[];
  typedefs: { name: string; type: string; line: number }[];
  enumerators: { name: string; value: number | undefined; line: number }[];
  globals: GlobalFact[];
  tables: TableFact[];
  tableEntries: TableEntry[];
  topLevelMacros: TopLevelMacro[];
  errors: ParseError[];
}

/** Is told of each body that was lowered, while it is in the builder: `ordinal` counts functions, or macros. */
export interface BodyListener {
  body(lowering: Lowering, ordinal: number, isMacro: boolean): void;
}

/** What is known of a function whose beginning is not seen; parameters by number of their name in the tree. */
export interface Signature
  extends Partial<Pick<FunctionFact, 'returns' | 'isStatic' | 'isInline' | 'variadic'>> {
  readonly name: string;
  readonly parameters: readonly { readonly name: number; readonly type: string }[];
}

/** Extracts facts of file after file; keeps its buffers between them. One per thread. */
export class Extractor {
  #lowering: Lowering | undefined;
  readonly #bytes = new ByteWriter();
  readonly #listener: BodyListener | undefined;

  constructor(listener?: BodyListener) {
    this.#listener = listener;
  }

  /** The facts of a parsed file. The tree may be overwritten afterwards; the facts refer to nothing of it. */
  extract(file: Tree): StoredFacts {
    return this.#start(file, false).run();
  }

  /** The facts of a Block that is a piece of a function, with what is known of the function from elsewhere. */
  extractBody(file: Tree, body: number, signature: Signature): StoredFacts {
    return this.#start(file, true).runBody(body, signature);
  }

  #start(file: Tree, isFragment: boolean): FileExtraction {
    // The arrays by themselves: a parser's tree looks them up anew each time.
    const { kind, a, b, c, name, next, token, count, first, names, namesEpoch, tokenPosition, errors } = file;
    const tree = { kind, a, b, c, name, next, token, count, first, names, namesEpoch, tokenPosition, errors };
    this.#lowering ??= new Lowering(tree);
    this.#lowering.start(tree);
    this.#lowering.isFragment = isFragment;
    this.#bytes.reset();
    return new FileExtraction(tree, this.#lowering, this.#bytes, this.#listener);
  }
}

/** What the lines of a hunk do not tell. */
const NOTHING_SAID = {
  alwaysInline: false,
  noReturn: false,
  isInit: false,
  attributes: [],
  isPrototype: false,
  definedBy: undefined,
} as const;

class FileExtraction {
  readonly tree: Tree;
  readonly lowering: Lowering;
  readonly bytes: ByteWriter;
  readonly listener: BodyListener | undefined;
  readonly types: TypeCollector;
  /** Filled in at the end; the records refer to it. */
  readonly store: { bytes: Uint8Array; names: readonly string[]; types: readonly string[] };
  readonly facts: Collected = {
    includes: [],
    functions: [],
    macros: [],
    structs: [],
    typedefs: [],
    enumerators: [],
    globals: [],
    tables: [],
    tableEntries: [],
    topLevelMacros: [],
    errors: [],
  };
  /** The macro that defines the function that comes next. */
  #definedBy: string | undefined;
  /** Tables wait until all structs of the file are known: a positional initializer needs the fields' names. */
  readonly #tables: { declarator: number; type: string; holder: string }[] = [];

  constructor(tree: Tree, lowering: Lowering, bytes: ByteWriter, listener: BodyListener | undefined) {
    this.tree = tree;
    this.lowering = lowering;
    this.bytes = bytes;
    this.listener = listener;
    this.store = { bytes: new Uint8Array(0), names: [], types: [] };
    this.types = new TypeCollector(tree, this.facts.structs, this.facts.enumerators);
  }

  run(): StoredFacts {
    const { tree, facts } = this;
    for (const { line, function: name, reason } of tree.errors)
      facts.errors.push({ line, function: name, reason });
    for (let node = tree.first; node !== 0; node = tree.next[node] as number) this.topLevel(node);
    return this.#finish();
  }

  runBody(body: number, signature: Signature): StoredFacts {
    const { tree, facts, lowering } = this;
    const start = tree.tokenPosition[tree.token[body] as number] as number;
    const line = lineOf(start);
    const flowAt = this.lower(() => lowerBody(lowering, body, signature.parameters), line, signature.name);
    const { name, returns = '', isStatic = false, isInline = false, variadic = false } = signature;
    const parameters = signature.parameters.map((p) => ({
      name: tree.names[p.name] as string,
      type: p.type,
    }));
    const endLine = lineOf(tree.tokenPosition[tree.b[body] as number] as number);
    const seen = {
      name,
      line,
      column: columnOf(start),
      endLine,
      returns,
      parameters,
      isStatic,
      isInline,
      variadic,
    };
    facts.functions.push(new FunctionRecord({ ...seen, ...NOTHING_SAID, flowAt }, this.store));
    for (const { line, function: name, reason } of tree.errors)
      facts.errors.push({ line, function: name, reason });
    return this.#finish();
  }

  #finish(): StoredFacts {
    const { tree, facts } = this;
    const structs = new Map(facts.structs.map((struct) => [struct.name, struct]));
    const { tables, tableEntries } = facts;
    for (const { declarator, type, holder } of this.#tables) {
      tableOf(tree, declarator, type, holder, { structs, tables, tableEntries });
    }
    this.store.bytes = this.bytes.take();
    this.store.names = this.lowering.names.texts;
    this.store.types = this.lowering.types.texts;
    return { ...facts, flows: this.store satisfies FlowStore };
  }

  topLevel(node: number): void {
    const { tree, facts } = this;
    switch (tree.kind[node]) {
      case Kind.Function:
        this.types.collect(tree.a[tree.a[node] as number] as number, this.name(tree.a[node] as number));
        this.addFunction(node);
        break;
      case Kind.VariableDeclaration:
        this.addVariables(node);
        break;
      case Kind.Typedef:
        for (let d = tree.a[node] as number; d !== 0; d = tree.next[d] as number) {
          const base = this.types.collect(tree.a[d] as number, `<${this.name(d)}>`);
          facts.typedefs.push({ name: this.name(d), type: declaredType(tree, d, base), line: this.line(d) });
        }
        break;
      case Kind.TypeDeclaration:
        this.types.collect(tree.a[node] as number, '');
        break;
      case Kind.StructBody:
      case Kind.EnumBody:
        this.types.collectBody(node, '');
        break;
      case Kind.MacroInvocation:
        this.addInvocation(node);
        break;
      case Kind.Define:
        this.addMacro(node);
        break;
      case Kind.Include:
        facts.includes.push(this.name(node));
        break;
      case Kind.PreprocessorIf:
        for (let s = tree.b[node] as number; s !== 0; s = tree.next[s] as number) this.topLevel(s);
        for (let s = tree.c[node] as number; s !== 0; s = tree.next[s] as number) this.topLevel(s);
        break;
    }
  }

  /** A macro at the top level. One with a body is followed by the Function that it defines. */
  addInvocation(node: number): void {
    const { tree, facts } = this;
    const call = tree.a[node] as number;
    const name = this.name(tree.a[call] as number);
    if (tree.b[node] !== 0) {
      this.#definedBy = name;
      return;
    }
    const args = textsOf(tree, tree.b[call] as number);
    facts.topLevelMacros.push({ name, args, line: this.line(node) });
    this.addDefined(name, args, tree.c[tree.a[call] as number] as number, this.line(node));
    const guard = guardDefinitions.get(name);
    if (guard !== undefined) this.addGuard(node, guard, args);
  }

  /** The variable that a macro defines. */
  addDefined(macro: string, [name = '']: readonly string[], flags: number, line: number): void {
    const type = variableDefinitions.get(macro);
    if (type === undefined || !/^[A-Za-z_]\w*$/.test(name)) return;
    const isStatic = (flags & DeclaratorFlag.Static) !== 0 || staticDefinitions.has(macro);
    this.facts.globals.push({ name, type, line, isStatic, isExtern: false, perCpu: false });
  }

  /** The constructor of a guard's class, as a macro: what guard() does is what that does. */
  addGuard(node: number, { suffix, taking }: GuardDefinition, args: readonly string[]): void {
    const { tree, lowering } = this;
    let argument = tree.b[tree.a[node] as number] as number;
    for (let i = 0; i < taking && argument !== 0; i++) argument = tree.next[argument] as number;
    if (argument === 0) return;
    const flowAt = this.macroFlow(node, () => lowerGuard(lowering, argument));
    if (flowAt === NO_FLOW) return;
    const name = guardConstructor(`${args[0]}${suffix ? args[1] : ''}`);
    this.facts.macros.push(
      new MacroRecord(
        {
          name,
          line: this.line(node),
          parameters: ['_T'],
          variadic: false,
          kind: 'statements',
          text: '',
          flowAt,
        },
        this.store,
      ),
    );
  }

  addFunction(node: number): void {
    const { tree, facts } = this;
    const declarator = tree.a[node] as number;
    const name = this.name(node) || this.name(declarator);
    const body = tree.b[node] as number;
    const flowAt =
      body === 0
        ? NO_FLOW
        : this.lower(() => lowerFunction(this.lowering, node), this.line(declarator), name);
    const endLine =
      body === 0 ? this.line(declarator) : lineOf(tree.tokenPosition[tree.b[body] as number] as number);
    facts.functions.push(
      new FunctionRecord(
        {
          ...functionSignature(tree, this.types, declarator),
          name,
          endLine,
          isPrototype: false,
          definedBy: this.#definedBy,
          flowAt,
        },
        this.store,
      ),
    );
    this.#definedBy = undefined;
  }

  /** Runs the lowering of a function and appends it to the flows. Returns where it is; NO_FLOW, and an error, where it can't be. */
  lower(run: () => void, line: number, name: string): number {
    const { tree, bytes, lowering, facts } = this;
    const flowAt = bytes.length;
    try {
      run();
      assignedEntries(lowering, name, facts.tableEntries);
      for (const d of lowering.staticTables) {
        this.#tables.push({ declarator: d, type: this.types.collect(tree.a[d] as number, ''), holder: name });
      }
      this.listener?.body(lowering, facts.functions.length, false);
      encodeFlow(bytes, lowering.b, line);
    } catch (error) {
      if (!(error instanceof LoweringError)) throw error;
      bytes.length = flowAt;
      facts.errors.push({ line, function: name, reason: error.message });
      return NO_FLOW;
    }
    return flowAt;
  }

  addVariables(node: number): void {
    const { tree, facts } = this;
    for (let d = tree.a[node] as number; d !== 0; d = tree.next[d] as number) {
      const info = tree.c[d] as number;
      const flags = info === 0 ? 0 : (tree.c[info] as number);
      const name = this.name(d);
      const base = this.types.collect(tree.a[d] as number, `<${name}>`);
      const line = this.line(d);
      if ((flags & DeclaratorFlag.Function) !== 0) {
        const signature = functionSignature(tree, this.types, d);
        const rest = { name, endLine: line, isPrototype: true, definedBy: undefined, flowAt: NO_FLOW };
        facts.functions.push(new FunctionRecord({ ...signature, ...rest }, this.store));
        continue;
      }
      facts.globals.push({
        name,
        type: declaredType(tree, d, base),
        line,
        isStatic: (flags & DeclaratorFlag.Static) !== 0,
        isExtern: (flags & DeclaratorFlag.Extern) !== 0,
        perCpu: (flags & DeclaratorFlag.PerCpu) !== 0,
      });
      if (tree.b[d] !== 0) this.#tables.push({ declarator: d, type: base, holder: name });
    }
  }

  /** Runs the lowering of the macro that is next and appends it to the flows. Returns where it is; NO_FLOW where it can't be. */
  macroFlow(node: number, run: () => void): number {
    const { bytes, lowering, facts } = this;
    const start = bytes.length;
    try {
      run();
      this.listener?.body(lowering, facts.macros.length, true);
      encodeFlow(bytes, lowering.b, this.line(node));
      return start;
    } catch (error) {
      if (!(error instanceof LoweringError)) throw error;
      bytes.length = start;
      return NO_FLOW;
    }
  }

  addMacro(node: number): void {
    const { tree, lowering, facts } = this;
    const shape = macroShape(tree, node);
    // `#define class_mutex_constructor(_T) WITH_LOCK_GUARD_1_ATTRS(mutex, _T)` adds attributes to what DEFINE_LOCK_GUARD_1() made.
    if (shape === undefined || isGuardConstructor(this.name(node))) return;
    let { kind } = shape;
    let flowAt = NO_FLOW;
    if (kind === 'expression' || kind === 'statements' || kind === 'loop') {
      flowAt = this.macroFlow(node, () => lowerMacro(lowering, node));
      if (flowAt === NO_FLOW) kind = 'opaque';
    }
    const { parameters, variadic, text } = shape;
    const fields = { name: this.name(node), line: this.line(node), parameters, variadic, kind, text, flowAt };
    facts.macros.push(new MacroRecord(fields, this.store));
  }

  name(node: number): string {
    return this.tree.names[this.tree.name[node] as number] as string;
  }

  line(node: number): number {
    return lineOf(this.tree.tokenPosition[this.tree.token[node] as number] as number);
  }
}
