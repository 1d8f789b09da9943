/** The domain of the path engine that carries the held locks along each path. */
import { Expr, type Flow, Op } from '../../c/flow.ts';
import { isGuardConstructor } from '../../kernel/guards.ts';
import { atomicSections, type LockFunction, lockFunctions } from '../../kernel/locks.ts';
import { ERROR_MAKERS } from '../../kernel/pointers.ts';
import type { Domain, Outcome, View } from '../domain.ts';
import { assignedTo, isParameter, stripCasts } from '../flow-expressions.ts';
import { ANY, ERR, OTHER, ZERO } from '../values.ts';
import { type Held, type LockState, LockStates, MAYBE, NOTHING_HELD } from './held.ts';
import type { LockSummary, NetEffect } from './lock-summary.ts';
import type { Places } from './place.ts';

/** A lock operation seen along a path, before it takes effect. */
export interface LockEvent {
  readonly kind: 'call' | 'acquire' | 'release' | 'leave';
  /** Call of the flow; -1 for leave. */
  readonly call: number;
  readonly position: number;
  readonly state: LockState;
  /** acquire, release: the lock. */
  readonly lock?: Held;
  /** acquire: whether it may wait. */
  readonly blocks?: boolean;
  /** acquire: what else it switches off. */
  readonly stops?: 'none' | 'softirq' | 'hardirq';
  /** leave: the bits of the value that is returned. */
  readonly result?: number;
  /** leave: a mask of the pointer parameters that are NULL on this path. */
  readonly nullParameters?: number;
  /** leave: blocks from the entry. */
  readonly path?: readonly number[];
  readonly isMerged: boolean;
}

export interface LockDomainOptions {
  readonly places: Places;
  readonly classOf: (place: string) => string;
  /** Summary of the callee of a call; undefined where it is not known. */
  readonly summaryOf: (call: number) => LockSummary | undefined;
  /** guard(name)(args) and scoped_guard(): what it takes, in the places of the flow. */
  readonly guardOf: (call: number) => LockSummary | undefined;
  readonly constantOf: (expression: number) => number | undefined;
  readonly onEvent: (event: LockEvent) => void;
}

const MAX_HELD = 24;

/** Where a flow makes its calls, and where it branches on what lies behind pointers. */
interface FieldTests {
  readonly calls: ReadonlyMap<number, number>;
  readonly branches: readonly { readonly at: number; readonly condition: number }[];
}

function testsOfFields(flow: Flow): FieldTests {
  const calls = new Map<number, number>();
  const branches: { at: number; condition: number }[] = [];
  for (let i = 0; i < flow.ops.length; i += 4) {
    const x = flow.ops[i + 1] as number;
    if (flow.ops[i] === Op.Call) calls.set(x, i / 4);
    if (flow.ops[i] !== Op.Branch) continue;
    const condition = flow.branches[x * 3] as number;
    const op = flow.exprOp[condition];
    if (op === Expr.Arrow || op === Expr.Deref || op === Expr.Field) branches.push({ at: i / 4, condition });
  }
  return { calls, branches };
}

const STOPS = { none: 'none', bh: 'softirq', irq: 'hardirq', irqsave: 'hardirq' } as const;

const FIELDS = {
  preemption: 'preempt',
  softirq: 'softirq',
  hardirq: 'hardirq',
  'fs reclaim': 'nofs',
} as const;

type Count = 'preempt' | 'softirq' | 'hardirq' | 'nofs';
const COUNTS: readonly Count[] = ['preempt', 'softirq', 'hardirq', 'nofs'];

/** The results with which an effect comes. */
const RESULTS: Readonly<Record<NetEffect['success'], number>> = {
  always: ANY,
  sometimes: ANY,
  zero: ZERO,
  nonzero: OTHER | ERR,
  valid: OTHER,
};

export class LockDomain implements Domain {
  readonly states = new LockStates();
  readonly #options: LockDomainOptions;
  #flow!: Flow;
  #tests: FieldTests | undefined;
  #guards = new Map<number, { taken: readonly Held[]; guard: LockSummary }>();

  constructor(options: LockDomainOptions) {
    this.#options = options;
  }

