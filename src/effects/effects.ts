/**
 * What every call of a program does, on demand: names are resolved by the Program, bodies summarised once,
 * recursion is cut. A store of summaries made before (the index) answers first.
 */
import { Expr, type Flow, Op } from '../c/flow.ts';
import { isPointer } from '../c/types.ts';
import { BoundedMap } from '../index/bounded-map.ts';
import type { FunctionRef, MacroRef, Program } from '../index/program.ts';
import { isGuardConstructor } from '../kernel/guards.ts';
import { ERROR_CONVERSIONS } from '../kernel/pointers.ts';
import { calleeName, isParameter } from './flow-expressions.ts';
import { type CallKnowledge, CONTINUES, UNKNOWN_CALL } from './knowledge.ts';
import { isToldNotToFail, modelOf } from './models.ts';
import { Walker } from './paths.ts';
import { storeOf } from './stores.ts';
import { summarise } from './summarise.ts';
import { type Summary, UNKNOWN_SUMMARY } from './summary.ts';
import { ANY, isNull, MAY_ERR, MAY_NULL, mayBeNull, settle, ZERO } from './values.ts';

/** How far calls are followed where no stored summary answers. */
const MAX_DEPTH = 10;
/** `#define a b` after `#define b c`. */
const MAX_ALIASES = 6;

/** Summaries made before. */
export interface SummaryStore {
  /** Undefined where there is none, or none that still holds. */
  get(ref: FunctionRef): Summary | undefined;
}

/** What a name that is called in a file stands for. */
export interface Meaning {
  /** A macro, where no function is meant. */
  readonly macro: MacroRef | undefined;
  /** Definitions that may be meant; usually one. */
  readonly functions: readonly FunctionRef[];
  /** Where there is neither: a prototype says that it does not return. */
  readonly noReturn: boolean;
}

const NO_MEANING: Meaning = { macro: undefined, functions: [], noReturn: false };

/** Definitions of one name that are asked: more say nothing that holds for all. */
const MAX_DEFINITIONS = 4;
/** Files whose names' meanings are kept, and names that mean the same to all files. */
const FILES = 300;
const NAMES = 200_000;

/** What a name means in a file. */
export interface Callee {
  readonly summary: Summary;
  /** Where the body is; undefined for a table's knowledge and for what has no body. */
  readonly function: FunctionRef | undefined;
}

const UNKNOWN_CALLEE: Callee = { summary: UNKNOWN_SUMMARY, function: undefined };
const NO_RETURN_CALLEE: Callee = { summary: { ...UNKNOWN_SUMMARY, noReturn: true }, function: undefined };

/** What a callee does that hands the flags which it is given on to an allocator. */
const withFlags = (summary: Summary, flow: Flow, call: number): Summary =>
  mayBeNull(summary.result) && !isNull(summary.result) && isToldNotToFail(flow, call)
    ? { ...summary, result: settle(summary.result & ~ZERO) }
    : summary;

export class Effects {
  readonly program: Program;
  readonly #store: SummaryStore | undefined;
  readonly #summaries = new Map<string, Summary>();
  #macros = new Map<string, Summary>();
  readonly #macroCalls = new Map<string, ReadonlySet<FunctionRef>>();
  readonly #macroMacros = new Map<string, ReadonlySet<MacroRef>>();
  readonly #meanings = new BoundedMap<string, Map<string, Meaning>>(FILES);
  readonly #everywhere = new BoundedMap<string, Meaning>(NAMES);
  readonly #constants = new BoundedMap<string, Map<string, number | undefined>>(FILES);
  readonly #working = new Set<unknown>();
  /** Of functions in headers. */
  readonly #stubs = new Map<string, boolean>();
  readonly #walkers: Walker[] = [];
  #depth = 0;

  constructor(program: Program, store?: SummaryStore) {
    this.program = program;
    this.#store = store;
  }

  /** What a call in a body of file `from` does. */
  knowledge(flow: Flow, call: number, from: string): CallKnowledge {
    const name = calleeName(flow, call);
    if (name === '') return UNKNOWN_CALL;
    const known = modelOf(name, flow, call) ?? withFlags(this.callee(name, from).summary, flow, call);
    // It is kept as a macro, and returns to its caller all the same.
    return isGuardConstructor(name) ? { ...known, returns: CONTINUES } : known;
  }

