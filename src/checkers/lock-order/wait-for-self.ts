/** Waits for code that itself waits here: a work that cancels itself, a grace period that a reader waits for. */
import { lineOf } from '../../c/flow.ts';
import { calleeName } from '../../effects/flow-expressions.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import type { Awaited } from '../../kernel/waits.ts';
import type { Confidence } from '../checker.ts';
import { type Entry, heldByCallers } from './entry.ts';
import type { FunctionLocks, LockCandidate } from './function-locks.ts';
import type { Handler } from './handlers.ts';
import type { Wait } from './held-waits.ts';
import { isHandler } from './reached.ts';
import { shareBit } from './shared-bits.ts';
import type { Surroundings } from './surroundings.ts';

type Found = Omit<LockCandidate, 'rule'>;

const RUNNING: ReadonlySet<Awaited> = new Set([
  'work',
  'delayed work',
  'timer',
  'hrtimer',
  'tasklet',
  'napi',
  'thread',
]);

/** Whether a function may be a handler, or called by one: asked before it is looked for which handlers there are. */
export function mayWaitForItself({ effects, ref }: FunctionLocks, wait: Wait, around: Surroundings): boolean {
  return (
    RUNNING.has(wait.awaits) &&
    (isHandler(effects.effects.program, ref) || around.entries.of(ref).all.some(({ isStart }) => isStart))
  );
}

/** A handler, or what it calls, that waits until the handler has returned. */
export function waitsForItself(
  locks: FunctionLocks,
  event: LockEvent,
  wait: Wait,
  handler: Handler,
  around: Surroundings,
): Found | undefined {
  if (asksWhoItIs(locks)) return undefined;
  const isItself = handler.ref.id === locks.ref.id;
  const way = isItself ? undefined : wayFrom(handler, around.entries.of(locks.ref).all);
  if (!isItself && way === undefined) return undefined;
  // Said where the wait is, if that file is looked at too.
  if (around.paths.has(wait.calleePath)) return undefined;
  const name = handler.ref.name;
  const who = isItself ? `${name}() is what it waits for` : `${name}(), which it waits for, calls this`;
  return {
    confidence: shareBit(locks, wait, handler, way?.steps ?? [])
      ? 'low'
      : confidenceOf(locks, event, wait, way),
    position: event.position,
    identity: `itself ${wait.target}`,
    message: `${wait.what}() waits for ${wait.target} here, and ${who}: the task waits for itself.`,
    explanation: `${wait.target} runs ${name}() (${handler.context}), which can't return before the wait is over. Use the form that does not wait, or leave the wait to somebody else.`,
    trace: [handler.step, ...(way?.steps ?? []), ...wait.steps],
  };
}

/** `if (current_work() != &dev->work) cancel_work_sync(&dev->work);` */
const asksWhoItIs = ({ body: { flow } }: FunctionLocks): boolean =>
  flow.calls.some((_, call) => calleeName(flow, call) === 'current_work');

const wayFrom = (handler: Handler, entries: readonly Entry[]): Entry | undefined =>
  entries.find((entry) => entry.isStart && entry.root === handler.ref.name && !entry.doubtful);

function confidenceOf(
  locks: FunctionLocks,
  event: LockEvent,
  wait: Wait,
  way: Entry | undefined,
): Confidence {
  // A thread that stops one of its kind: that it is another, numbers say.
  if (wait.awaits === 'thread') return 'low';
  if (event.isMerged || wait.conditional || locks.isConditional(event.call)) return 'low';
  return wait.depth + (way?.calls ?? 0) <= 2 ? 'medium' : 'low';
}

/** A reader of an SRCU domain that waits for the readers of this domain. */
export function waitsAsReader(
  locks: FunctionLocks,
  event: LockEvent,
  wait: Wait,
  around: Surroundings,
): Found | undefined {
  if (wait.awaits !== 'srcu' || wait.target === '') return undefined;
  const own = event.state.held.find((h) => h.kind === 'srcu' && h.lockClass === wait.target);
  const above =
    own === undefined
      ? around.entries
          .of(locks.ref)
          .all.flatMap((entry) => heldByCallers(entry, event.state))
          .find((h) => h.kind === 'srcu' && h.lockClass === wait.target)
      : undefined;
  const reader = own ?? above;
  if (reader === undefined) return undefined;
  const entered = above?.taken ?? locks.stepOfTaking(reader);
  const isDoubtful =
    event.isMerged || wait.conditional || above?.doubtful === true || reader.place.startsWith('?');
  return {
    confidence: isDoubtful ? 'low' : own !== undefined && wait.depth === 0 ? 'high' : 'medium',
    position: event.position,
    identity: `reader ${wait.target}`,
    message: `${wait.what}() waits for the readers of ${wait.target} here, and the task is one of them since ${entered.function}() at line ${entered.line}: it waits for itself.`,
    explanation: `A grace period ends when every reader has left its section. Leave the section with srcu_read_unlock() before the wait.`,
    trace: [entered, locks.step(lineOf(event.position), `${wait.what}() is called`), ...wait.steps],
  };
}