  begin(flow: Flow): boolean {
    this.#flow = flow;
    this.#tests = undefined;
    return true;
  }

  initial(): number {
    return this.states.number(NOTHING_HELD);
  }

  call(number: number, call: number, view: View): number | readonly Outcome[] {
    const state = this.states.state(number);
    const name = this.#nameOf(call);
    const primitive = lockFunctions.get(name);
    if (primitive !== undefined) return this.#primitive(state, call, primitive, view);
    const section = atomicSections.get(name);
    if (section !== undefined) {
      const { step } = section;
      return this.states.number(counted(state, FIELDS[section.stops], step, this.#restoresOwn(call)));
    }
    this.#options.onEvent({
      kind: 'call',
      call,
      position: this.#positionOf(call),
      state,
      isMerged: view.isMerged,
    });
    // What the constructor of a guard takes is taken where its scope is entered.
    const summary = isGuardConstructor(name) ? undefined : this.#options.summaryOf(call);
    if (name === '') return this.#indirect(state, call, view);
    if (summary === undefined) return number;
    return this.#apply(state, call, name, summary, view);
  }

  enterScope(number: number, scope: number, view: View): number {
    const made = this.#flow.scopes[scope];
    if (made === undefined || made.call < 0) return number;
    const guard = this.#options.guardOf(made.call);
    if (guard === undefined) return number;
    let state = this.states.state(number);
    const taken: Held[] = [];
    for (const effect of guard.net) {
      const lock = this.#heldBy(effect, made.call, '');
      const stops = guard.hardirq > 0 ? 'hardirq' : guard.softirq > 0 ? 'softirq' : 'none';
      this.#tell('acquire', made.call, state, view, lock, true, stops);
      state = take(state, lock);
      taken.push(lock);
    }
    this.#guards.set(scope, { taken, guard });
    return this.states.number(inSection(state, guard, 1));
  }

  exitScope(number: number, scope: number): number {
    const entered = this.#guards.get(scope);
    if (entered === undefined) return number;
    let state = this.states.state(number);
    for (const lock of entered.taken) state = release(state, lock.place, lock.lockClass, 'none').state;
    return this.states.number(inSection(state, entered.guard, -1));
  }