  /** What a name that is called in file `from` means. */
  callee(name: string, from: string): Callee {
    const { macro, functions, noReturn } = this.meaning(name, from);
    if (macro !== undefined) {
      const summary = this.#macroSummary(macro);
      return summary === undefined ? UNKNOWN_CALLEE : { summary, function: undefined };
    }
    const [first, ...others] = functions;
    if (first === undefined) return noReturn ? NO_RETURN_CALLEE : UNKNOWN_CALLEE;
    let summary = this.#summaryOf(first);
    for (const other of others) {
      const second = this.#summaryOf(other);
      summary = summary && second && either(summary, second);
    }
    if (summary === undefined) return UNKNOWN_CALLEE;
    return { summary: this.#isStub(first) ? UNKNOWN_SUMMARY : summary, function: first };
  }

  /** The functions that a body in file `from` calls, also through macros. */
  called(flow: Flow, from: string): ReadonlySet<FunctionRef> {
    const called = new Set<FunctionRef>();
    this.#eachMeaning(flow, from, ({ macro, functions }) => {
      for (const ref of functions) called.add(ref);
      if (macro !== undefined) for (const ref of this.#calledByMacro(macro)) called.add(ref);
    });
    return called;
  }

  /** Those of them that it calls through macros. */
  calledThroughMacros(flow: Flow, from: string): ReadonlySet<FunctionRef> {
    const called = new Set<FunctionRef>();
    this.#eachMeaning(flow, from, ({ macro }) => {
      if (macro !== undefined) for (const ref of this.#calledByMacro(macro)) called.add(ref);
    });
    return called;
  }

  /** The macros that a body in file `from` uses, also within others. */
  macros(flow: Flow, from: string): ReadonlySet<MacroRef> {
    const used = new Set<MacroRef>();
    this.#eachMeaning(flow, from, ({ macro }) => {
      if (macro === undefined) return;
      used.add(macro);
      for (const inner of this.#macrosOf(macro)) used.add(inner);
    });
    return used;
  }

  #macrosOf(macro: MacroRef): ReadonlySet<MacroRef> {
    return onceFor(this.#macroMacros, macro, (flow, from) => this.macros(flow, from));
  }

  /** What the calls by name in a body mean, but for those of which a table tells. */
  #eachMeaning(flow: Flow, from: string, visit: (meaning: Meaning) => void): void {
    for (let call = 0; call < flow.calls.length; call++) {
      const name = calleeName(flow, call);
      if (name !== '' && modelOf(name, flow, call) === undefined) visit(this.meaning(name, from));
    }
  }

  #calledByMacro(macro: MacroRef): ReadonlySet<FunctionRef> {
    return onceFor(this.#macroCalls, macro, (flow, from) => this.called(flow, from));
  }

  /** The summary of a function; UNKNOWN_SUMMARY where it has no body, or where it is being made. */
  summary(ref: FunctionRef): Summary {
    return this.#summaryOf(ref) ?? UNKNOWN_SUMMARY;
  }

  /** Makes the summary of a function from its body anew; undefined where it has none, or where calls nest too deeply. */
  compute(ref: FunctionRef): Summary | undefined {
    const { flow, noReturn } = ref.fact;
    if (flow === undefined) return undefined;
    return this.#make(ref.id, ref.path, {
      flow,
      isMacro: false,
      isVariadic: false,
      isLoop: false,
      isExpression: false,
      returnsPointer: isPointer(ref.fact.returns) || !isPlain(ref.fact.returns),
      noReturn,
    });
  }

  /** Runs `work`, in which macros are summarised anew: what they call has no final answer yet. */
  withoutMacros(work: () => void): void {
    const kept = this.#macros;
    this.#macros = new Map();
    try {
      work();
    } finally {
      this.#macros = kept;
    }
  }

  /** Within `withoutMacros`: makes those anew that are asked for from now on. */
  forgetMacros(): void {
    this.#macros.clear();
  }

  /** Value of a global name that is a constant: an enumerator, a macro that is a number; 0xec000000 is a positive one. */
  constant(name: string, from: string): number | undefined {
    const names = this.#constants.get(from, () => new Map());
    if (names.has(name)) return names.get(name);
    const value = this.#constantOf(name, from);
    names.set(name, value);
    return value;
  }

  /** A walker that nobody uses at this depth of calls. */
  get walker(): Walker {
    this.#walkers[this.#depth] ??= new Walker();
    return this.#walkers[this.#depth] as Walker;
  }

  #constantOf(name: string, from: string): number | undefined {
    const enumerator = this.program.enumerator(name, from);
    if (enumerator !== undefined) return enumerator;
    const macro = this.program.macro(name, from)?.fact;
    if (macro?.kind !== 'constant') return undefined;
    const value = Number(macro.text.replace(/[uUlL]+$/, ''));
    return macro.text !== '' && Number.isSafeInteger(value) ? value : undefined;
  }

  /** What a name that is called in file `from` stands for; functions or a macro, or nothing. */
  meaning(name: string, from: string): Meaning {
    const everywhere = this.#everywhere.find(name);
    if (everywhere !== undefined) return everywhere;
    const names = this.#meanings.get(from, () => new Map());
    const known = names.get(name);
    if (known !== undefined) return known;
    const meaning = this.#resolve(name, from);
    if (this.program.isUnambiguous(name)) this.#everywhere.set(name, meaning);
    else names.set(name, meaning);
    return meaning;
  }

  #resolve(name: string, from: string, aliases = 0): Meaning {
    const macro = this.program.macro(name, from);
    const found = this.program.functions(name, from);
    const real = found.filter((ref) => !this.#isStub(ref));
    const functions = (real.length > 0 ? real : found).slice(0, MAX_DEFINITIONS);
    const isAlias = macro?.fact.kind === 'alias';
    const hasBody = macro !== undefined && !isAlias && macro.fact.flow !== undefined;
    if (
      macro !== undefined &&
      ((hasBody && real.length === 0) ||
        found.length === 0 ||
        macro.path === from ||
        (hasBody && isOfOthers(real, macro.path, from)))
    ) {
      if (!isAlias) return { ...NO_MEANING, macro };
      const isDeep = aliases >= MAX_ALIASES || macro.fact.text === name;
      return isDeep ? NO_MEANING : this.#resolve(macro.fact.text, from, aliases + 1);
    }
    const noReturn = found.length === 0 && this.program.prototype(name, from)?.noReturn === true;
    return { macro: undefined, functions, noReturn };
  }

  #isStub(ref: FunctionRef): boolean {
    if (!ref.path.endsWith('.h')) return false;
    let known = this.#stubs.get(ref.id);
    if (known === undefined) {
      // Those that call each other in a circle are none.
      this.#stubs.set(ref.id, false);
      known = isStub(ref, (name) => this.#callsStubsOnly(name, ref.path));
      this.#stubs.set(ref.id, known);
    }
    return known;
  }

  #callsStubsOnly(name: string, from: string): boolean {
    const { functions } = this.meaning(name, from);
    return functions.length > 0 && functions.every((ref) => this.#isStub(ref));
  }

  #macroSummary(macro: MacroRef): Summary | undefined {
    const made = this.#macros.get(macro.id);
    if (made !== undefined) return made;
    const { flow, kind, variadic } = macro.fact;
    if (flow === undefined) return UNKNOWN_SUMMARY;
    const summary = this.#make(macro.id, macro.path, {
      flow,
      isMacro: true,
      isVariadic: variadic,
      isLoop: kind === 'loop',
      isExpression: kind === 'expression',
      returnsPointer: true,
      noReturn: false,
    });
    if (summary !== undefined) this.#macros.set(macro.id, summary);
    return summary;
  }

  #summaryOf(ref: FunctionRef): Summary | undefined {
    const made = this.#summaries.get(ref.id) ?? this.#store?.get(ref);
    if (made !== undefined) return made;
    const { flow, noReturn } = ref.fact;
    if (flow === undefined) return noReturn ? { ...UNKNOWN_SUMMARY, noReturn } : UNKNOWN_SUMMARY;
    const summary = this.compute(ref);
    if (summary !== undefined) this.#summaries.set(ref.id, summary);
    return summary;
  }

  /** Undefined where it is being made already, or where calls nest too deeply. */
  #make(key: unknown, from: string, body: Parameters<typeof summarise>[0]): Summary | undefined {
    if (this.#depth >= MAX_DEPTH || this.#working.has(key)) return undefined;
    this.#working.add(key);
    this.#depth++;
    try {
      return summarise(
        body,
        this.walker,
        (call) => this.knowledge(body.flow, call, from),
        (name) => this.constant(name, from),
      );
    } finally {
      this.#depth--;
      this.#working.delete(key);
    }
  }
}

