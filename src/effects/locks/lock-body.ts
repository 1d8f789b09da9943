/** The walk of one body with the lock domain: its events, and the summary that they make. */
import { Expr, type Flow, lineOf, Op, ScopeKind } from '../../c/flow.ts';
import { blockOf } from '../../c/flow-blocks.ts';
import { ALLOCATORS } from '../../kernel/allocators.ts';
import { MMAP_LOCK, mayFault } from '../../kernel/callbacks.ts';
import { guardConstructor, isGuardConstructor } from '../../kernel/guards.ts';
import { atomicSections, type LockFunction, lockAssertions, lockFunctions } from '../../kernel/locks.ts';
import { FS_RECLAIM } from '../../kernel/reclaim.ts';
import {
  callsMaySleep,
  pollDelay,
  sleeping,
  sleepingUnless,
  spinningWaits,
  waits,
} from '../../kernel/waits.ts';
import { calleeName } from '../flow-expressions.ts';
import type { CallKnowledge } from '../knowledge.ts';
import type { Walker } from '../paths.ts';
import type { WalkLimits } from '../state-store.ts';
import type { Condition } from './condition.ts';
import { Conditions } from './conditional.ts';
import { type Gfp, gfpOf, gfpOfAllocation } from './gfp.ts';
import { isSleepingLock, isWithoutReclaim, type LockState, MAYBE, placeOf } from './held.ts';
import { LockDomain, type LockEvent } from './lock-domain.ts';
import {
  type Acquired,
  type Asserted,
  type Cause,
  farFrom,
  type Happening,
  type LockSummary,
  mattersUnderLock,
  NO_LOCKS,
  takenBelow,
  type Waited,
} from './lock-summary.ts';
import { exported, netEffects } from './net-effects.ts';
import { Places } from './place.ts';

/** Classes that a summary keeps: the nearest ones, for a chain of a dozen calls convinces nobody. */
const MAX_ACQUIRES = 48;
const MAX_DEPTH = 8;
const MAX_WAITS = 16;
export interface BodyInput {
  readonly flow: Flow;
  readonly path: string;
  readonly classOf: (place: string) => string;
  /** What calling does to the held locks and the context; undefined where nothing, or nothing is known. */
  readonly net: (call: number) => LockSummary | undefined;
  /** Summaries of what a call may run; with the path of the callee's file, '' for what has none. */
  readonly callees: (call: number) => readonly { name: string; path: string; summary: LockSummary }[];
  /** What the constructor of a guard's class leaves held, on its parameter `_T`. */
  readonly guard: (className: string) => LockSummary | undefined;
  readonly knowledge: (call: number) => CallKnowledge;
  readonly constant: (name: string) => number | undefined;
  readonly targetOf: (pointer: number) => string;
  readonly limits?: WalkLimits;
}

export interface Body {
  readonly flow: Flow;
  readonly places: Places;
  readonly conditions: Conditions;
  readonly events: readonly LockEvent[];
  readonly summary: LockSummary;
  /** What a call may run. */
  readonly callees: BodyInput['callees'];
  /** False where some paths were not walked. */
  readonly complete: boolean;
}

/** Walks a body. Without anything in it that touches locks, the walk is saved and `events` is empty. */
export function walkBody(input: BodyInput, walker: Walker): Body {
  const { flow } = input;
  const places = new Places(flow);
  const conditions = new Conditions(flow);
  const { events, complete } = lockEvents(input, places, walker);
  let summary: LockSummary | undefined;
  return {
    flow,
    places,
    conditions,
    events,
    // Who reports on a body hardly ever asks for it.
    get summary() {
      summary ??= summarise(input, places, conditions, events, complete);
      return summary;
    },
    callees: input.callees,
    complete,
  };
}

/** What happens to locks along the paths of a body, without a summary of it. */
export interface Events {
  readonly flow: Flow;
  readonly conditions: Conditions;
  readonly places: Places;
  readonly events: readonly LockEvent[];
  readonly complete: boolean;
  /** Whether a flag, a parameter or the context decides that a call is made, once that of `after` has been. */
  isConditional(call: number, after?: number): boolean;
}

