import { lineOf } from '../../c/flow.ts';
import { calleeName } from '../../effects/flow-expressions.ts';
import type { Held, LockState } from '../../effects/locks/held.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import { type Acquired, farFrom, type NetEffect } from '../../effects/locks/lock-summary.ts';
import { isExported } from '../../effects/locks/place.ts';
import { isOnePerMount } from '../../kernel/instances.ts';
import { type LockKind, type LockMode, lockFunctions, nestedClasses } from '../../kernel/locks.ts';
import type { Confidence, Rule, Step } from '../checker.ts';
import { areaOf } from './areas.ts';
import { acquisitionSteps } from './causes.ts';
import { type Entry, type EntryLock, heldByCallers, type Stored } from './entry.ts';
import type { FunctionLocks } from './function-locks.ts';
import type { Surroundings } from './surroundings.ts';

export const recursive: Rule = {
  id: 'lock-order/recursive',
  severity: 'error',
  summary: 'A lock is taken while the same lock is held: the task waits for itself.',
  source: 'Documentation/locking/lockdep-design.rst; kernel/locking/lockdep.c, print_deadlock_bug()',
};

/** A second acquisition of a lock that this path holds, in the function itself. */
export function findRecursive(locks: FunctionLocks): void {
  for (const event of locks.body.events) {
    if (event.kind === 'acquire') report(locks, event);
    else if (event.kind === 'call' && event.state.held.length > 0) reportCallee(locks, event);
  }
}

function report(locks: FunctionLocks, event: LockEvent): void {
  const { lock, state } = event;
  if (lock === undefined || event.blocks === false || lock.place.startsWith('?')) return;
  const held = heldAlready(state, lock.place, lock.mode, lock.subclass);
  if (held === undefined) return;
  locks.report({
    rule: recursive,
    confidence: locks.mayBeReleased(event, held)
      ? 'low'
      : asReaders(held, lock, confidenceOf(event, lock.place)),
    position: event.position,
    identity: `${lock.lockClass || locks.text(lock)}`,
    message: `${locks.text(lock)} is taken here while it is held since line ${locks.lineOfTaking(held)}: ${waits(held, lock)}.`,
    explanation: recursiveScenario(locks.text(lock)),
    trace: [
      locks.stepOfTaking(held),
      locks.step(lineOf(event.position), `${locks.text(lock)} is taken again`),
    ],
  });
}

/**
 * A lock that a caller of the function holds already: the same one by its place, or, where only its class is known,
 * one of that class. Said of what the function does itself, and of what it calls in files that are not looked at.
 */
export function findRecursiveInCallers(locks: FunctionLocks, { entries, paths }: Surroundings): void {
  if (!entries.isOfInterest(locks.ref)) return;
  for (const event of locks.eventsOrCalls) {
    for (const taken of takenBy(locks, event, paths)) {
      for (const entry of entries.of(locks.ref).all) {
        for (const held of heldByCallers(entry, event.state)) {
          const again = isSameAgain(held, taken);
          if (again !== 'no') reportEntry(locks, event, taken, entry, held, again);
        }
      }
    }
  }
}

/** A lock that an event takes, in the places of the function. */
interface Taken {
  /** What is called to take it. */
  readonly callee: string;
  readonly place: string;
  readonly lockClass: string;
  readonly mode: LockMode;
  readonly subclass: number;
  /** Classes of the caller's locks that are released before. */
  readonly without: readonly string[];
  readonly conditional: boolean;
  readonly depth: number;
  readonly text: string;
  readonly steps: readonly Step[];
}

function takenBy(locks: FunctionLocks, event: LockEvent, audited: ReadonlySet<string>): readonly Taken[] {
  const line = lineOf(event.position);
  if (event.kind === 'acquire') {
    const { lock } = event;
    if (lock === undefined || event.blocks === false || lock.place.startsWith('?') || !canRecurse(lock.kind))
      return [];
    const text = `${locks.text(lock)} is taken`;
    return [
      {
        ...lock,
        callee: calleeName(locks.body.flow, event.call),
        without: [],
        conditional: false,
        depth: 0,
        text,
        steps: [locks.step(line, text)],
      },
    ];
  }
  if (event.kind !== 'call') return [];
  const { flow, places } = locks.body;
  const args = flow.calls[event.call]?.args ?? [];
  const callees = locks.effects.callees(flow, event.call, locks.ref.path);
  return callees
    .filter((callee) => !audited.has(callee.path))
    .flatMap((callee) =>
      callee.summary.acquires
        .filter((a) => a.blocks && canRecurse(a.kind) && !releasesFirst(callee.summary.net, a))
        .map((a) => ({
          callee: callee.name,
          place: places.substitute(a.place, args) ?? '',
          lockClass: a.lockClass,
          mode: a.mode,
          subclass: a.subclass,
          without: a.without,
          conditional: a.cause.conditional !== false || callees.length > 1,
          // What takes it for its caller takes it as the primitive does.
          depth: Math.max(1, farFrom(callee.summary, a)),
          text: `${callee.name}() takes ${a.lockClass}`,
          get steps() {
            return [
              locks.step(line, `${callee.name}() is called`),
              ...acquisitionSteps(locks.effects, a, callee.name, callee.path),
            ];
          },
        })),
    );
}

