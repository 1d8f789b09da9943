import { lineOf } from '../../c/flow.ts';
import type { LockState } from '../../effects/locks/held.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import type { Asserted } from '../../effects/locks/lock-summary.ts';
import type { FunctionRef } from '../../index/program.ts';
import type { Confidence, Rule } from '../checker.ts';
import { type Entries, type Entry, heldByCallers } from './entry.ts';
import type { FunctionLocks } from './function-locks.ts';
import type { Surroundings } from './surroundings.ts';

export const assertion: Rule = {
  id: 'lock-order/assertion',
  severity: 'warning',
  summary: 'A function that asserts that a lock is held is called without it.',
  source: 'include/linux/lockdep.h, lockdep_assert_held()',
};

/** Calls of functions that assert a lock, on paths on which neither the function nor any of its callers holds it. */
export function findBrokenAssertion(locks: FunctionLocks, around: Surroundings): void {
  const { flow, places } = locks.body;
  for (const event of locks.eventsOrCalls) {
    if (event.kind !== 'call' || event.isMerged) continue;
    const args = flow.calls[event.call]?.args ?? [];
    const callees = locks.effects.callees(flow, event.call, locks.ref.path);
    if (callees.length !== 1) continue;
    for (const callee of callees) {
      for (const asserted of callee.summary.asserts) {
        if (asserted.lockClass === '') continue;
        const place = places.substitute(asserted.place, args) ?? '';
        if (holds(event.state, asserted, place) || assertsItself(locks, asserted)) continue;
        if (isTakenBelow(locks, asserted)) continue;
        const entries = around.entries.of(locks.ref);
        const way = wayWithout(entries, event.state, asserted, place);
        const released = event.state.dropped.includes(place) && place !== '';
        if (way === undefined && !released) continue;
        if (way !== undefined && isTakenOnWay(locks, way, asserted)) continue;
        report(locks, event, callee, asserted, way, released);
      }
    }
  }
}

const holds = (state: LockState, { lockClass }: Asserted, place: string): boolean =>
  state.held.some(
    (h) => h.lockClass === lockClass || h.lockClass === '' || (place !== '' && h.place === place),
  );

/** Some call of the function takes the lock, and may leave it held by a flag that it is given. */
const isTakenBelow = (locks: FunctionLocks, asserted: Asserted): boolean => takes(locks, locks.ref, asserted);

/** The same of a function on the way. */
const isTakenOnWay = (locks: FunctionLocks, way: Entry, asserted: Asserted): boolean =>
  way.steps.some(({ function: name, path }) =>
    locks.effects.effects.program.functions(name, path).some((ref) => takes(locks, ref, asserted)),
  );

function takes(
  { effects }: FunctionLocks,
  { path, fact: { flow } }: FunctionRef,
  asserted: Asserted,
): boolean {
  return (
    flow?.calls.some((_, call) =>
      effects
        .callees(flow, call, path)
        .some(({ summary }) => summary.acquires.some((a) => a.lockClass === asserted.lockClass)),
    ) === true
  );
}

/** The function says the same of its own caller. */
const assertsItself = (locks: FunctionLocks, asserted: Asserted): boolean =>
  locks.body.summary.asserts.some((own) => own.lockClass === asserted.lockClass) ||
  locks.ref.fact.attributes.some(({ name }) => /^__(?:must_hold|releases|acquires)/.test(name));

/** A way from where a task begins to the call, on which nobody takes the lock. */
function wayWithout(
  entries: Entries,
  state: LockState,
  asserted: Asserted,
  place: string,
): Entry | undefined {
  if (state.released.length > 0) return undefined;
  return entries.all.find(
    (entry) =>
      entry.isStart &&
      entry.context !== 'init' &&
      !entry.doubtful &&
      !heldByCallers(entry, state).some(
        (h) =>
          h.lockClass === asserted.lockClass || h.lockClass === '' || (place !== '' && h.place === place),
      ),
  );
}

function report(
  locks: FunctionLocks,
  event: LockEvent,
  callee: { name: string; path: string },
  asserted: Asserted,
  way: Entry | undefined,
  released: boolean,
): void {
  const line = lineOf(event.position);
  const how = released
    ? 'it is released before'
    : `${way?.root}() (${way?.context}) is where the task begins, and nothing on the way takes it`;
  locks.report({
    rule: assertion,
    confidence: confidenceOf(locks, event, way, released),
    position: event.position,
    identity: `${callee.name} ${asserted.lockClass}`,
    message: `${callee.name}() asserts that ${asserted.lockClass} is held, and is called here without it: ${how}.`,
    explanation: `lockdep_assert_held() prints a warning where the lock is not held, and what it protects is open to others. Take ${asserted.lockClass} around the call.`,
    trace: [
      ...(way?.steps ?? []),
      locks.step(line, `${callee.name}() is called without ${asserted.lockClass}`),
      {
        path: callee.path,
        line: asserted.line,
        function: callee.name,
        text: `${asserted.lockClass} is asserted`,
      },
    ],
  });
}

function confidenceOf(
  locks: FunctionLocks,
  event: LockEvent,
  way: Entry | undefined,
  released: boolean,
): Confidence {
  if (locks.isConditional(event.call)) return 'low';
  if (released) return 'medium';
  return (way?.calls ?? 0) <= 2 ? 'medium' : 'low';
}
