/**
 * What every function of a program does to locks, on demand: a body is walked once, after those that it
 * calls; recursion and depth are cut.
 */
import { Expr, type Flow } from '../../c/flow.ts';
import type { FunctionRef, MacroRef } from '../../index/program.ts';
import { leafFunctions } from '../../kernel/leaf-functions.ts';
import { atomicSections, lockFunctions } from '../../kernel/locks.ts';
import type { Effects } from '../effects.ts';
import { typeOf } from '../expression-text.ts';
import { Walker } from '../paths.ts';
import { type Body, type BodyInput, nameOfCall, netOfBody, walkBody } from './lock-body.ts';
import { lockClass } from './lock-class.ts';
import { changesState, type LockSummary, NO_LOCKS } from './lock-summary.ts';
import { Places } from './place.ts';

/** Calls that are followed for what happens below a function. */
const MAX_DEPTH = 6;
/** Calls that are followed for what a function leaves held: wrappers of locks are shallow. */
const MAX_WRAPPERS = 5;
/** Bodies that are walked for what happens below functions; what lies beyond is not known. */
const MAX_BODIES = 6_000;
/** Functions that a call through a field may reach before nothing is said about it. */
const MAX_TARGETS = 24;

/** Summaries made before, by FunctionRef.id. */
export interface LockSummaryStore {
  get(id: string): LockSummary | undefined;
}

interface Callee {
  readonly name: string;
  readonly path: string;
  readonly summary: LockSummary;
}

export class LockEffects {
  readonly effects: Effects;
  readonly #store: LockSummaryStore | undefined;
  readonly #summaries = new Map<string, LockSummary>();
  readonly #macros = new Map<MacroRef['fact'], LockSummary>();
  readonly #named = new Map<string, Callee>();
  /** Net effects by definition, with the depth of calls that they were made with. */
  readonly #nets = new Map<unknown, { depth: number; net: LockSummary }>();
  readonly #working = new Set<unknown>();
  readonly #walkers: Walker[] = [];
  #depth = 0;
  #bodies = 0;

  constructor(effects: Effects, store?: LockSummaryStore) {
    this.effects = effects;
    this.#store = store;
  }

  /** Walks a function's body and keeps its events: for reporting. Undefined where it has no body. */
  body(ref: FunctionRef): Body | undefined {
    const { flow } = ref.fact;
    return flow === undefined ? undefined : this.#walk(flow, ref.path);
  }

  summary(ref: FunctionRef): LockSummary {
    const made = this.#summaries.get(ref.id) ?? this.#store?.get(ref.id);
    if (made !== undefined) return made;
    const { flow } = ref.fact;
    if (flow === undefined) return NO_LOCKS;
    const summary = this.#make(ref.id, flow, ref.path);
    if (summary !== undefined) this.#summaries.set(ref.id, summary);
    return summary ?? NO_LOCKS;
  }

  /** What a call of a body in file `from` may run. */
  callees(flow: Flow, call: number, from: string): readonly Callee[] {
    const name = nameOfCall(flow, call);
    if (name !== '') {
      const callee = this.#callee(name, from);
      return callee === undefined ? [] : [callee];
    }
    return this.#stored(flow, call, from);
  }

  #callee(name: string, from: string): Callee | undefined {
    if (leafFunctions.has(name) || isPrimitive(name)) return undefined;
    const key = `${name}\0${from}`;
    const known = this.#named.get(key);
    if (known !== undefined) return known;
    const { program } = this.effects;
    const functions = program.functions(name, from);
    const macro = program.macro(name, from);
    let callee: Callee | undefined;
    if (macro !== undefined && (functions.length === 0 || macro.path === from)) {
      if (macro.fact.kind === 'alias')
        return this.#depth > MAX_DEPTH ? undefined : this.#alias(macro.fact.text, from);
      callee = { name, path: macro.path, summary: this.#macro(macro) };
    } else if (functions[0] !== undefined) {
      callee = { name, path: functions[0].path, summary: this.summary(functions[0]) };
    }
    if (callee !== undefined) this.#named.set(key, callee);
    return callee;
  }