const releasesFirst = (net: readonly NetEffect[], acquired: Acquired): boolean =>
  net.some((n) => n.operation === 'release' && n.place === acquired.place);

/** The same lock by its place; or only by its class, where one of the two has no place that both sides can name. */
function isSameAgain(held: Held, taken: Taken): 'place' | 'class' | 'no' {
  if (!canRecurse(held.kind) || held.subclass !== 0 || taken.subclass !== 0) return 'no';
  if (held.mode !== 'write' && taken.mode !== 'write' && !areFairReaders(held, taken)) return 'no';
  if (taken.without.length > 0 && (held.lockClass === '' || taken.without.includes(held.lockClass)))
    return 'no';
  // Two files may have a variable of one name each.
  const areTwo = held.lockClass !== '' && taken.lockClass !== '' && held.lockClass !== taken.lockClass;
  if (held.place.startsWith('@') && areTwo) return 'no';
  if (held.place !== '' && held.place === taken.place) return 'place';
  if (isExported(held.place) && isExported(taken.place)) return 'no';
  if (areFairReaders(held, taken)) return 'no';
  if (held.lockClass === '' || nestedClasses.has(held.lockClass)) return 'no';
  return held.lockClass === taken.lockClass ? 'class' : 'no';
}

function reportEntry(
  locks: FunctionLocks,
  event: LockEvent,
  taken: Taken,
  entry: Entry,
  held: EntryLock,
  again: 'place' | 'class',
): void {
  const isSure = again === 'place';
  const name = held.lockClass || taken.lockClass;
  locks.report({
    rule: recursive,
    confidence: asReaders(held, taken, entryConfidence(locks, event, taken, held, isSure)),
    position: event.position,
    identity: '',
    defect: `${held.taken.function} ${name} ${taken.steps.at(-1)?.function}`,
    message: `${taken.text}, and ${locks.ref.name}() is called with ${isSure ? 'it' : `${name}`} held by ${held.taken.function}(): ${isSure ? waits(held, taken) : 'possible recursive locking'}.`,
    explanation: recursiveScenario(name),
    trace: [held.taken, ...entry.steps, ...taken.steps],
  });
}

function entryConfidence(
  locks: FunctionLocks,
  event: LockEvent,
  taken: Taken,
  held: EntryLock,
  isSure: boolean,
): Confidence {
  if (event.isMerged || taken.conditional || held.doubtful || locks.isConditional(event.call)) return 'low';
  if (isTakenBack(locks, taken)) return 'low';
  if (goesRound(locks, taken) || held.fields.some((stored) => isOneOfMany(locks, stored))) return 'low';
  const distance = held.calls + taken.depth;
  if (distance > 4 || (!isSure && !isOnePerMount(taken.lockClass))) return 'low';
  if (!isSure) return distance <= 3 ? 'medium' : 'low';
  // Of a variable there is one: which object is meant is no question.
  const near = held.place.startsWith('@') ? 3 : 2;
  return distance <= near && held.fields.length === 0 ? 'high' : 'medium';
}

/** `unlock(&x->lock); wait(x); lock(&x->lock);`: who takes it has released it before, on this way or another. */
function isTakenBack({ effects }: FunctionLocks, { steps }: Taken): boolean {
  const last = steps.at(-1);
  const flow = effects.effects.program.functions(last?.function ?? '', last?.path ?? '')[0]?.fact.flow;
  const taking = flow?.calls.findIndex(({ position }) => lineOf(position) === last?.line) ?? -1;
  const lock = flow?.calls[taking]?.args[0];
  return (
    flow !== undefined &&
    lock !== undefined &&
    flow.calls.some(
      ({ args: [released] }, call) =>
        call < taking &&
        released === lock &&
        lockFunctions.get(calleeName(flow, call))?.operation === 'release',
    )
  );
}

/** Functions in a field, at most, of which a caller may mean any. */
const FEW = 3;