export function eventsOfBody(input: BodyInput, walker: Walker): Events {
  const { flow } = input;
  const places = new Places(flow);
  const conditions = new Conditions(flow);
  let blocks: readonly (number | undefined)[] | undefined;
  return {
    flow,
    conditions,
    places,
    ...lockEvents(input, places, walker),
    isConditional(call, after) {
      blocks ??= blocksOfCalls(flow);
      const block = blocks[call];
      return (
        block !== undefined &&
        conditions.isConditional(block, after === undefined ? undefined : blocks[after])
      );
    },
  };
}

/** Only what a body leaves held or released, for those that call it. */
export function netOfBody(input: BodyInput, walker: Walker): LockSummary {
  const { flow } = input;
  const { events } = lockEvents(input, new Places(flow), walker);
  return netEffects(events, flow.calls.length, new Conditions(flow));
}

function lockEvents(
  input: BodyInput,
  places: Places,
  walker: Walker,
): { events: readonly LockEvent[]; complete: boolean } {
  if (!touchesLocks(input)) return { events: [], complete: true };
  const walked = walkLocks(input, places, walker, input.limits);
  const isCutShort = !walked.complete && !walked.events.some(({ kind }) => kind === 'leave');
  return isCutShort ? walkLocks(input, places, walker, COARSE) : walked;
}

/** Of a walk that came to no end of the function: fewer states, of more of it. What it leaves held counts most. */
const COARSE: WalkLimits = { statesPerBlock: 2, merges: 2, states: 3000 };

function walkLocks(
  input: BodyInput,
  places: Places,
  walker: Walker,
  limits: WalkLimits | undefined,
): { events: readonly LockEvent[]; complete: boolean } {
  const { flow } = input;
  const events = new Map<number | string, LockEvent>();
  const domain: LockDomain = new LockDomain({
    places,
    classOf: input.classOf,
    summaryOf: input.net,
    guardOf: (call) => guardEffects(input, places, call),
    constantOf: (e) => constantOf(flow, e, input.constant),
    onEvent: (event) => {
      const state = domain.states.number(event.state);
      const key =
        event.kind === 'leave'
          ? `${event.position}:${state}:${event.result}:${event.nullParameters}`
          : (event.call * 4 + KINDS.indexOf(event.kind)) * 0x100000 + state;
      const known = events.get(key);
      if (known === undefined || (known.isMerged && !event.isMerged)) events.set(key, event);
    },
  });
  const { complete } = walker.walk(flow, {
    domains: [domain],
    knowledge: input.knowledge,
    constant: input.constant,
    ...(limits ? { limits } : {}),
  });
  return { events: [...events.values()], complete };
}

const KINDS: readonly LockEvent['kind'][] = ['call', 'acquire', 'release', 'leave'];

function touchesLocks(input: BodyInput): boolean {
  const { flow } = input;
  if (flow.scopes.some((s) => s.kind === ScopeKind.Guard || isGuardClass(calleeName(flow, s.call))))
    return true;
  return flow.calls.some((_, call) => {
    const name = calleeName(flow, call);
    return lockFunctions.has(name) || atomicSections.has(name) || input.net(call) !== undefined;
  });
}

/** Whether a function may sleep by its name alone, in the file of the flow. */
export function isSleeping(flow: Flow, name: string): boolean {
  const unless = sleepingUnless.get(name);
  return unless === undefined ? sleeping.has(name) || callsMaySleep(name) : !flow.names.includes(unless);
}

/** Whether a call polls with pauses that it says the length of. */
export function sleepsByDelay(flow: Flow, call: number): boolean {
  const delay = flow.calls[call]?.args[pollDelay.get(calleeName(flow, call)) ?? -1] ?? 0;
  return flow.exprOp[delay] === Expr.Integer && (flow.exprA[delay] as number) > 0;
}

const isScopedGuard = (name: string): boolean => name === 'scoped_guard' || name === 'scoped_cond_guard';

const GUARD_CLASS = /^class_(\w+)_constructor$/;

const isGuardClass = (name: string): boolean => isScopedGuard(name) || isGuardConstructor(name);

