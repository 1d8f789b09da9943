import { lineOf } from '../../c/flow.ts';
import type { Held } from '../../effects/locks/held.ts';
import { nameOfCall } from '../../effects/locks/lock-body.ts';
import { lockClass } from '../../effects/locks/lock-class.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import type { Callee } from '../../effects/locks/lock-effects.ts';
import type { Acquired, Waited } from '../../effects/locks/lock-summary.ts';
import { nestedClasses } from '../../kernel/locks.ts';
import { type Awaited, waits } from '../../kernel/waits.ts';
import type { Confidence, Rule, Step } from '../checker.ts';
import { acquisitionSteps, causeSteps } from './causes.ts';
import type { EntryLock } from './entries.ts';
import { heldByCallers } from './entries.ts';
import type { FunctionLocks } from './function-locks.ts';
import type { Handler } from './handlers.ts';
import type { Surroundings } from './surroundings.ts';

export const waitUnderLock: Rule = {
  id: 'lock-order/wait-under-lock',
  severity: 'error',
  summary: 'Other code is waited for while a lock is held that this code takes: the two wait for each other.',
  source: 'kernel/workqueue.c, touch_work_lockdep_map(); kernel/time/timer.c, timer_delete_sync()',
};

/** A wait that a call makes, itself or below. */
interface Wait {
  readonly awaits: Awaited;
  readonly what: string;
  /** Class of what is waited for. */
  readonly target: string;
  /** Classes of the caller's locks that are released before. */
  readonly without: readonly string[];
  readonly depth: number;
  readonly conditional: boolean;
  readonly calleePath: string;
  readonly steps: readonly Step[];
}

/** A lock that is held over a wait, by the function itself or by a caller. */
interface Over {
  readonly lock: Held;
  readonly text: string;
  /** Undefined where it is the function itself. */
  readonly by: EntryLock | undefined;
  readonly steps: readonly Step[];
}

export function findWaitUnderLock(locks: FunctionLocks, around: Surroundings): void {
  for (const event of locks.eventsOrCalls) {
    if (event.kind !== 'call') continue;
    const found = waitsOf(locks, event);
    if (found.length === 0) continue;
    const over = locksOver(locks, event, around);
    if (over.length === 0) continue;
    for (const wait of found) {
      for (const handler of handlersOf(locks, wait, around)) {
        if (handler.ref.id !== locks.ref.id) report(locks, event, wait, handler, over, around);
      }
    }
  }
}

function waitsOf(locks: FunctionLocks, event: LockEvent): readonly Wait[] {
  const { flow, places } = locks.body;
  const { path } = locks.ref;
  const { program } = locks.effects.effects;
  const name = nameOfCall(flow, event.call);
  const args = flow.calls[event.call]?.args ?? [];
  const line = lineOf(event.position);
  const direct = waits.get(name);
  if (direct !== undefined) {
    const pointer = direct.argument < 0 ? 0 : (args[direct.argument] ?? 0);
    const target = pointer === 0 ? '' : lockClass(program, flow, path, places.behind(pointer));
    const steps = [locks.step(line, `${name}() waits`)];
    return [
      {
        awaits: direct.awaits,
        what: name,
        target,
        without: [],
        depth: 0,
        conditional: false,
        calleePath: '',
        steps,
      },
    ];
  }
  return locks.effects.callees(flow, event.call, path).flatMap((callee) =>
    callee.summary.waits.map((w): Wait => {
      const place = places.substitute(w.place, args);
      const target =
        w.target !== '' || place === undefined ? w.target : lockClass(program, flow, path, place);
      return {
        awaits: w.awaits,
        what: callee.name,
        target,
        without: w.without,
        depth: w.cause.depth + 1,
        conditional: w.cause.conditional !== false,
        calleePath: callee.path,
        get steps() {
          return [locks.step(line, `${callee.name}() is called`), ...stepsBelow(locks, callee, w)];
        },
      };
    }),
  );
}

/** From a callee down to what waits. */
const stepsBelow = (locks: FunctionLocks, { name, path }: Callee, wait: Waited): readonly Step[] =>
  causeSteps(locks.effects, { ...wait.cause, callee: name, calleePath: path }, ({ waits: all }) => {
    const same = all.find(
      (other) => other.awaits === wait.awaits && (other.target === wait.target || other.target === ''),
    );
    return (
      same && {
        cause: same.cause,
        text: same.cause.depth === 0 ? `${same.cause.callee}() waits` : `calls ${same.cause.callee}()`,
      }
    );
  });