/** Whether many functions are stored in a field: a caller that holds the lock knows which of them it may call. */
function isOneOfMany({ effects }: FunctionLocks, { type, field }: Stored): boolean {
  const stored = effects.effects.program.stored(type, field);
  return new Set(stored.map(({ ref }) => ref.id)).size > FEW;
}

/** A callee that takes a lock of its caller's, which the caller holds. */
function reportCallee(locks: FunctionLocks, event: LockEvent): void {
  for (const taken of takenBy(locks, event, NOBODY)) {
    for (const held of event.state.held) {
      const again = isSameAgain(held, taken);
      if (again !== 'place' && comesBack(locks, held, taken)) {
        reportRound(locks, event, taken, held);
        continue;
      }
      if (again === 'no') {
        if (isOfFamily(locks, held, taken)) reportFamily(locks, event, taken, held);
        continue;
      }
      const text = locks.text(held);
      locks.report({
        rule: recursive,
        confidence: isDoubtful(locks, event, held)
          ? 'low'
          : asReaders(held, taken, calleeConfidence(locks, event, taken, again)),
        position: event.position,
        identity: '',
        defect: `${locks.ref.name} ${held.lockClass || text} ${taken.callee} ${taken.steps.at(-1)?.function}`,
        message: `${taken.callee}() takes ${again === 'place' ? text : held.lockClass}, ${again === 'place' ? 'which' : `and ${text}`} is held here since line ${locks.lineOfTaking(held)}: ${again === 'place' ? waits(held, taken) : 'possible recursive locking'}.`,
        explanation: recursiveScenario(held.lockClass || text),
        trace: [locks.stepOfTaking(held), ...taken.steps],
      });
    }
  }
}

/** What decides whether a callee takes it may say that it was released, or that the callee has it from the turn before. */
const isDoubtful = (locks: FunctionLocks, event: LockEvent, held: Held): boolean =>
  held.call === event.call || locks.mayBeReleased(event, held);

/**
 * Whether what is called comes back to this very function, which takes the lock of another object then: of the same
 * class, whatever sets classes apart, since it is the same line that takes both.
 */
function comesBack(locks: FunctionLocks, held: Held, taken: Taken): boolean {
  if (held.lockClass === '' || held.lockClass !== taken.lockClass || !canRecurse(held.kind)) return false;
  if (held.subclass !== 0 || taken.subclass !== 0 || held.through !== '') return false;
  if (held.mode !== 'write' && taken.mode !== 'write') return false;
  if (taken.depth < 2 || taken.without.includes(held.lockClass)) return false;
  const last = taken.steps.at(-1);
  return last?.function === locks.ref.name && last.path === locks.ref.path;
}

function reportRound(locks: FunctionLocks, event: LockEvent, taken: Taken, held: Held): void {
  const text = locks.text(held);
  locks.report({
    rule: recursive,
    // One that calls itself goes from an object to its parent, or child: an order that is meant.
    confidence:
      event.isMerged || taken.conditional || taken.depth > 4 || taken.callee === locks.ref.name
        ? 'low'
        : 'medium',
    position: event.position,
    identity: '',
    defect: `${locks.ref.name} ${held.lockClass} round`,
    message: `${taken.callee}() comes back to ${locks.ref.name}(), which takes ${held.lockClass} of another object while ${text} is held here since line ${locks.lineOfTaking(held)}: possible recursive locking.`,
    explanation: `${recursiveScenario(held.lockClass)}\n\nLockdep can't tell the two objects apart, and neither can a task that takes them the other way round. Release ${text} before the call, or, where the objects have an order that everybody keeps, say so with the _nested form.`,
    trace: [locks.stepOfTaking(held), ...taken.steps],
  });
}

/**
 * A socket that is locked under another one of its family: lockdep has one class for both, and the way in which sockets
 * of other families tell parent and child apart (lock_sock_nested()) is left out on both sides.
 */
function isOfFamily(locks: FunctionLocks, held: Held, taken: Taken): boolean {
  if (held.kind !== 'socket' || taken.lockClass !== held.lockClass || held.through !== '') return false;
  if (held.subclass !== 0 || taken.subclass !== 0 || taken.without.includes(held.lockClass)) return false;
  if (isExported(held.place) && isExported(taken.place)) return false;
  const { program } = locks.effects.effects;
  const folder = [locks.ref.path, ...program.siblings(locks.ref.path)];
  // Families that have sockets below their sockets give these classes of their own.
  if (folder.some((path) => program.usesName(path, 'sock_lock_init_class_and_name'))) return false;
  const last = taken.steps.at(-1);
  return taken.depth <= 3 && areaOf(last?.path ?? '') === areaOf(locks.ref.path);
}