  /** A lock behind a pointer that now points elsewhere is still held, under a name that nothing says again. */
  assign(number: number, target: number): number {
    if (this.#flow.exprOp[target] !== Expr.Local) return number;
    const root = `%${this.#flow.exprA[target]}`;
    const state = this.states.state(number);
    const isBehind = (place: string): boolean =>
      place.startsWith(root) && !/\d/.test(place.charAt(root.length));
    if (
      !state.held.some((h) => isBehind(h.place)) &&
      !state.dropped.some(isBehind) &&
      !state.released.some(isBehind)
    ) {
      return number;
    }
    return this.states.number({
      ...state,
      held: state.held.map((h) => (isBehind(h.place) ? { ...h, place: `?${h.place}` } : h)),
      dropped: state.dropped.filter((p) => !isBehind(p)),
      released: state.released.filter((p) => !isBehind(p)),
    });
  }

  leave(number: number, view: View): void {
    const at = view.at * 4;
    const value = this.#flow.ops[at] === Op.Return ? (this.#flow.ops[at + 1] as number) : 0;
    this.#options.onEvent({
      kind: 'leave',
      call: -1,
      position: this.#flow.ops[at + 3] as number,
      state: this.states.state(number),
      result: value === 0 ? ANY : this.#resultOf(value, view),
      nullParameters: view.nullParameters(),
      path: view.pathForks().map(([block]) => block),
      isMerged: view.isMerged,
    });
  }

  /** What a returned value tells callers; whatever ERR_PTR() makes of a code is an error to them. */
  #resultOf(value: number, view: View): number {
    const bits = view.bits(value) & ANY;
    const made = stripCasts(this.#flow, value);
    if ((bits & ERR) === 0 || this.#flow.exprOp[made] !== Expr.Result) return bits;
    return ERROR_MAKERS.has(this.#nameOf(this.#flow.exprA[made] as number)) ? ERR : bits;
  }

  /** Held on both ways only; a count that differs is the lower one. */
  join(a: number, b: number): number {
    const x = this.states.state(a);
    const y = this.states.state(b);
    return this.states.number({
      held: x.held.filter((h) => y.held.some((o) => o.place === h.place)),
      preempt: Math.min(x.preempt, y.preempt),
      softirq: Math.min(x.softirq, y.softirq),
      hardirq: Math.min(x.hardirq, y.hardirq),
      nofs: Math.max(x.nofs, y.nofs),
      released: x.released.filter((p) => y.released.includes(p)),
      dropped: [],
    });
  }

  #primitive(state: LockState, call: number, f: LockFunction, view: View): number | readonly Outcome[] {
    const args = this.#flow.calls[call]?.args ?? [];
    const place = this.#options.places.ofLock(f, args);
    const lockClass = f.lock < 0 ? f.name : this.#options.classOf(place);
    const subclass = f.subclass < 0 ? 0 : (this.#options.constantOf(args[f.subclass] ?? 0) ?? -1);
    const nested = f.nestLock >= 0 && !this.#isNull(args[f.nestLock] ?? 0);
    const lock: Held = {
      place,
      lockClass,
      kind: f.kind,
      mode: f.mode,
      subclass: nested ? -1 : subclass,
      call,
      through: '',
    };
    if (f.operation === 'mention') {
      this.#tell('acquire', call, state, view, lock, f.blocks);
      return this.states.number(state);
    }
    if (f.operation === 'downgrade') {
      const held = state.held.map((h) => (h.place === place ? { ...h, mode: f.mode } : h));
      return this.states.number({ ...state, held });
    }
    if (f.operation === 'release') {
      this.#tell('release', call, state, view, lock);
      this.#forgetProtected(state, place, view);
      const { state: after, isSure } = release(state, place, lockClass, f.kind);
      const isOwn = f.irq === 'irqsave' && this.#restoresOwn(call);
      return this.states.number(isSure ? irqAfter(after, f.irq, -1, isOwn) : after);
    }
    const blocks = f.blocks && this.#isNull(f.trylock < 0 ? 0 : (args[f.trylock] ?? 0));
    this.#tell('acquire', call, state, view, lock, blocks, STOPS[f.irq]);
    const taken = this.states.number(irqAfter(take(state, lock), f.irq, 1));
    if (f.success === 'always') return taken;
    const failed = this.states.number(state);
    return f.success === 'nonzero'
      ? [
          { state: taken, result: OTHER | ERR },
          { state: failed, result: ZERO },
        ]
      : [
          { state: taken, result: ZERO },
          // Who waits is told by an error why it was in vain; a trylock may say 1.
          { state: failed, result: f.blocks ? ERR : OTHER | ERR },
        ];
  }

  /**
   * Whether a call is handed, as the last thing, the state that it restores in a local that a call has filled: that was
   * saved in here, also where a callee has done so and says only by its result that it did.
   */
  #restoresOwn(call: number): boolean {
    const flow = this.#flow;
    const saved = stripCasts(flow, flow.calls[call]?.args.at(-1) ?? 0);
    if (flow.exprOp[saved] !== Expr.Local || isParameter(flow, saved)) return false;
    return [...assignedTo(flow, saved)].every(
      (value) => flow.exprOp[stripCasts(flow, value)] === Expr.Result,
    );
  }

  /** `(write ? up_write : up_read)(&x->sem)`: what is done to a lock that an unknown function is given is not known. */
  #indirect(state: LockState, call: number, view: View): number {
    let after = state;
    for (const arg of this.#flow.calls[call]?.args ?? []) {
      const place = this.#options.places.behind(arg);
      const held = state.held.find((h) => h.place === place);
      const lockClass = this.#options.classOf(place);
      if (held === undefined) continue;
      this.#tell('release', call, state, view, { ...held, through: '?' });
      after = mayRelease(after, place, lockClass, held.kind);
    }
    return this.states.number(after);
  }

  /**
   * What was seen of shared objects under a lock need not hold once that is released; unless another lock was
   * taken since, which may be because of what was seen.
   */
  #forgetProtected(state: LockState, place: string, view: View): void {
    const last = state.held.at(-1);
    if (last === undefined || last.place !== place || last.kind === 'rcu' || last.kind === 'srcu') return;
    this.#tests ??= testsOfFields(this.#flow);
    const from = this.#tests.calls.get(last.call) ?? view.at;
    for (const { at, condition } of this.#tests.branches)
      if (from < at && at < view.at) view.forget(condition);
  }

  /** What the callee's summary says it leaves behind. */
  #apply(
    state: LockState,
    call: number,
    name: string,
    summary: LockSummary,
    view: View,
  ): number | readonly Outcome[] {
    const context = (s: LockState): LockState => inSection(s, summary, 1);
    if (summary.net.length === 0) return this.states.number(context(state));
    const args = this.#flow.calls[call]?.args ?? [];
    const after = (result: number): LockState => {
      let s = context(state);
      for (const effect of summary.net) {
        const { success } = effect;
        if ((RESULTS[success] & result) === 0) continue;
        const place = this.#options.places.substitute(effect.place, args) ?? `?${name}${effect.lockClass}`;
        const lock = { ...this.#heldBy(effect, call, name), place };
        const lockClass = effect.lockClass !== '' ? effect.lockClass : this.#options.classOf(place);
        if (effect.operation === 'acquire') s = take(s, { ...lock, lockClass });
        else {
          this.#tell('release', call, s, view, { ...lock, lockClass });
          // What it does to interrupts depends on the result as well, and the summary does not say it.
          const held = success === 'always' ? undefined : s.held.findLast((h) => h.place === place);
          const taking = held && lockFunctions.get(this.#nameOf(held.call));
          s =
            success === 'sometimes'
              ? mayRelease(s, place, lockClass, effect.kind)
              : release(s, place, lockClass, effect.kind).state;
          if (taking !== undefined) s = irqAfter(s, taking.irq, -1);
        }
      }
      return s;
    };
    const zero = this.states.number(after(ZERO));
    const valid = this.states.number(after(OTHER));
    const error = summary.net.some(({ success }) => success === 'valid')
      ? this.states.number(after(ERR))
      : valid;
    if (zero === valid && valid === error) return zero;
    if (valid === error)
      return [
        { state: zero, result: ZERO },
        { state: valid, result: OTHER | ERR },
      ];
    return [
      { state: valid, result: OTHER },
      ...(zero === error
        ? [{ state: error, result: ZERO | ERR }]
        : [
            { state: zero, result: ZERO },
            { state: error, result: ERR },
          ]),
    ];
  }

  #heldBy(effect: NetEffect, call: number, through: string): Held {
    return {
      place: effect.place,
      lockClass: effect.lockClass,
      kind: effect.kind,
      mode: effect.mode,
      subclass: effect.subclass,
      call,
      through,
    };
  }

  #tell(
    kind: 'acquire' | 'release',
    call: number,
    state: LockState,
    view: View,
    lock: Held,
    blocks = true,
    stops: 'none' | 'softirq' | 'hardirq' = 'none',
  ): void {
    this.#options.onEvent({
      kind,
      call,
      position: this.#positionOf(call),
      state,
      lock,
      blocks,
      stops,
      isMerged: view.isMerged,
    });
  }

  #isNull(e: number): boolean {
    return e === 0 || (this.#flow.exprOp[e] === Expr.Integer && this.#flow.exprA[e] === 0);
  }

  #nameOf(call: number): string {
    const callee = this.#flow.calls[call]?.callee ?? 0;
    return this.#flow.exprOp[callee] === Expr.Global
      ? (this.#flow.names[this.#flow.exprA[callee] as number] ?? '')
      : '';
  }

  #positionOf(call: number): number {
    return this.#flow.calls[call]?.position ?? 0;
  }
}

