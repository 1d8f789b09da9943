/**
 * What every function of a program does to locks, on demand. So many calls are followed below what is asked;
 * a summary that was made with fewer is made again, so that the order of questions does not matter.
 */
import { Expr, type Flow } from '../../c/flow.ts';
import type { FunctionRef, MacroRef, Program } from '../../index/program.ts';
import { leafFunctions } from '../../kernel/leaf-functions.ts';
import { atomicSections, lockFunctions } from '../../kernel/locks.ts';
import { type Effects, effectsOf } from '../effects.ts';
import { typeOf } from '../expression-text.ts';
import { calleeName, globalName } from '../flow-expressions.ts';
import { type CallKnowledge, UNKNOWN_CALL } from '../knowledge.ts';
import { modelOf } from '../models.ts';
import { Walker } from '../paths.ts';
import type { WalkLimits } from '../state-store.ts';
import { storeOf } from '../stores.ts';
import { conditionAt } from './condition.ts';
import { type Body, type BodyInput, type Events, eventsOfBody, netOfBody, walkBody } from './lock-body.ts';
import { lockClass } from './lock-class.ts';
import { type Cause, changesState, type LockSummary, NO_LOCKS } from './lock-summary.ts';
import { Places } from './place.ts';

/** Calls that are followed for what happens below a function. */
const MAX_DEPTH = 4;
/** Calls that are followed for what a function leaves held: wrappers of locks are shallow. */
const MAX_WRAPPERS = 4;
/** Bodies that are walked for what happens below functions; what lies beyond is not known. */
const MAX_BODIES = 12_000;
/** Functions that a call through a field may reach before nothing is said about it. */
export const MAX_TARGETS = 8;
/** Tables that may fill the field: with more of them there are more functions, or none is typical. */
const MAX_PLACES = 40;

/** Summaries made before. */
export interface LockSummaryStore {
  /** Undefined where there is none, or none that still holds. */
  get(ref: FunctionRef): LockSummary | undefined;
}

export interface Callee {
  readonly name: string;
  readonly path: string;
  readonly summary: LockSummary;
}

/** What a name that is called in a file means. */
type Target = FunctionRef | MacroRef;

/** A summary, and how many calls below the function were followed for it. */
interface Made {
  readonly below: number;
  readonly summary: LockSummary;
}

export class LockEffects {
  readonly effects: Effects;
  readonly #store: LockSummaryStore | undefined;
  readonly #limits: WalkLimits | undefined;
  #summaries = new Map<string, Made>();
  /** Net effects by definition, with the depth of calls that they were made with. */
  #nets = new Map<string, { depth: number; net: LockSummary }>();
  readonly #walkers: Walker[] = [];
  #depth = 0;
  #bodies = 0;

  /** `limits`: those of a walk; its own unless told. */
  constructor(effects: Effects, store?: LockSummaryStore, limits?: WalkLimits) {
    this.effects = effects;
    this.#store = store;
    this.#limits = limits;
  }

  /** Walks a function's body and keeps its events: for reporting. Undefined where it has no body. */
  body(ref: FunctionRef): Body | undefined {
    const { flow } = ref.fact;
    return flow === undefined ? undefined : this.#walk(flow, ref.path, MAX_DEPTH);
  }

  /** What happens to locks on the paths of a function that is not reported on itself. Undefined where it has no body. */
  events(ref: FunctionRef): Events | undefined {
    const { flow } = ref.fact;
    if (flow === undefined) return undefined;
    this.#depth++;
    try {
      return eventsOfBody(this.#input(flow, ref.path, MAX_WRAPPERS, 0), this.#walker());
    } finally {
      this.#depth--;
    }
  }

  /** Whether a call goes through `field` of the struct `type`. */
  isCallOfField(flow: Flow, call: number, from: string, type: string, field: string): boolean {
    const callee = flow.calls[call]?.callee ?? 0;
    const op = flow.exprOp[callee];
    if (op !== Expr.Arrow && op !== Expr.Field) return false;
    if (flow.names[flow.exprB[callee] as number] !== field) return false;
    const { program } = this.effects;
    const owner = typeOf(flow, flow.exprA[callee] as number, program, from);
    return owner !== '' && program.field(owner, field, from)?.owner === type;
  }

  /** What calling a function does, with at least `below` calls followed below it. */
  summary(ref: FunctionRef, below = MAX_DEPTH - 1): LockSummary {
    return this.#summaryOf(ref, below);
  }

  /** What a call of a body in file `from` may run, with `below` calls followed. */
  callees(flow: Flow, call: number, from: string, below = MAX_DEPTH): readonly Callee[] {
    if (below <= 0) return [];
    const name = calleeName(flow, call);
    if (name === '') return this.#stored(flow, call, from, below);
    if (hasNoLocks(name, flow, call)) return [];
    const target = this.#target(name, from);
    if (target === undefined) return [];
    const summary = this.#given(this.#summaryOf(target, below - 1), flow, call, from);
    const callee = { name, path: target.path, summary };
    if (summary.calls === 0) return [callee];
    const handed = this.#handed(flow, call, from).filter(
      ({ argument }) => ((summary.calls >> argument) & 1) !== 0,
    );
    return [callee, ...handed.map(({ ref }) => this.#calleeOf(ref, below))];
  }

  /** A summary with the tests of parameters answered that a call's arguments answer. */
  #given(summary: LockSummary, flow: Flow, call: number, from: string): LockSummary {
    if (!hasTests(summary)) return summary;
    const args = flow.calls[call]?.args ?? [];
    const constant = (name: string) => this.effects.constant(name, from);
    const given = <T extends { readonly cause: Cause }>(effect: T): T[] => {
      const conditional = conditionAt(effect.cause.conditional, flow, args, constant);
      if (conditional === 'never') return [];
      return [{ ...effect, cause: { ...effect.cause, conditional } }];
    };
    return {
      ...summary,
      acquires: summary.acquires.flatMap(given),
      waits: summary.waits.flatMap(given),
      sleeps: summary.sleeps && given(summary.sleeps)[0],
      reclaims: summary.reclaims && given(summary.reclaims)[0],
    };
  }

  #calleeOf(ref: FunctionRef, below: number): Callee {
    return { name: ref.name, path: ref.path, summary: this.summary(ref, below - 1) };
  }

