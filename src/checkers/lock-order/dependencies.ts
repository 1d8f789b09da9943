/** The dependencies of a function as the graph and the reader want them: with the steps that make each. */
import { lineOf } from '../../c/flow.ts';
import { calleeName } from '../../effects/flow-expressions.ts';
import {
  type BodyDependency,
  dependenciesOfBody,
  isNotEntered,
  isOrdered,
  isPlain,
  orderedClass,
  type Reached,
  reachedBy,
  weightOf,
} from '../../effects/locks/dependencies.ts';
import type { Acquired, Cause, Happening } from '../../effects/locks/lock-summary.ts';
import { FS_RECLAIM } from '../../kernel/reclaim.ts';
import type { Step } from '../checker.ts';
import { acquisitionSteps, causeSteps } from './causes.ts';
import { type Entry, heldByCallers } from './entry.ts';
import type { FunctionLocks } from './function-locks.ts';
import type { Dependency } from './graph.ts';
import type { Surroundings } from './surroundings.ts';

/** A dependency with the place that makes it. */
export interface PlacedDependency extends Dependency {
  readonly locks: FunctionLocks;
  /** Of the call or the acquisition, with the first lock held. */
  readonly position: number;
  /** Whether a context test, a flag or a call through a pointer lies on the way. */
  readonly conditional: boolean;
  /** Calls from this function to the second lock. */
  readonly depth: number;
  /** What asks for memory, by name, where the second lock is reclaim; '' where it is another. */
  readonly allocator: string;
}

/** All dependencies that a function makes itself. */
export const dependenciesOf = (locks: FunctionLocks): readonly PlacedDependency[] =>
  dependenciesOfBody(locks.body).map((d) => placed(locks, d));

/** Calls from a function to what its callers' dependencies end in: with more of them no cycle is believed. */
const MAX_DEPTH = 7;

/**
 * The dependencies that a function makes for its callers: they hold the first lock, and the second is taken here, or
 * below what is called here in files that are not looked at. `goesOn` says of a lock whether anything is taken under
 * it: an order that ends in any other closes no cycle, and callers, who cost the most, are not asked for it.
 */
export function dependenciesForCallers(
  locks: FunctionLocks,
  around: Surroundings,
  goesOn: (lock: string) => boolean,
): readonly PlacedDependency[] {
  if (!around.entries.isOfInterest(locks.ref)) return [];
  const reached = locks.eventsOrCalls
    .filter((event) => !event.isMerged)
    .flatMap((event) => reachedBy(locks.body, event))
    .filter(
      ({ callee, conditional, isPlain, depth, to }) =>
        (callee === undefined || !around.paths.has(callee.path)) &&
        !conditional &&
        isPlain &&
        depth <= MAX_DEPTH &&
        goesOn(to.lock),
    );
  if (reached.length === 0) return [];
  const entries = around.entries.of(locks.ref).all;
  return surest(reached.flatMap((r) => entries.flatMap((entry) => ofCaller(locks, entry, r))));
}

/** Of each pair of locks and modes the one that is surest. */
function surest(dependencies: readonly PlacedDependency[]): readonly PlacedDependency[] {
  const found = new Map<string, PlacedDependency>();
  for (const d of dependencies) {
    const key = `${d.from.lock}\0${d.to.lock}\0${d.from.mode}\0${d.to.mode}`;
    if ((found.get(key)?.weight ?? 0) < d.weight) found.set(key, d);
  }
  return [...found.values()];
}

/** The dependencies of what an event reaches on the locks that a caller holds. */
function ofCaller(locks: FunctionLocks, entry: Entry, reached: Reached): readonly PlacedDependency[] {
  return heldByCallers(entry, reached.event.state)
    .filter(
      (from) =>
        isOrdered(from) &&
        orderedClass(from) !== reached.to.lock &&
        !isNotEntered(from, reached.to) &&
        !reached.without.includes(from.lockClass) &&
        (reached.place === '' || from.place !== reached.place),
    )
    .map((from) => ({
      from: { lock: orderedClass(from), mode: from.mode },
      to: reached.to,
      get witness() {
        return [from.taken, ...entry.steps, ...stepsTo(locks, reached)];
      },
      weight:
        weightOf({ ...reached, conditional: from.doubtful, depth: reached.depth + from.calls }) *
        doubtBelow(reached) *
        (from.fields.length > 0 ? 0.8 : 1) *
        (isPlain(from) ? 1 : 0.3),
      count: 1,
      place: locks.ref.path,
      locks,
      position: reached.event.position,
      conditional: from.doubtful,
      depth: reached.depth + from.calls,
      allocator: allocatorOf(locks, reached),
    }));
}

function placed(locks: FunctionLocks, d: BodyDependency): PlacedDependency {
  let witness: readonly Step[] | undefined;
  return {
    from: { lock: orderedClass(d.from), mode: d.from.mode },
    to: d.to,
    get witness() {
      witness ??= [locks.stepOfTaking(d.from), ...stepsTo(locks, d)];
      return witness;
    },
    weight: weightOf(d) * doubtBelow(d) * locks.certainty(d.event, d.from),
    count: 1,
    place: locks.ref.path,
    locks,
    position: d.event.position,
    conditional: d.conditional || d.event.isMerged,
    depth: d.depth,
    allocator: allocatorOf(locks, d),
  };
}

function allocatorOf(locks: FunctionLocks, { to, event, below }: Omit<BodyDependency, 'from'>): string {
  if (to.lock !== FS_RECLAIM) return '';
  return below !== undefined && 'what' in below ? below.what : calleeName(locks.body.flow, event.call);
}

/** A parameter, a flag or one of several operations decides below the call that the lock is taken. */
const doubtBelow = ({ below }: { readonly below?: Acquired | Happening }): number =>
  below !== undefined && below.cause.conditional !== false ? 0.75 : 1;

/** From the event to the second lock. */
function stepsTo(
  locks: FunctionLocks,
  { event, callee, below, to }: Omit<BodyDependency, 'from'>,
): readonly Step[] {
  const line = lineOf(event.position);
  if (callee === undefined || below === undefined) {
    const name = calleeName(locks.body.flow, event.call);
    const waits = to.lock === FS_RECLAIM ? 'may enter reclaim' : `may wait for ${to.lock}`;
    return [
      locks.step(
        line,
        event.lock === undefined ? `${name}() ${waits}` : `${locks.text(event.lock)} is taken`,
      ),
    ];
  }
  const call = locks.step(line, `${callee.name}() is called`);
  if (isAcquired(below)) return [call, ...acquisitionSteps(locks.effects, below, callee.name, callee.path)];
  return [
    call,
    ...causeSteps(
      locks.effects,
      { ...below.cause, callee: callee.name, calleePath: callee.path },
      ({ reclaims }) =>
        reclaims && {
          cause: reclaims.cause,
          text: stepText(reclaims.cause, `${below.what}() may enter reclaim`),
        },
    ),
  ];
}

const isAcquired = (below: Acquired | Happening): below is Acquired => 'lockClass' in below;

const stepText = (cause: Cause, end: string): string => (cause.depth === 0 ? end : `calls ${cause.callee}()`);
