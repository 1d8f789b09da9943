/**
 * How a function is entered: what its callers hold and the context that they run in, followed upwards through
 * direct calls, through fields of operations tables, through functions that are handed to others, and up to the
 * registrations of handlers. What a function does wrong only for some caller is seen with this in the function
 * itself, which is where a change makes it.
 */
import { Expr, type Flow, lineOf } from '../../c/flow.ts';
import { calleeName } from '../../effects/flow-expressions.ts';
import { CorrelatedReleases } from '../../effects/locks/correlated.ts';
import { type Held, type LockState, NOTHING_HELD } from '../../effects/locks/held.ts';
import type { Events } from '../../effects/locks/lock-body.ts';
import type { LockEffects } from '../../effects/locks/lock-effects.ts';
import type { NetEffect } from '../../effects/locks/lock-summary.ts';
import type { FunctionRef } from '../../index/program.ts';
import { attributeOf } from '../../kernel/attributes.ts';
import { callbackOf } from '../../kernel/callbacks.ts';
import { beginsTask, contextOfField, registrations } from '../../kernel/contexts.ts';
import { leadsToFence } from '../../kernel/fences.ts';
import { atomicSections } from '../../kernel/locks.ts';
import { takenAround } from '../../kernel/operation-locks.ts';
import { FS_RECLAIM } from '../../kernel/reclaim.ts';
import type { Step } from '../checker.ts';
import { callerEvents } from './caller-events.ts';
import {
  type Entries,
  type Entry,
  type EntryLock,
  inContext,
  isReleased,
  keyOf,
  ofCallback,
  onWayToFence,
  onward,
  type Stored,
  underLock,
  type Way,
} from './entry.ts';
import { isToldNotToWait } from './no-wait.ts';

/** Calls that are followed upwards. */
const MAX_CALLS = 4;
/** Places that use a function: one that everybody calls says nothing of any of them. */
const MAX_USERS = 10;
/** Functions that call through a field of the same name, of whatever struct. */
const MAX_NAMESAKES = 60;
const MAX_ENTRIES = 16;
/** Tables that store a field, to tell structs of one name apart. */
const MAX_STORED = 400;
/** A function handed on and on. */
const MAX_HANDED = 3;

const NONE: Entries = { all: [], complete: false };

/** The places in one function at which another may be entered. */
interface Site {
  readonly state: LockState;
  readonly line: number;
  readonly args: readonly number[];
  readonly isMerged: boolean;
  readonly doubtful: boolean;
}

export class EntryPoints {
  readonly #effects: LockEffects;
  readonly #known = new Map<string, Entries>();
  readonly #working = new Set<string>();
  readonly #releases = new Map<string, CorrelatedReleases>();

  /** Of other functions nothing is said: of() has none. */
  readonly isOfInterest: (ref: FunctionRef) => boolean;

  constructor(effects: LockEffects, isOfInterest: (ref: FunctionRef) => boolean = () => true) {
    this.#effects = effects;
    this.isOfInterest = isOfInterest;
  }

  /** The ways into a function. */
  of(ref: FunctionRef): Entries {
    return this.isOfInterest(ref) ? this.#within(ref, MAX_CALLS) : NONE;
  }

