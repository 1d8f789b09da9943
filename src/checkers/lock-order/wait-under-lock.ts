import { calleeName } from '../../effects/flow-expressions.ts';
import { type Held, isSleepingLock } from '../../effects/locks/held.ts';
import { lockClass } from '../../effects/locks/lock-class.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import type { Acquired } from '../../effects/locks/lock-summary.ts';
import { folderOf } from '../../index/folder.ts';
import { ATOMIC_CONTEXTS, MAKES_QUEUE } from '../../kernel/contexts.ts';
import { nestedClasses } from '../../kernel/locks.ts';
import type { Confidence, Rule } from '../checker.ts';
import { acquisitionSteps } from './causes.ts';
import { waitsForCompletion } from './completion.ts';
import type { FunctionLocks } from './function-locks.ts';
import { assignedTo, type Handler, type Handlers } from './handlers.ts';
import { locksOver, mayWait, type Over, type Wait, waitScenario, waitsOf } from './held-waits.ts';
import { shareBit } from './shared-bits.ts';
import type { Surroundings } from './surroundings.ts';
import { mayWaitForItself, waitsAsReader, waitsForItself } from './wait-for-self.ts';

export const waitUnderLock: Rule = {
  id: 'lock-order/wait-under-lock',
  severity: 'error',
  summary: 'Other code is waited for while a lock is held that this code takes: the two wait for each other.',
  source: 'kernel/workqueue.c, touch_work_lockdep_map(); kernel/time/timer.c, timer_delete_sync()',
};

export function findWaitUnderLock(locks: FunctionLocks, around: Surroundings): void {
  const { flow } = locks.ref.fact;
  const waiting = new Set(flow?.calls.keys().filter((call) => mayWait(locks, call)));
  // Most functions wait for nothing: their paths need not be walked.
  if (waiting.size === 0) return;
  for (const event of locks.eventsOrCalls) {
    if (event.kind !== 'call' || !waiting.has(event.call)) continue;
    const found = waitsOf(locks, event);
    findWaitForSelf(locks, event, found, around);
    const over = locksOver(locks, event, around);
    if (over.length === 0) continue;
    for (const wait of found) {
      if (wait.awaits === 'completion') {
        for (const completion of waitsForCompletion(locks, event, wait, over, around))
          locks.report({ rule: waitUnderLock, ...completion });
        continue;
      }
      const handlers = handlersOf(locks, wait, around);
      // Of several works of one type in one object each has its own.
      const isOneOf = wait.awaits !== 'workqueue' && wait.awaits !== 'debugfs' && handlers.length > 1;
      for (const handler of handlers) {
        if (handler.ref.id !== locks.ref.id) report(locks, event, wait, handler, over, around, isOneOf);
      }
    }
  }
}

function findWaitForSelf(
  locks: FunctionLocks,
  event: LockEvent,
  waits: readonly Wait[],
  around: Surroundings,
): void {
  for (const wait of waits) {
    const asReader = waitsAsReader(locks, event, wait, around);
    if (asReader !== undefined) locks.report({ rule: waitUnderLock, ...asReader });
    const handlers = mayWaitForItself(locks, wait, around) ? handlersOf(locks, wait, around) : [];
    // With several handlers on one member, which of them the object has is not known.
    if (handlers.length !== 1) continue;
    const itself = waitsForItself(locks, event, wait, handlers[0] as Handler, around);
    if (itself !== undefined) locks.report({ rule: waitUnderLock, ...itself });
  }
}

function handlersOf(locks: FunctionLocks, wait: Wait, around: Surroundings): readonly Handler[] {
  if (!around.mayHandle(wait.target)) return [];
  switch (wait.awaits) {
    case 'debugfs':
      return around.handlers(locks.ref.path).inFolder(wait.target);
    case 'workqueue':
      return isMadeHere(locks, wait.target) ? [] : around.handlers(locks.ref.path).onQueue(wait.target);
    default:
      return ownHandlers(around.handlers(locks.ref.path).of(wait.target), locks, wait);
  }
}

/** The function makes the queue itself, and has put nothing on it yet. */
function isMadeHere({ effects, ref, body: { flow, places } }: FunctionLocks, queue: string): boolean {
  const classOf = (pointer: number): string =>
    lockClass(effects.effects.program, flow, ref.path, places.behind(pointer));
  return flow.calls.some(
    (_, call) => MAKES_QUEUE.test(calleeName(flow, call)) && assignedTo(flow, call, classOf) === queue,
  );
}

/**
 * Where several files register handlers on members of the same type (`client->irq`), each waits for its own; or, where it
 * registers none, for that of the one file of its folder that does.
 */
function ownHandlers(found: readonly Handler[], locks: FunctionLocks, wait: Wait): readonly Handler[] {
  if (areOfOneFile(found)) return found;
  const own = found.filter(({ step }) => step.path === locks.ref.path || step.path === wait.calleePath);
  if (own.length > 0) return own;
  const beside = found.filter(({ step }) => folderOf(step.path) === folderOf(locks.ref.path));
  return areOfOneFile(beside) ? beside : [];
}