function reportFamily(locks: FunctionLocks, event: LockEvent, taken: Taken, held: Held): void {
  const text = locks.text(held);
  const isDecided = taken.conditional || locks.isConditional(event.call, held);
  locks.report({
    rule: recursive,
    confidence: event.isMerged || isDecided || isDoubtful(locks, event, held) ? 'low' : 'medium',
    position: event.position,
    identity: '',
    defect: `${locks.ref.name} ${held.lockClass} family ${taken.callee}`,
    message: `${taken.callee}() locks another socket while ${text} is held here since line ${locks.lineOfTaking(held)}: possible recursive locking.`,
    explanation: `${recursiveScenario(held.lockClass)}\n\nLockdep can't tell the two sockets apart, and elsewhere they may be locked the other way round. Release ${text} before the call, or, where parents are always locked first, say so with lock_sock_nested().`,
    trace: [locks.stepOfTaking(held), ...taken.steps],
  });
}

/** Calls of a function that are followed for a way back. */
const MAX_CALLED = 60;

const NOBODY: ReadonlySet<string> = new Set();

/** Kinds of which one task waits for itself; of a semaphore there may be many. */
export const canRecurse = (kind: LockKind): boolean =>
  kind !== 'semaphore' &&
  kind !== 'rcu' &&
  kind !== 'srcu' &&
  kind !== 'lock_map' &&
  kind !== 'local_lock' &&
  kind !== 'page_lock' &&
  kind !== 'seqcount';

/** Readers may meet readers, but a plain reader can stand behind a writer that waits: lockdep reports that too. */
function heldAlready(state: LockState, place: string, mode: LockMode, subclass: number): Held | undefined {
  return state.held.find(
    (h) =>
      h.place === place &&
      canRecurse(h.kind) &&
      h.subclass === 0 &&
      subclass === 0 &&
      (h.mode === 'write' || mode === 'write' || areFairReaders(h, { mode })),
  );
}

/** Two readers of which the second stands behind a writer that came between: of locks that are fair to writers. */
const areFairReaders = ({ kind, mode }: Held, taken: { readonly mode: LockMode }): boolean =>
  (kind === 'rwsem' || kind === 'percpu_rwsem') && mode === 'read' && taken.mode === 'read';

/** It takes a writer at the wrong moment. */
const asReaders = (held: Held, taken: { readonly mode: LockMode }, confidence: Confidence): Confidence =>
  confidence === 'high' && areFairReaders(held, taken) ? 'medium' : confidence;

const waits = (held: Held, taken: { readonly mode: LockMode }): string =>
  areFairReaders(held, taken) ? 'the task waits for a writer that waits for it' : 'the task waits for itself';

const confidenceOf = (event: LockEvent, place: string): Confidence =>
  event.isMerged || /\[%|\[\?/.test(place) ? 'low' : 'high';

/**
 * Where the function that takes the lock comes back to the chain, or to itself, something must decide that it does not:
 * the chain would never end.
 */
function goesRound(locks: FunctionLocks, taken: Taken): boolean {
  const { program } = locks.effects.effects;
  const last = taken.steps.at(-1);
  const flowOf = (name: string, from: string) => program.functions(name, from)[0]?.fact.flow;
  const name = last?.function ?? '';
  const flow = flowOf(name, last?.path ?? '');
  if (flow === undefined) return false;
  const chain = new Set([locks.ref.name, name, ...taken.steps.map((step) => step.function)]);
  const called = [...new Set(flow.calls.map((_, call) => calleeName(flow, call)))].slice(0, MAX_CALLED);
  return called.some((callee) => {
    if (chain.has(callee)) return true;
    const below = callee === '' ? undefined : flowOf(callee, last?.path ?? '');
    return below?.calls.some((_, call) => chain.has(calleeName(below, call))) === true;
  });
}

function calleeConfidence(
  locks: FunctionLocks,
  event: LockEvent,
  taken: Taken,
  again: 'place' | 'class',
): Confidence {
  if (event.isMerged || taken.conditional || taken.depth > 5 || goesRound(locks, taken)) return 'low';
  if (isTakenBack(locks, taken)) return 'low';
  if (again === 'class' && !(isOnePerMount(taken.lockClass) && taken.depth <= 3)) return 'low';
  if (/\[|#/.test(taken.place)) return 'low';
  return again === 'class' || taken.depth <= 2 ? 'high' : 'medium';
}

export const recursiveScenario = (lock: string): string =>
  [
    'Possible unsafe locking scenario:',
    '',
    '  CPU0',
    '  ----',
    `  lock(${lock});`,
    `  lock(${lock});`,
    '',
    '  *** DEADLOCK ***',
    '',
    'Release the lock before, or call a variant that expects it to be held.',
  ].join('\n');