  /** The ways into a function, with at most `calls` calls followed upwards. */
  #within(ref: FunctionRef, calls: number): Entries {
    const key = `${calls} ${ref.id}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#working.has(ref.id)) return { all: [], complete: true };
    this.#working.add(ref.id);
    const entries = this.#find(ref, calls);
    this.#working.delete(ref.id);
    this.#known.set(key, entries);
    return entries;
  }

  #find(ref: FunctionRef, calls: number): Entries {
    const { program } = this.#effects.effects;
    const found = new Map<string, Entry>();
    let complete = true;
    const add = (entry: Entry): void => {
      const key = keyOf(entry);
      const other = found.get(key);
      if (other !== undefined && (other.calls <= entry.calls || (entry.doubtful && !other.doubtful))) return;
      if (other === undefined && found.size >= MAX_ENTRIES) complete = false;
      else found.set(key, entry);
    };
    if (ref.fact.isInit) add(inContext(ref, 'init', [], true));
    if (ref.fact.definedBy?.startsWith('SYSCALL_DEFINE') || ref.fact.definedBy?.startsWith('COMPAT_SYSCALL'))
      add(inContext(ref, 'process', [], true));
    for (const { entry, path } of program.storedIn(ref)) {
      const step = {
        path,
        line: entry.line,
        function: entry.table,
        text: `${ref.name}() is stored as ${entry.type}.${entry.field}`,
      };
      const context = contextOfField(entry.type, entry.field);
      const around = this.#takenAround(ref, entry.type, entry.field);
      const callback = callbackOf(entry.type, entry.field);
      if (leadsToFence(entry.type, entry.field)) add(onWayToFence(ref, step));
      else if (callback !== undefined && callback.lock !== FS_RECLAIM) add(ofCallback(ref, callback, step));
      else if (around !== undefined) add(underLock(ref, context ?? 'process', around, step));
      else if (context !== undefined) add(inContext(ref, context, [step], beginsTask(entry.type)));
      else if (!this.#through(ref, entry.type, entry.field, step, calls, add)) complete = false;
    }
    for (const { name, args, line } of program.facts(ref.path)?.topLevelMacros ?? []) {
      const registered = registrations.get(name)?.find((r) => args[r.handler] === ref.name);
      const isAttribute = attributeOf(name, args)?.functions.includes(ref.name) === true;
      if (registered === undefined && !isAttribute) continue;
      const step = { path: ref.path, line, function: '', text: `${ref.name}() is handed to ${name}()` };
      add(inContext(ref, registered?.context ?? 'process', [step], true));
    }
    const users = program.callers(ref, MAX_USERS + 1);
    if (users.length > MAX_USERS) return { all: [...found.values()], complete: false };
    for (const user of users) {
      if (user.id === ref.id) continue;
      if (!this.#uses(ref, user, calls, add)) complete = false;
    }
    return { all: [...found.values()], complete };
  }

  /** The lock under which a subsystem calls what is stored in a field. */
  #takenAround(ref: FunctionRef, type: string, field: string): NetEffect | undefined {
    const taking = takenAround(type, field);
    if (taking === undefined) return undefined;
    const { net } = this.#effects.ofName(taking, ref.path);
    return net.find(({ operation, lockClass }) => operation === 'acquire' && lockClass !== '');
  }

  /** Callers through the field that a function is stored in. False where not all are known. */
  #through(
    ref: FunctionRef,
    type: string,
    field: string,
    step: Step,
    calls: number,
    add: (e: Entry) => void,
  ): boolean {
    const { program } = this.#effects.effects;
    const users = program.callersThrough(field, MAX_NAMESAKES);
    if (users.length >= MAX_NAMESAKES) return false;
    const sites = users.flatMap((user) => {
      const { flow } = user.fact;
      if (flow === undefined) return [];
      const calls = [...flow.calls.keys()];
      return calls
        .filter((call) => this.#effects.isCallOfField(flow, call, user.path, type, field))
        .filter(() => this.#isStoredFor(ref, type, field, user.path))
        .map((call) => ({ user, call }));
    });
    if (sites.length > MAX_USERS) return false;
    let complete = sites.length > 0;
    for (const { user, call } of sites) {
      if (!this.#enter(ref, user, call, [step], calls, [{ type, field, target: ref }], add)) complete = false;
    }
    return complete;
  }

  /** Two drivers may have a struct of one name: whether a file means the one that the function is stored in. */
  #isStoredFor(ref: FunctionRef, type: string, field: string, from: string): boolean {
    const { program } = this.#effects.effects;
    const stored = program.stored(type, field, MAX_STORED, from);
    return stored.length === 0 || stored.some((other) => other.ref.id === ref.id);
  }

  /** Calls of a function in one of its users, and calls to which it is handed. */
  #uses(ref: FunctionRef, user: FunctionRef, calls: number, add: (e: Entry) => void): boolean {
    const { flow } = user.fact;
    if (flow === undefined) return false;
    let complete = true;
    for (let call = 0; call < flow.calls.length; call++) {
      const name = calleeName(flow, call);
      if (name === ref.name) {
        if (!this.#enter(ref, user, call, [], calls, [], add)) complete = false;
        continue;
      }
      const made = flow.calls[call];
      for (const [argument, e] of made?.args.entries() ?? []) {
        if (!isGlobal(flow, e, ref.name)) continue;
        const line = lineOf(made?.position ?? 0);
        const step = {
          path: user.path,
          line,
          function: user.name,
          text: `${ref.name}() is handed to ${name || 'a function'}()`,
        };
        const registered = registrations.get(name)?.find((r) => r.handler === argument);
        if (registered !== undefined) add(inContext(ref, registered.context, [step], true));
        else if (!this.#handed(ref, name, user.path, argument, [step], calls, 1, add)) complete = false;
      }
    }
    return complete;
  }

  /** A function that is handed to another is entered where that one calls its parameter. */
  #handed(
    ref: FunctionRef,
    name: string,
    from: string,
    argument: number,
    steps: readonly Step[],
    calls: number,
    nesting: number,
    add: (e: Entry) => void,
  ): boolean {
    const to = name === '' ? undefined : this.#effects.effects.program.functions(name, from)[0];
    const flow = to?.fact.flow;
    if (to === undefined || flow === undefined || nesting > MAX_HANDED) return false;
    let complete = true;
    for (const [call, made] of flow.calls.entries()) {
      if (isParameter(flow, made.callee, argument)) {
        if (!this.#enter(ref, to, call, steps, calls, [], add)) complete = false;
        continue;
      }
      for (const [next, e] of made.args.entries()) {
        if (!isParameter(flow, e, argument)) continue;
        const step = {
          path: to.path,
          line: lineOf(made.position),
          function: to.name,
          text: `hands it to ${calleeName(flow, call)}()`,
        };
        if (
          !this.#handed(ref, calleeName(flow, call), to.path, next, [...steps, step], calls, nesting + 1, add)
        )
          complete = false;
      }
    }
    return complete;
  }

  /** Adds the ways in which `user` enters `ref` at a call. False where not all are known. */
  #enter(
    ref: FunctionRef,
    user: FunctionRef,
    call: number,
    before: readonly Step[],
    calls: number,
    fields: readonly Stored[],
    add: (e: Entry) => void,
  ): boolean {
    const flow = user.fact.flow as Flow;
    const sites = this.#sites(user, call);
    const outer = calledBy(before, calls > 1 ? this.#within(user, calls - 1) : NONE);
    for (const site of sites) {
      const step = { path: user.path, line: site.line, function: user.name, text: `${ref.name}() is called` };
      const places = this.#eventsOf(user)?.places;
      const told = isToldNotToWait(flow, site.args);
      const way: Way = { calls: 1, doubtful: site.doubtful || told, fields };
      const here = site.state.held.map((held): EntryLock => {
        const taken = {
          path: user.path,
          line: lineOf(flow.calls[held.call]?.position ?? 0),
          function: user.name,
          text: `${textOf(held, places?.text(held.place))} is taken${held.through === '' ? '' : ` by ${held.through}()`}`,
        };
        const decided =
          (site.doubtful && (site.isMerged || this.#isConditional(user, call, held.call))) ||
          this.#releasesOf(user)?.mayBeReleased(call, held) === true;
        return {
          ...held,
          ...way,
          // Of elements of an array nobody says that they are the same.
          doubtful: decided || told || held.place.includes('['),
          place: places?.inCallee(held.place, site.args) ?? '',
          taken,
        };
      });
      const bare: Entry = {
        held: here,
        // At boot nothing else runs yet, and might_sleep() is silent.
        preempt: user.fact.isInit ? 0 : site.state.preempt,
        softirq: user.fact.isInit ? 0 : site.state.softirq,
        hardirq: user.fact.isInit ? 0 : site.state.hardirq,
        entersSection: entersSection(flow),
        context: undefined,
        root: user.name,
        steps: [...before, step],
        ...way,
        isStart: false,
      };
      if (outer.all.length === 0) add(bare);
      for (const above of outer.all) {
        const inherited = above.held
          .filter((held) => !isReleased(site.state, held))
          .map((held) => ({
            ...held,
            ...onward(held, way),
            place: places?.inCallee(held.place, site.args) ?? '',
          }));
        add({
          held: [...inherited, ...here],
          preempt: above.preempt + bare.preempt,
          softirq: above.softirq + bare.softirq,
          hardirq: above.hardirq + bare.hardirq,
          entersSection: above.entersSection || bare.entersSection,
          context: above.context,
          root: above.root,
          steps: [...above.steps, ...bare.steps],
          ...onward(above, way),
          isStart: above.isStart,
        });
      }
    }
    return outer.complete;
  }

  /** The states in which a function makes a call; those of merged paths only where there are no others. */
  #sites(user: FunctionRef, call: number): readonly Site[] {
    const flow = user.fact.flow as Flow;
    const made = flow.calls[call];
    if (made === undefined) return [];
    const line = lineOf(made.position);
    const known = this.#eventsOf(user);
    const doubtful = known?.isConditional(call) ?? false;
    if (known === undefined || known.events.length === 0)
      return [{ state: NOTHING_HELD, line, args: made.args, isMerged: false, doubtful }];
    const states = new Map<string, Site>();
    const own = known.events.filter((e) => e.call === call && e.kind === 'call');
    const certain = own.filter((e) => !e.isMerged);
    for (const event of certain.length > 0 ? certain : own) {
      const key = stateKey(event.state);
      const { state, isMerged } = event;
      if (!states.has(key))
        states.set(key, { state, line, args: made.args, isMerged, doubtful: doubtful || isMerged });
    }
    return [...states.values()];
  }

  #isConditional(user: FunctionRef, call: number, after: number): boolean {
    return this.#eventsOf(user)?.isConditional(call, after) ?? false;
  }

  #releasesOf(ref: FunctionRef): CorrelatedReleases | undefined {
    const events = this.#eventsOf(ref);
    if (events === undefined) return undefined;
    let releases = this.#releases.get(ref.id);
    if (releases === undefined) {
      releases = new CorrelatedReleases(events);
      this.#releases.set(ref.id, releases);
    }
    return releases;
  }

  #eventsOf(ref: FunctionRef): Events | undefined {
    return callerEvents(this.#effects, ref);
  }
}

/** Who hands a function over is who calls it then: of the ways into what it is handed to, those from there. */
function calledBy(before: readonly Step[], outer: Entries): Entries {
  const [handed] = before;
  if (handed === undefined || !handed.text.includes(' is handed to ')) return outer;
  const onWay = new Set(before.map((step) => step.function));
  const isFromThere = (e: Entry): boolean =>
    onWay.has(e.root) || e.steps.some((step) => step.function === handed.function);
  return { ...outer, all: outer.all.filter(isFromThere) };
}

const entersSection = (flow: Flow): boolean =>
  flow.calls.some((_, call) => atomicSections.get(calleeName(flow, call))?.step === 1);

const isGlobal = (flow: Flow, e: number, name: string): boolean => {
  let at = e;
  while (flow.exprOp[at] === Expr.Cast || flow.exprOp[at] === Expr.Address) at = flow.exprA[at] as number;
  return flow.exprOp[at] === Expr.Global && flow.names[flow.exprA[at] as number] === name;
};

const isParameter = (flow: Flow, e: number, parameter: number): boolean =>
  flow.exprOp[e] === Expr.Local &&
  flow.exprA[e] === parameter &&
  flow.locals[parameter]?.isParameter === true;

const textOf = (held: Held, place: string | undefined): string =>
  held.kind === 'rcu'
    ? 'rcu_read_lock()'
    : held.place.startsWith('?') || place === undefined
      ? held.lockClass
      : `&${place}`;

const stateKey = (s: LockState): string =>
  `${s.held.map((h) => `${h.place} ${h.lockClass} ${h.mode}`).join()}|${s.preempt}|${s.softirq}|${s.hardirq}|${s.released.join()}`;