function constantOf(
  flow: Flow,
  e: number,
  constant: (name: string) => number | undefined,
): number | undefined {
  if (flow.exprOp[e] === Expr.Integer) return flow.exprA[e];
  return flow.exprOp[e] === Expr.Global ? constant(flow.names[flow.exprA[e] as number] ?? '') : undefined;
}

/** The nesting subclass of an acquisition; -1 where it is not known, or where another lock orders the class. */
function subclassOf({ flow, constant }: BodyInput, f: LockFunction, args: readonly number[]): number {
  const nest = f.nestLock < 0 ? 0 : (args[f.nestLock] ?? 0);
  const isNested = nest !== 0 && !(flow.exprOp[nest] === Expr.Integer && flow.exprA[nest] === 0);
  if (isNested) return -1;
  return f.subclass < 0 ? 0 : (constantOf(flow, args[f.subclass] ?? 0, constant) ?? -1);
}

/** Whether an argument says that this acquisition does not wait. */
function isTrylock(flow: Flow, { trylock }: LockFunction, args: readonly number[]): boolean {
  const flag = trylock < 0 ? 0 : (args[trylock] ?? 0);
  return flag !== 0 && !(flow.exprOp[flag] === Expr.Integer && flow.exprA[flag] === 0);
}

/** What guard(name)(args), scoped_guard(name, args) or CLASS(name, var)(args) takes, in the places of this body. */
function guardEffects(input: BodyInput, places: Places, call: number): LockSummary | undefined {
  const { flow } = input;
  const made = flow.calls[call];
  if (made === undefined) return undefined;
  const callee = calleeName(flow, call);
  const before = callee === 'scoped_guard' ? 1 : isScopedGuard(callee) ? 2 : 0;
  const args = made.args.slice(before);
  const taking = input.guard(guardConstructor(guardNameOf(flow, call)));
  if (taking === undefined) return undefined;
  const net = taking.net
    .filter((effect) => effect.operation === 'acquire')
    .map((effect) => {
      const given = effect.place.replace('$0>.lock>', '$0>');
      const place = places.substitute(given, args) ?? '';
      const lockClass = effect.lockClass !== '' || place === '' ? effect.lockClass : input.classOf(place);
      return { ...effect, place, lockClass };
    });
  return { ...taking, net };
}

/** `mutex` of guard(mutex)(…), scoped_guard(mutex, …) and CLASS(mutex, x)(…). */
function guardNameOf(flow: Flow, call: number): string {
  const { callee = 0, args = [] } = flow.calls[call] ?? {};
  if (flow.exprOp[callee] === Expr.Result)
    return guardName(flow, flow.calls[flow.exprA[callee] as number]?.args[0] ?? 0);
  const name = calleeName(flow, call);
  if (isScopedGuard(name)) return guardName(flow, args[0] ?? 0);
  return GUARD_CLASS.exec(name)?.[1] ?? '';
}

/** The name that a guard is asked for by; a local may have the same. */
function guardName(flow: Flow, e: number): string {
  if (flow.exprOp[e] === Expr.Global) return flow.names[flow.exprA[e] as number] ?? '';
  return flow.exprOp[e] === Expr.Local ? (flow.locals[flow.exprA[e] as number]?.name ?? '') : '';
}