function take(state: LockState, lock: Held): LockState {
  if (state.held.length >= MAX_HELD) return state;
  // Taken twice: lock-order/recursive says so, and one release is enough to have said it.
  if (state.held.some((h) => h.place === lock.place && (h.mode === 'write' || lock.mode === 'write')))
    return state;
  // The caller's own lock, released here before: it has it back.
  const isOwn = (place: string): boolean => place === lock.place || place === MAYBE + lock.place;
  if (state.released.some(isOwn)) return { ...state, released: state.released.filter((p) => !isOwn(p)) };
  return {
    ...state,
    held: [...state.held, lock],
    dropped: state.dropped.filter((p) => p !== lock.place),
  };
}

/** Which lock a release means: that at `place`, or else the last one of its class; -1 where none is held. */
function indexOf(state: LockState, place: string, lockClass: string, kind: Held['kind'] | 'none'): number {
  const same = state.held.findLastIndex((h) => h.place === place || h.place === MAYBE + place);
  if (same >= 0) return same;
  const alike = lockClass === '' ? -1 : state.held.findLastIndex((h) => h.lockClass === lockClass);
  if (alike >= 0) return alike;
  // A lock that came out of a function whose class is not known is meant by whatever of its kind is released.
  return state.held.findLastIndex(
    (h) => (h.lockClass === '' || lockClass === '') && h.kind === kind && !areFields(h.place, place),
  );
}