  /** The functions that a call hands over. */
  #handed(flow: Flow, call: number, from: string): readonly { argument: number; ref: FunctionRef }[] {
    return (flow.calls[call]?.args ?? []).flatMap((e, argument) => {
      const name = globalName(flow, e);
      const ref = name === '' ? undefined : this.effects.program.functions(name, from)[0];
      return ref === undefined ? [] : [{ argument, ref }];
    });
  }

  /** What calling a name in file `from` does: a function or a macro; NO_LOCKS where it is neither. */
  ofName(name: string, from: string): LockSummary {
    const target = this.#target(name, from);
    return target === undefined ? NO_LOCKS : this.#summaryOf(target, MAX_DEPTH - 1);
  }

  #target(name: string, from: string): Target | undefined {
    const { functions, macro } = this.effects.meaning(name, from);
    return functions[0] ?? macro;
  }

  #summaryOf(target: Target, below: number): LockSummary {
    const stored = this.#storedSummary(target);
    if (stored !== undefined) return stored;
    const { id, path } = target;
    const made = this.#summaries.get(id);
    if (made !== undefined && made.below >= below) return made.summary;
    const { flow } = target.fact;
    if (flow === undefined || this.#isOver()) return made?.summary ?? NO_LOCKS;
    // What is asked of itself meanwhile is answered by what is known so far.
    this.#summaries.set(id, { below, summary: made?.summary ?? NO_LOCKS });
    const { summary } = this.#walk(flow, path, below);
    this.#summaries.set(id, { below, summary });
    return summary;
  }

  #storedSummary(target: Target): LockSummary | undefined {
    return 'number' in target ? this.#store?.get(target) : undefined;
  }

  /** Bodies are counted where no store answers: with one, only macros are walked. */
  #isOver(): boolean {
    return this.#store === undefined && this.#bodies++ > MAX_BODIES;
  }

  /** Runs `work`, in which macros are summarised anew: what they call has no final answer yet. */
  withoutMacros(work: () => void): void {
    const [summaries, nets] = [this.#summaries, this.#nets];
    this.#summaries = new Map();
    this.#nets = new Map();
    try {
      work();
    } finally {
      this.#summaries = summaries;
      this.#nets = nets;
    }
  }

  /** Within `withoutMacros`: makes those anew that are asked for from now on. */
  forgetMacros(): void {
    this.#summaries.clear();
    this.#nets.clear();
  }

  /** Calls `visit` with each function that a body in file `from` may call through a field, or hands to others. */
  eachStored(flow: Flow, from: string, visit: (ref: FunctionRef) => void): void {
    for (let call = 0; call < flow.calls.length; call++) {
      if (calleeName(flow, call) === '') for (const ref of this.#storedAt(flow, call, from)) visit(ref);
      else for (const { ref } of this.#handed(flow, call, from)) visit(ref);
    }
  }

  #stored(flow: Flow, call: number, from: string, below: number): readonly Callee[] {
    return this.#storedAt(flow, call, from).map((ref) => this.#calleeOf(ref, below));
  }

  /** The functions that the tree stores in the field that is called. */
  #storedAt(flow: Flow, call: number, from: string): readonly FunctionRef[] {
    const callee = flow.calls[call]?.callee ?? 0;
    const op = flow.exprOp[callee];
    if (op !== Expr.Arrow && op !== Expr.Field) return [];
    const owner = typeOf(flow, flow.exprA[callee] as number, this.effects.program, from);
    const field = flow.names[flow.exprB[callee] as number] ?? '';
    if (owner === '') return [];
    const stored = this.effects.program.stored(owner, field, MAX_PLACES, from);
    return stored.length > MAX_TARGETS ? [] : stored.map(({ ref }) => ref);
  }

  /** What a call leaves held or released; undefined where that is nothing. */
  #netOf(flow: Flow, call: number, from: string, depth: number): LockSummary | undefined {
    const name = calleeName(flow, call);
    if (name === '' || hasNoLocks(name, flow, call)) return undefined;
    const net = this.#netOfName(name, from, depth);
    return net !== undefined && changesState(net) ? net : undefined;
  }

  #netOfName(name: string, from: string, depth: number): LockSummary | undefined {
    if (depth <= 0) return undefined;
    const target = this.#target(name, from);
    return target && (this.#storedSummary(target) ?? this.#netOfBody(target, depth));
  }

  #guard(className: string, from: string, depth: number): LockSummary | undefined {
    const { macro } = this.effects.meaning(className, from);
    return macro && this.#netOfBody(macro, depth);
  }

  #netOfBody(target: Target, depth: number): LockSummary {
    const { id, path } = target;
    const known = this.#nets.get(id);
    if (known !== undefined && known.depth >= depth) return known.net;
    const { flow } = target.fact;
    if (flow === undefined) return NO_LOCKS;
    // What is asked of itself meanwhile is answered by what is known so far.
    this.#nets.set(id, { depth, net: known?.net ?? NO_LOCKS });
    this.#depth++;
    try {
      const net = netOfBody(this.#input(flow, path, depth - 1, 0), this.#walker());
      this.#nets.set(id, { depth, net });
      return net;
    } finally {
      this.#depth--;
    }
  }

  #walk(flow: Flow, path: string, below: number): Body {
    this.#depth++;
    try {
      return walkBody(this.#input(flow, path, MAX_WRAPPERS, below), this.#walker());
    } finally {
      this.#depth--;
    }
  }

  /**
   * What is known of a call in a body that is not reported on itself: macros and tables, but no summaries of
   * functions, which would be made for the whole tree below.
   */
  #lightly(flow: Flow, call: number, path: string): CallKnowledge {
    const name = calleeName(flow, call);
    if (name === '') return UNKNOWN_CALL;
    const model = modelOf(name, flow, call);
    if (model !== undefined) return model;
    const isMacro = this.effects.program.macro(name, path) !== undefined;
    return isMacro ? this.effects.knowledge(flow, call, path) : UNKNOWN_CALL;
  }

  #walker(): Walker {
    this.#walkers[this.#depth] ??= new Walker();
    return this.#walkers[this.#depth] as Walker;
  }

  #input(flow: Flow, path: string, wrappers: number, below: number): BodyInput {
    const { program } = this.effects;
    return {
      flow,
      path,
      classOf: remember((place: string) => lockClass(program, flow, path, place)),
      net: remember((call: number) => this.#netOf(flow, call, path, wrappers)),
      callees: remember((call: number) => this.callees(flow, call, path, below)),
      guard: remember((className: string) => this.#guard(className, path, wrappers)),
      knowledge: (call) =>
        below === MAX_DEPTH ? this.effects.knowledge(flow, call, path) : this.#lightly(flow, call, path),
      constant: (name) => this.effects.constant(name, path),
      ...(this.#limits ? { limits: this.#limits } : {}),
      targetOf: (pointer) => lockClass(program, flow, path, new Places(flow).behind(pointer)),
    };
  }
}

const isTest = ({ cause }: { readonly cause: Cause }): boolean => typeof cause.conditional === 'string';

/** Whether something in a summary depends on a test that callers may answer. */
const hasTests = ({ acquires, waits, sleeps, reclaims }: LockSummary): boolean =>
  (sleeps !== undefined && isTest(sleeps)) ||
  (reclaims !== undefined && isTest(reclaims)) ||
  acquires.some(isTest) ||
  waits.some(isTest);

/** Calls that are locks themselves, and those whose locks are nobody's concern: printing, warnings, accessors. */
const hasNoLocks = (name: string, flow: Flow, call: number): boolean =>
  lockFunctions.has(name) ||
  atomicSections.has(name) ||
  leafFunctions.has(name) ||
  modelOf(name, flow, call) !== undefined;

/** A function that answers the same question once. */
function remember<K, V>(ask: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    if (!known.has(key)) known.set(key, ask(key));
    return known.get(key) as V;
  };
}

/** One for each program, for all checkers: its summaries are made once. */
const effectsByProgram = new WeakMap<Program, LockEffects>();

export function lockEffectsOf(program: Program): LockEffects {
  let effects = effectsByProgram.get(program);
  if (effects === undefined) {
    const store = storeOf(program);
    effects = new LockEffects(effectsOf(program), store && { get: (ref) => store.locks(ref) });
    effectsByProgram.set(program, effects);
  }
  return effects;
}