/** Everything that some call in the body does, and what the paths say of it. */
function summarise(
  input: BodyInput,
  places: Places,
  conditions: Conditions,
  events: readonly LockEvent[],
  complete: boolean,
): LockSummary {
  const { flow } = input;
  const acquires: (Acquired & { call: number })[] = [];
  const sleeps: Happening[] = [];
  const reclaims: Happening[] = [];
  const waited: Waited[] = [];
  const asserts: Asserted[] = [];
  const releasedBefore = releasedClasses(events);
  const takesBefore = (call: number): boolean =>
    events.some((e) => e.kind === 'acquire' && e.call < call) ||
    events.some((e) => e.kind === 'call' && e.call === call && e.state.held.length > 0);
  const withoutReclaim = callsWithoutReclaim(events);
  let handlers = 0;
  // Where every path was walked, what none of them comes to is not done.
  const come = complete && events.length > 0 ? new Set(events.map(({ call }) => call)) : undefined;
  const blocks = blocksOfCalls(flow);
  const guards = new Set<number>();
  for (const { call } of flow.scopes) {
    const guard = call < 0 ? undefined : guardEffects(input, places, call);
    if (guard !== undefined) guards.add(call);
    const block = blocks[call];
    if (guard === undefined || block === undefined) continue;
    const name = guardNameOf(flow, call);
    const line = lineOf(flow.calls[call]?.position ?? 0);
    const conditional = conditions.conditionOf(block);
    for (const { lockClass, place, kind, mode, subclass } of guard.net) {
      const callee = isScopedGuard(calleeName(flow, call)) ? calleeName(flow, call) : 'guard';
      const cause = { line, callee, calleePath: '', depth: 0, conditional, key: lockClass };
      const without = releasedBefore(call);
      const isWaitedFor = !name.endsWith('_try');
      acquires.push({
        lockClass,
        place: exported(place),
        kind,
        mode,
        subclass,
        blocks: isWaitedFor,
        without,
        far: 0,
        cause,
        call,
      });
      if (isSleepingLock(kind) && isWaitedFor) sleeps.push({ what: callee, gfp: -1, without, cause });
    }
  }
  for (const [call, made] of flow.calls.entries()) {
    const block = blocks[call];
    const name = calleeName(flow, call);
    if (block === undefined || guards.has(call)) continue;
    if (come !== undefined && !come.has(call) && !atomicSections.has(name)) continue;
    handlers |= parameterMask(flow, made.callee);
    const line = lineOf(made.position);
    const condition = (): Condition => conditions.conditionOf(block);
    const direct = (key = ''): Cause => ({
      line,
      callee: name,
      calleePath: '',
      depth: 0,
      conditional: condition(),
      key,
    });
    const primitive = lockFunctions.get(name);
    if (primitive !== undefined) {
      if (primitive.operation !== 'acquire' && primitive.operation !== 'mention') continue;
      if (primitive.name === FS_RECLAIM) {
        // might_alloc(gfp): whether it is reclaim at all depends on the flags.
        const gfp = gfpOf(flow, made.args[0] ?? 0);
        const parameter = gfp !== undefined && 'parameter' in gfp ? gfp.parameter : -1;
        if (parameter >= 0) {
          reclaims.push({ what: name, gfp: parameter, without: releasedBefore(call), cause: direct() });
        }
        continue;
      }
      const place = places.ofLock(primitive, made.args);
      const lockClass = primitive.lock < 0 ? primitive.name : input.classOf(place);
      const { kind, mode } = primitive;
      const blocking = primitive.blocks && !isTrylock(flow, primitive, made.args);
      acquires.push({
        lockClass,
        place: exported(place),
        kind,
        mode,
        subclass: subclassOf(input, primitive, made.args),
        blocks: blocking,
        without: releasedBefore(call),
        far: 0,
        cause: direct(lockClass),
        call,
      });
      if (isSleepingLock(kind) && blocking) {
        sleeps.push({ what: name, gfp: -1, without: releasedBefore(call), cause: direct() });
      }
      continue;
    }
    if (atomicSections.has(name)) continue;
    const assertion = lockAssertions.get(name);
    if (assertion !== undefined) {
      if (assertion.held && condition() === false && !takesBefore(call)) {
        const place = places.behind(made.args[assertion.lock] ?? 0);
        asserts.push({ lockClass: input.classOf(place), place: exported(place), mode: assertion.mode, line });
      }
      continue;
    }
    if (mayFault.has(name))
      acquires.push({
        lockClass: MMAP_LOCK,
        place: '',
        kind: 'rwsem',
        mode: 'read',
        subclass: 0,
        blocks: true,
        without: releasedBefore(call),
        far: 0,
        cause: direct(MMAP_LOCK),
        call,
      });
    const wait = waits.get(name);
    if (wait !== undefined) {
      const pointer = wait.argument < 0 ? 0 : (made.args[wait.argument] ?? 0);
      const place = pointer === 0 ? '' : places.behind(pointer);
      const target = pointer === 0 ? '' : input.targetOf(pointer);
      waited.push({
        awaits: wait.awaits,
        place: exported(place),
        target,
        without: releasedBefore(call),
        cause: direct(target),
      });
      if (!spinningWaits.has(wait.awaits))
        sleeps.push({ what: name, gfp: -1, without: releasedBefore(call), cause: direct() });
      continue;
    }
    if (isSleeping(flow, name) || sleepsByDelay(flow, call)) {
      sleeps.push({ what: name, gfp: -1, without: releasedBefore(call), cause: direct() });
      continue;
    }
    const allocator = ALLOCATORS.get(name);
    if (allocator !== undefined) {
      const gfp = gfpOfAllocation(flow, allocator, made.args);
      const happening = (g: Gfp): Happening | undefined => {
        if (g === undefined) return undefined;
        if ('parameter' in g)
          return { what: name, gfp: g.parameter, without: releasedBefore(call), cause: direct() };
        return g.flags.sleeps
          ? { what: name, gfp: -1, without: releasedBefore(call), cause: direct() }
          : undefined;
      };
      const found = happening(gfp);
      if (found !== undefined) sleeps.push(found);
      if (found === undefined || withoutReclaim(call)) continue;
      if (gfp === undefined || 'parameter' in gfp || gfp.flags.fs) reclaims.push(found);
      continue;
    }
    const callees = input.callees(call);
    for (const callee of callees) {
      const { summary } = callee;
      if (!mattersUnderLock(summary)) continue;
      for (const [argument, e] of made.args.entries()) {
        if (((summary.calls >> argument) & 1) !== 0) handlers |= parameterMask(flow, e);
      }
      const through = (cause: Cause): Cause => ({
        line,
        callee: callee.name,
        calleePath: callee.path,
        depth: cause.depth + 1,
        conditional: callees.length > 1 || both(cause.conditional, condition()),
        key: cause.key,
      });
      for (const a of summary.acquires) {
        if (a.cause.depth + 1 > MAX_DEPTH) continue;
        const place = places.substitute(a.place, made.args) ?? '';
        const lockClass = a.lockClass !== '' || place === '' ? a.lockClass : input.classOf(place);
        acquires.push({
          ...a,
          lockClass,
          place: exported(place),
          without: [...a.without, ...releasedBefore(call)],
          far: farFrom(summary, a),
          cause: through(takenBelow(summary, a).cause),
          call,
        });
      }
      for (const [from, to] of [
        [summary.sleeps, sleeps],
        [summary.reclaims, reclaims],
      ] as const) {
        if (from === undefined || from.cause.depth + 1 > MAX_DEPTH) continue;
        if (to === reclaims && withoutReclaim(call)) continue;
        const gfp = from.gfp < 0 ? undefined : gfpOf(flow, made.args[from.gfp] ?? 0);
        if (from.gfp >= 0 && gfp === undefined) continue;
        if (gfp !== undefined && 'flags' in gfp && !(to === sleeps ? gfp.flags.sleeps : gfp.flags.fs))
          continue;
        to.push({
          what: from.what,
          gfp: gfp !== undefined && 'parameter' in gfp ? gfp.parameter : -1,
          without: [...from.without, ...releasedBefore(call)],
          cause: through(from.cause),
        });
      }
      for (const w of summary.waits) {
        if (w.cause.depth + 1 > MAX_DEPTH) continue;
        const place = places.substitute(w.place, made.args) ?? '';
        const target = w.target !== '' || place === '' ? w.target : input.classOf(place);
        waited.push({
          ...w,
          target,
          place: exported(place),
          without: [...w.without, ...releasedBefore(call)],
          cause: through(w.cause),
        });
      }
    }
  }
  const net = netEffects(events, flow.calls.length, conditions);
  const nothing = acquires.length + sleeps.length + reclaims.length + waited.length + asserts.length === 0;
  if (nothing && handlers === 0 && net === NO_LOCKS) return NO_LOCKS;
  return {
    ...net,
    acquires: nearest(acquires.filter((a) => !takesBack(a, events))),
    sleeps: likeliest(sleeps),
    reclaims: likeliest(reclaims),
    waits: waited.slice(0, MAX_WAITS),
    asserts,
    calls: handlers,
  };
}

