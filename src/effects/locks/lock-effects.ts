/**
 * What every function of a program does to locks, on demand: a body is walked once, after those that it
 * calls; recursion and depth are cut.
 */
import { Expr, type Flow } from '../../c/flow.ts';
import type { FunctionRef, MacroRef } from '../../index/program.ts';
import { leafFunctions } from '../../kernel/leaf-functions.ts';
import type { Effects } from '../effects.ts';
import { typeOf } from '../expression-text.ts';
import { Walker } from '../paths.ts';
import { type Body, nameOfCall, walkBody } from './lock-body.ts';
import { lockClass } from './lock-class.ts';
import { type LockSummary, NO_LOCKS } from './lock-summary.ts';
import { Places } from './place.ts';

const MAX_DEPTH = 12;
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
  readonly #working = new Set<unknown>();
  readonly #walkers: Walker[] = [];
  #depth = 0;

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
    if (leafFunctions.has(name)) return undefined;
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

  #make(key: unknown, flow: Flow, path: string): LockSummary | undefined {
    if (this.#depth >= MAX_DEPTH || this.#working.has(key)) return undefined;
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
      this.#walkers[this.#depth] ??= new Walker();
      const callees = new Map<number, readonly Callee[]>();
      const classes = new Map<string, string>();
      const { program } = this.effects;
      return walkBody(
        {
          flow,
          path,
          classOf: (place) => {
            const known = classes.get(place) ?? lockClass(program, flow, path, place);
            classes.set(place, known);
            return known;
          },
          callees: (call) => {
            const known = callees.get(call) ?? this.callees(flow, call, path);
            callees.set(call, known);
            return known;
          },
          knowledge: (call) => this.effects.knowledge(flow, call, path),
          constant: (name) => this.effects.constant(name, path),
          targetOf: (pointer) => lockClass(program, flow, path, new Places(flow).behind(pointer)),
        },
        this.#walkers[this.#depth] as Walker,
      );
    } finally {
      this.#depth--;
    }
  }
}