  #alias(name: string, from: string): Callee | undefined {
    this.#depth++;
    try {
      return this.#callee(name, from);
    } finally {
      this.#depth--;
    }
  }

  #macro(macro: MacroRef): LockSummary {
    const made = this.#macros.get(macro.fact);
    if (made !== undefined) return made;
    const { flow } = macro.fact;
    const summary = flow === undefined ? NO_LOCKS : this.#make(macro.fact, flow, macro.path);
    if (summary !== undefined) this.#macros.set(macro.fact, summary);
    return summary ?? NO_LOCKS;
  }

  /** The functions that the tree stores in the field that is called. */
  #stored(flow: Flow, call: number, from: string): readonly Callee[] {
    const callee = flow.calls[call]?.callee ?? 0;
    const op = flow.exprOp[callee];
    if (op !== Expr.Arrow && op !== Expr.Field) return [];
    const owner = typeOf(flow, flow.exprA[callee] as number, this.effects.program, from);
    const field = flow.names[flow.exprB[callee] as number] ?? '';
    if (owner === '') return [];
    const stored = this.effects.program.stored(owner, field);
    if (stored.length > MAX_TARGETS) return [];
    return stored.map(({ ref }) => ({ name: ref.name, path: ref.path, summary: this.summary(ref) }));
  }

  /** What a call leaves held or released; undefined where that is nothing. */
  #netOf(flow: Flow, call: number, from: string, depth: number): LockSummary | undefined {
    const name = nameOfCall(flow, call);
    if (name === '' || leafFunctions.has(name) || isPrimitive(name)) return undefined;
    const net = this.#netOfName(name, from, depth);
    return net !== undefined && changesState(net) ? net : undefined;
  }

  #netOfName(name: string, from: string, depth: number): LockSummary | undefined {
    if (depth <= 0) return undefined;
    const { program } = this.effects;
    const definition = program.functions(name, from)[0];
    const macro = program.macro(name, from);
    if (macro !== undefined && (definition === undefined || macro.path === from)) {
      if (macro.fact.kind === 'alias') return this.#netOfName(macro.fact.text, from, depth - 1);
      return macro.fact.flow && this.#netOfBody(macro.fact, macro.fact.flow, macro.path, depth);
    }
    const body = definition?.fact.flow;
    return body && this.#netOfBody(definition.id, body, definition.path, depth);
  }

  #netOfBody(key: unknown, flow: Flow, path: string, depth: number): LockSummary {
    const known = this.#nets.get(key);
    if (known !== undefined && known.depth >= depth) return known.net;
    // What is asked of itself meanwhile is answered by what is known so far.
    this.#nets.set(key, { depth, net: known?.net ?? NO_LOCKS });
    this.#depth++;
    try {
      const net = netOfBody(this.#input(flow, path, depth - 1), this.#walker());
      this.#nets.set(key, { depth, net });
      return net;
    } finally {
      this.#depth--;
    }
  }

  #make(key: unknown, flow: Flow, path: string): LockSummary | undefined {
    if (this.#depth >= MAX_DEPTH || this.#working.has(key) || this.#bodies++ > MAX_BODIES) return undefined;
    this.#working.add(key);
    try {
      return this.#walk(flow, path).summary;
    } finally {
      this.#working.delete(key);
    }
  }

  #walk(flow: Flow, path: string): Body {
    this.#depth++;
    try {
      return walkBody(this.#input(flow, path, MAX_WRAPPERS), this.#walker());
    } finally {
      this.#depth--;
    }
  }

  #walker(): Walker {
    this.#walkers[this.#depth] ??= new Walker();
    return this.#walkers[this.#depth] as Walker;
  }

  #input(flow: Flow, path: string, depth: number): BodyInput {
    const { program } = this.effects;
    return {
      flow,
      path,
      classOf: remember((place: string) => lockClass(program, flow, path, place)),
      net: remember((call: number) => this.#netOf(flow, call, path, depth)),
      callees: remember((call: number) => this.callees(flow, call, path)),
      knowledge: (call) => this.effects.knowledge(flow, call, path),
      constant: (name) => this.effects.constant(name, path),
      targetOf: (pointer) => lockClass(program, flow, path, new Places(flow).behind(pointer)),
    };
  }
}

const isPrimitive = (name: string): boolean => lockFunctions.has(name) || atomicSections.has(name);

/** A function that answers the same question once. */
function remember<K, V>(ask: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    if (!known.has(key)) known.set(key, ask(key));
    return known.get(key) as V;
  };
}
