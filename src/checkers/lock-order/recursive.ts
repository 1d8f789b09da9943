import { lineOf } from '../../c/flow.ts';
import type { Held, LockState } from '../../effects/locks/held.ts';
import { nameOfCall } from '../../effects/locks/lock-body.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import type { Acquired } from '../../effects/locks/lock-summary.ts';
import type { LockMode } from '../../kernel/locks.ts';
import type { Confidence, Rule } from '../checker.ts';
import { causeSteps } from './causes.ts';
import type { FunctionLocks } from './function-locks.ts';

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
    confidence: confidenceOf(event, lock.place),
    position: event.position,
    identity: `${lock.lockClass || locks.text(lock)}`,
    message: `${locks.text(lock)} is taken here while it is held since line ${locks.lineOfTaking(held)}: the task waits for itself.`,
    explanation: scenario(locks.text(lock)),
    trace: [
      locks.stepOfTaking(held),
      locks.step(lineOf(event.position), `${locks.text(lock)} is taken again`),
    ],
  });
}

/** A callee that takes a lock of its caller's, which the caller holds. */
function reportCallee(locks: FunctionLocks, event: LockEvent): void {
  const { flow, places } = locks.body;
  const callees = locks.effects.callees(flow, event.call, locks.ref.path);
  const args = flow.calls[event.call]?.args ?? [];
  for (const callee of callees) {
    for (const acquired of callee.summary.acquires) {
      const place = places.substitute(acquired.place, args);
      if (place === undefined || !acquired.blocks) continue;
      const held = heldAlready(event.state, place, acquired.mode, acquired.subclass);
      if (held === undefined || releasesFirst(callee.summary.net, acquired)) continue;
      const text = locks.text(held);
      const name = callee.name || nameOfCall(flow, event.call);
      locks.report({
        rule: recursive,
        confidence:
          callees.length > 1 || acquired.cause.conditional || acquired.cause.depth > 4
            ? 'low'
            : calleeConfidence(event, place),
        position: event.position,
        identity: `${held.lockClass || text} ${name}`,
        message: `${name}() takes ${text}, which is held here since line ${locks.lineOfTaking(held)}: the task waits for itself.`,
        explanation: scenario(text),
        trace: [
          locks.stepOfTaking(held),
          locks.step(lineOf(event.position), `${name}() is called with ${text} held`),
          ...causeSteps(
            locks.effects,
            { ...acquired.cause, callee: callee.name, calleePath: callee.path },
            (summary) => {
              const same = summary.acquires.find(
                (a) => a.lockClass === acquired.lockClass && a.mode === acquired.mode,
              );
              return (
                same && {
                  cause: same.cause,
                  text:
                    same.cause.depth === 0
                      ? `${same.cause.callee}() takes it`
                      : `calls ${same.cause.callee}()`,
                }
              );
            },
          ),
        ],
      });
    }
  }
}

const releasesFirst = (net: readonly { operation: string; place: string }[], acquired: Acquired): boolean =>
  net.some((n) => n.operation === 'release' && n.place === acquired.place);

/** Readers may meet readers, but a plain reader can stand behind a writer that waits: lockdep reports that too. */
function heldAlready(state: LockState, place: string, mode: LockMode, subclass: number): Held | undefined {
  return state.held.find(
    (h) =>
      h.place === place &&
      h.kind !== 'rcu' &&
      h.kind !== 'srcu' &&
      h.kind !== 'lock_map' &&
      h.kind !== 'local_lock' &&
      h.kind !== 'page_lock' &&
      h.subclass === 0 &&
      subclass === 0 &&
      (h.mode === 'write' || mode === 'write'),
  );
}

const confidenceOf = (event: LockEvent, place: string): Confidence =>
  event.isMerged || /\[%|\[\?/.test(place) ? 'low' : 'high';

const calleeConfidence = (event: LockEvent, place: string): Confidence =>
  event.isMerged || /\[|#/.test(place) ? 'low' : 'medium';

const scenario = (lock: string): string =>
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