const areOfOneFile = (handlers: readonly Handler[]): boolean =>
  new Set(handlers.map(({ step }) => step.path)).size <= 1;

function report(
  locks: FunctionLocks,
  event: LockEvent,
  wait: Wait,
  handler: Handler,
  over: readonly Over[],
  around: Surroundings,
  isOneOf: boolean,
): void {
  const { acquires } = locks.effects.summary(handler.ref);
  for (const held of over) {
    // Said where the wait is, if that file is looked at too.
    if (held.by !== undefined && around.paths.has(wait.calleePath)) continue;
    if (wait.without.includes(held.lock.lockClass)) continue;
    if (isOfSameQueue(held, handler, around.handlers(locks.ref.path))) continue;
    const taken = acquires.find(
      (a) => a.blocks && a.lockClass === held.lock.lockClass && conflicts(a, held.lock),
    );
    if (taken === undefined) continue;
    const target = wait.awaits === 'debugfs' ? 'Files in debugfs' : wait.target;
    const by = held.by === undefined ? '' : ` (${held.steps[0]?.function}() holds it)`;
    locks.report({
      rule: waitUnderLock,
      confidence:
        isOneOf || isAgreed(locks, wait, handler, held, taken) || isOfKind(wait, handler, held, taken)
          ? 'low'
          : confidenceOf(locks, event, wait, held, taken),
      position: event.position,
      identity: '',
      defect: `${held.steps[0]?.function} ${held.lock.lockClass} ${wait.steps.at(-1)?.function} ${wait.target}`,
      message: `${wait.what}() waits for ${handler.ref.name}() here with ${held.text} held${by}, and ${handler.ref.name}() takes that: possible deadlock.`,
      explanation: `${waitScenario(held.lock.lockClass, wait, handler.ref.name)}\n\n${target} runs ${handler.ref.name}() (${handler.context}). Release ${held.text} before the wait, or do not take it in ${handler.ref.name}().`,
      trace: [
        ...held.steps,
        ...wait.steps,
        handler.step,
        {
          path: handler.ref.path,
          line: taken.cause.line,
          function: handler.ref.name,
          text: taken.cause.depth === 0 ? `${taken.lockClass} is taken` : `calls ${taken.cause.callee}()`,
        },
        ...(taken.cause.depth === 0
          ? []
          : acquisitionSteps(locks.effects, taken, taken.cause.callee, taken.cause.calleePath)),
      ],
    });
  }
}

/** The holder is a work that is never run beside the one that is waited for. */
const isOfSameQueue = ({ root }: Over, handler: Handler, handlers: Handlers): boolean =>
  handler.context === 'work' &&
  handlers.all.some(
    ({ ref, context, object }) =>
      ref.name === root && context === 'work' && handlers.neverTogether(object, handler.object),
  );

/** The handler must not sleep, so that what it calls takes no lock that sleeps, for it; or a bit decides. */
const isAgreed = (locks: FunctionLocks, wait: Wait, handler: Handler, held: Over, taken: Acquired): boolean =>
  (ATOMIC_CONTEXTS.has(handler.context) && isSleepingLock(taken.kind) && taken.cause.depth > 0) ||
  shareBit(locks, wait, handler, held.steps);

/** A thread that waits for others of its kind: that they do what it does now is for numbers to say. */
const isOfKind = (wait: Wait, handler: Handler, held: Over, taken: Acquired): boolean =>
  wait.awaits === 'thread' &&
  (taken.cause.callee === held.steps[0]?.function ||
    held.steps.some(
      ({ function: name, text }) =>
        name === handler.ref.name || text.startsWith(`${handler.ref.name}() is handed to `),
    ));

/** A caller that holds the lock of one object, and passes another of its type. */
const isOfAnother = ({ by, lock }: Over, wait: Wait): boolean =>
  by !== undefined && by.calls === 1 && by.place === '' && ownerOf(lock.lockClass) === ownerOf(wait.target);

/** `struct foo` of `struct foo.lock`. */
const ownerOf = (name: string): string => /^struct \w+/.exec(name)?.[0] ?? name;

/** Readers let readers pass. */
const conflicts = (a: Acquired, held: Held): boolean => a.mode === 'write' || held.mode === 'write';

function confidenceOf(
  locks: FunctionLocks,
  event: LockEvent,
  wait: Wait,
  held: Over,
  taken: Acquired,
): Confidence {
  const distance = wait.depth + taken.far + (held.by?.calls ?? 0);
  const own = held.by === undefined ? held.lock : undefined;
  // I/O completion may release a semaphore that a callee has taken.
  if (held.lock.kind === 'semaphore' && held.lock.through !== '') return 'low';
  if (isOfAnother(held, wait)) return 'low';
  if (event.isMerged || wait.conditional || held.by?.doubtful || locks.isConditional(event.call, own))
    return 'low';
  if (own !== undefined && locks.mayBeReleased(event, own)) return 'low';
  if (nestedClasses.has(held.lock.lockClass) || distance > 4) return 'low';
  if (taken.cause.conditional || distance > 2 || held.by?.fields.length) return 'medium';
  return 'high';
}