/** What `ask` finds in a macro's body, asked once. What a macro asks of itself meanwhile is answered with nothing. */
function onceFor<T>(
  known: Map<string, ReadonlySet<T>>,
  { id, path, fact: { flow } }: MacroRef,
  ask: (flow: Flow, from: string) => ReadonlySet<T>,
): ReadonlySet<T> {
  let found = known.get(id);
  if (found === undefined) {
    known.set(id, new Set());
    found = flow === undefined ? new Set() : ask(flow, path);
    known.set(id, found);
  }
  return found;
}

/** `WARN_ONCE(1, "regmap API is disabled");` */
const COMPLAINTS = /^(?:WARN|BUG|BUILD_BUG|pr_|printk|dev_(?:err|warn|info|dbg))/;

/**
 * An inline function of a header that only returns a constant, or complains, stands for a subsystem that is not configured:
 * what it returns says nothing of the function that others call by this name.
 */
/** Whether the functions of a name are another driver's: the macro of that name lies nearer, and is meant. */
const isOfOthers = (functions: readonly FunctionRef[], macro: string, from: string): boolean =>
  functions.every(({ path }) => sharedFolders(path, from) < sharedFolders(macro, from));

function sharedFolders(a: string, b: string): number {
  const [x, y] = [a.split('/'), b.split('/')];
  let shared = 0;
  while (shared < x.length - 1 && shared < y.length - 1 && x[shared] === y[shared]) shared++;
  return shared;
}