function locksOver(locks: FunctionLocks, event: LockEvent, around: Surroundings): readonly Over[] {
  const own = event.state.held.map(
    (lock): Over => ({ lock, text: locks.text(lock), by: undefined, steps: [locks.stepOfTaking(lock)] }),
  );
  const callers = around.entries.of(locks.ref).all.flatMap((entry) =>
    heldByCallers(entry, event.state).map(
      (lock: EntryLock): Over => ({
        lock,
        text: lock.lockClass,
        by: lock,
        steps: [lock.taken, ...entry.steps],
      }),
    ),
  );
  return [...own, ...callers].filter(
    ({ lock }) => lock.lockClass !== '' && lock.kind !== 'rcu' && lock.kind !== 'srcu',
  );
}

function handlersOf(locks: FunctionLocks, wait: Wait, around: Surroundings): readonly Handler[] {
  switch (wait.awaits) {
    case 'debugfs':
      return around.handlers.inFolder(wait.target);
    case 'workqueue':
      return around.handlers.onQueue(wait.target);
    default:
      return ownHandlers(around.handlers.of(wait.target), locks, wait);
  }
}

/** Where several files register handlers on members of the same type (`client->irq`), each waits for its own. */
function ownHandlers(found: readonly Handler[], locks: FunctionLocks, wait: Wait): readonly Handler[] {
  const files = new Set(found.map(({ step }) => step.path));
  if (files.size <= 1) return found;
  return found.filter(({ step }) => step.path === locks.ref.path || step.path === wait.calleePath);
}

function report(
  locks: FunctionLocks,
  event: LockEvent,
  wait: Wait,
  handler: Handler,
  over: readonly Over[],
  around: Surroundings,
): void {
  const { acquires } = locks.effects.summary(handler.ref);
  for (const held of over) {
    // Said where the wait is, if that file is looked at too.
    if (held.by !== undefined && around.paths.has(wait.calleePath)) continue;
    if (wait.without.includes(held.lock.lockClass)) continue;
    const taken = acquires.find(
      (a) => a.blocks && a.lockClass === held.lock.lockClass && conflicts(a, held.lock),
    );
    if (taken === undefined) continue;
    const target = wait.awaits === 'debugfs' ? 'Files in debugfs' : wait.target;
    const by = held.by === undefined ? '' : ` (${held.steps[0]?.function}() holds it)`;
    locks.report({
      rule: waitUnderLock,
      confidence: confidenceOf(locks, event, wait, held, taken),
      position: event.position,
      identity: '',
      defect: `${held.steps[0]?.function} ${held.lock.lockClass} ${wait.steps.at(-1)?.function} ${wait.target}`,
      message: `${wait.what}() waits for ${handler.ref.name}() here with ${held.text} held${by}, and ${handler.ref.name}() takes that: possible deadlock.`,
      explanation: `${scenario(held.lock.lockClass, wait, handler)}\n\n${target} runs ${handler.ref.name}() (${handler.context}). Release ${held.text} before the wait, or do not take it in ${handler.ref.name}().`,
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

/** Readers let readers pass. */
const conflicts = (a: Acquired, held: Held): boolean => a.mode === 'write' || held.mode === 'write';

const scenario = (lock: string, wait: Wait, handler: Handler): string =>
  [
    'Possible unsafe locking scenario:',
    '',
    `  CPU0${' '.repeat(Math.max(4, lock.length + 8))}CPU1`,
    `  ----${' '.repeat(Math.max(4, lock.length + 8))}----`,
    `  lock(${lock});`,
    `${' '.repeat(Math.max(4, lock.length + 8) + 6)}${handler.ref.name}()`,
    `${' '.repeat(Math.max(4, lock.length + 8) + 6)}lock(${lock});`,
    `  ${wait.what}();`,
    '',
    '  *** DEADLOCK ***',
  ].join('\n');

function confidenceOf(
  locks: FunctionLocks,
  event: LockEvent,
  wait: Wait,
  held: Over,
  taken: Acquired,
): Confidence {
  const distance = wait.depth + taken.cause.depth + (held.by?.calls ?? 0);
  const own = held.by === undefined ? held.lock : undefined;
  if (event.isMerged || wait.conditional || held.by?.doubtful || locks.isConditional(event.call, own))
    return 'low';
  if (nestedClasses.has(held.lock.lockClass) || distance > 6) return 'low';
  if (taken.cause.conditional || distance > 2 || held.by?.fields.length) return 'medium';
  return 'high';
}