/** Both must hold: of two tests only that there are some is kept. */
const both = (a: Condition, b: Condition): Condition => (a === false || a === b ? b : b === false ? a : true);

/** The bit of the parameter that an expression is, as LockSummary.calls has it; 0 where it is none. */
const parameterMask = (flow: Flow, e: number): number => {
  const local = flow.exprOp[e] === Expr.Local ? (flow.exprA[e] as number) : 31;
  return local < 31 && flow.locals[local]?.isParameter === true ? 1 << local : 0;
};

/** Answers whether every path to a call is in a memalloc scope. */
function callsWithoutReclaim(events: readonly LockEvent[]): (call: number) => boolean {
  const always = new Map<number, boolean>();
  for (const { kind, call, state } of events)
    if (kind === 'call') always.set(call, always.get(call) !== false && isWithoutReclaim(state));
  return (call) => always.get(call) === true;
}

/** True where some path that takes the lock has released it for the caller before: then the caller holds it. */
function takesBack(acquired: Acquired & { call: number }, events: readonly LockEvent[]): boolean {
  if (acquired.place === '') return false;
  const takings = events.filter((e) => e.call === acquired.call && e.kind !== 'leave');
  return takings.some(
    ({ state: { released } }) =>
      released.includes(acquired.place) || released.includes(MAYBE + acquired.place),
  );
}