/** What stands for a function that the configuration leaves out; `isOther` tells of the name of another such. */
function isStub({ fact: { flow } }: FunctionRef, isOther: (name: string) => boolean): boolean {
  if (flow === undefined || flow.blocks.length !== 1 || flow.ops.length > 24) return false;
  if (flow.ops.some((op, i) => i % 4 === 0 && op === Op.Deref)) return false;
  // `return key - 1;`: it counts, for those who ask.
  if (flow.exprOp.some((op, e) => op === Expr.Binary && isParameter(flow, flow.exprA[e] as number)))
    return false;
  return flow.calls.every((_, call) => {
    const name = calleeName(flow, call);
    return ERROR_CONVERSIONS.has(name) || COMPLAINTS.test(name) || isOther(name);
  });
}

/** A type that is no pointer, whatever typedefs say. */
const isPlain = (type: string): boolean =>
  /^(?:void|bool|(?:unsigned |signed )?(?:int|long|char|short).*|[us]?(?:8|16|32|64)|s?size_t|struct .*|enum .*|irqreturn_t|netdev_tx_t|[us]\d+|__\w+|\w+_t)$/.test(
    type,
  );

/** One for each program, for all checkers: its summaries are made once. */
const known = new WeakMap<Program, Effects>();

export function effectsOf(program: Program): Effects {
  let effects = known.get(program);
  if (effects === undefined) {
    const store = storeOf(program);
    effects = new Effects(program, store && { get: (ref) => store.summary(ref) });
    known.set(program, effects);
  }
  return effects;
}

/** What holds whichever of two functions is called. */
function either(a: Summary, b: Summary): Summary {
  const evidence = a.result & b.result & (MAY_NULL | MAY_ERR);
  return {
    ...a,
    result: ((a.result | b.result) & ANY) | evidence,
    same: a.same === b.same ? a.same : -1,
    nullOnlyIf: a.nullOnlyIf & b.nullOnlyIf,
    implies: [],
    noReturn: a.noReturn && b.noReturn,
    dereferences: a.dereferences & b.dereferences,
    mayDereference: a.mayDereference & b.mayDereference,
    writes: a.writes | b.writes,
    assigns: a.assigns | b.assigns,
    modifies: a.modifies || b.modifies,
  };
}