/** Whether two places are members of one object: they are two locks, also where its type is not known. */
const areFields = (a: string, b: string): boolean => ownerOf(a) !== '' && ownerOf(a) === ownerOf(b);

const ownerOf = (place: string): string => /^([$%]\d+.*)\.\w+$/.exec(place)?.[1] ?? '';

/** Releases a lock. `isSure` is false where it may have been released before. */
function release(
  state: LockState,
  place: string,
  lockClass: string,
  kind: Held['kind'] | 'none',
): { state: LockState; isSure: boolean } {
  const index = indexOf(state, place, lockClass, kind);
  if (index < 0) {
    if (state.released.includes(place)) return { state, isSure: true };
    const released = [...state.released.filter((p) => p !== MAYBE + place), place];
    return { state: { ...state, released }, isSure: true };
  }
  const held = state.held[index] as Held;
  const dropped = held.place;
  // Neither the place nor the class says that it is this one.
  const isGuess = dropped !== place && dropped !== MAYBE + place && held.lockClass !== lockClass;
  if (isGuess && held.through === '')
    return { state: mayRelease(state, place, lockClass, held.kind), isSure: true };
  return {
    state: {
      ...state,
      held: state.held.toSpliced(index, 1),
      dropped: state.dropped.includes(dropped) ? state.dropped : [...state.dropped, dropped],
    },
    isSure: !dropped.startsWith(MAYBE),
  };
}

/** A lock that a callee releases in a way that its result does not tell: nothing is said of it from here on. */
function mayRelease(state: LockState, place: string, lockClass: string, kind: Held['kind']): LockState {
  const index = indexOf(state, place, lockClass, kind);
  const held = state.held[index];
  if (held === undefined) {
    const isKnown = state.released.includes(place) || state.released.includes(MAYBE + place);
    return isKnown ? state : { ...state, released: [...state.released, MAYBE + place] };
  }
  if (held.place.startsWith('?')) return state;
  return { ...state, held: state.held.with(index, { ...held, place: MAYBE + held.place }) };
}

/** The state after what a callee leaves switched off (step 1), or the end of that (-1). */
function inSection(state: LockState, summary: LockSummary, step: 1 | -1): LockState {
  let after = state;
  for (const field of COUNTS) if (summary[field] !== 0) after = counted(after, field, step * summary[field]);
  return after;
}

function irqAfter(state: LockState, irq: LockFunction['irq'], step: 1 | -1, isOwn = false): LockState {
  return irq === 'none' ? state : counted(state, irq === 'bh' ? 'softirq' : 'hardirq', step, isOwn);
}

/** One more, or less, of what is switched off; within bounds, for loops come to an end. `isOwn`: ends nothing of callers. */
function counted(state: LockState, field: Count, step: number, isOwn = false): LockState {
  const lowest = isOwn ? Math.min(0, state[field]) : -4;
  const depth = Math.max(lowest, Math.min(8, state[field] + step));
  return depth === state[field] ? state : { ...state, [field]: depth };
}