/** Block of each call of a flow, by the call's number; undefined for one that no instruction makes. */
export function blocksOfCalls(flow: Flow): (number | undefined)[] {
  const blocks: (number | undefined)[] = [];
  for (let at = 0; at < flow.ops.length; at += 4) {
    if (flow.ops[at] === Op.Call) blocks[flow.ops[at + 1] as number] = blockOf(flow, at / 4);
  }
  return blocks;
}

/** One acquisition a class, mode and place: the one with the fewest functions on the way. */
function nearest(all: readonly (Acquired & { call: number })[]): Acquired[] {
  const found = new Map<string, Acquired>();
  for (const a of all.toSorted((x, y) => x.far - y.far || x.cause.depth - y.cause.depth)) {
    if (a.lockClass === '' && a.place === '') continue;
    const key = `${a.lockClass}~${a.mode}~${a.blocks}~${a.place}`;
    const { call: _call, ...summarised } = a;
    if (!found.has(key)) found.set(key, summarised);
    if (found.size >= MAX_ACQUIRES) break;
  }
  return [...found.values()];
}

/** Answers which classes of the caller's locks every path to a call has released. */
function releasedClasses(events: readonly LockEvent[]): (call: number) => readonly string[] {
  const classes = new Map<string, string>();
  const states = new Map<number, LockState[]>();
  /** Merged paths have forgotten what was released: they count where there are no others. */
  const certain = new Set(events.filter(({ isMerged }) => !isMerged).map(({ call }) => call));
  for (const event of events) {
    if (event.kind === 'release' && event.lock !== undefined)
      classes.set(event.lock.place, event.lock.lockClass);
    if (event.kind === 'leave' || (event.isMerged && certain.has(event.call))) continue;
    const known = states.get(event.call) ?? [];
    known.push(event.state);
    states.set(event.call, known);
  }
  return (call) => {
    const [first, ...others] = states.get(call) ?? [];
    if (first === undefined) return [];
    const always = first.released.filter((place) => others.every((s) => s.released.includes(place)));
    return always.map((place) => classes.get(placeOf(place)) ?? '').filter((name) => name !== '');
  };
}

/** The happening that is surest: unconditional, few calls, nothing released before. */
function likeliest(all: readonly Happening[]): Happening | undefined {
  const weigh = (h: Happening): number =>
    (h.cause.conditional ? 100 : 0) + (h.gfp >= 0 ? 50 : 0) + h.without.length * 20 + h.cause.depth;
  return all.toSorted((x, y) => weigh(x) - weigh(y))[0];
}
