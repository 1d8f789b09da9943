import { lineOf } from '../../c/flow.ts';
import { type Held, isSleepingLock } from '../../effects/locks/held.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import type { LockKind } from '../../kernel/locks.ts';
import type { Confidence, Rule, Step } from '../checker.ts';
import { acquisitionSteps } from './causes.ts';
import { type Entry, type EntryLock, heldByCallers } from './entry.ts';
import type { FunctionLocks } from './function-locks.ts';
import type { Surroundings } from './surroundings.ts';

export const waitContext: Rule = {
  id: 'lock-order/wait-context',
  severity: 'warning',
  summary: 'A spinlock_t, which sleeps on PREEMPT_RT, is taken under a raw_spinlock_t, which never does.',
  source:
    'Documentation/locking/locktypes.rst, "Lock type nesting rules"; kernel/locking/lockdep.c, check_wait_context()',
};

/** Kinds that become sleeping locks on PREEMPT_RT. */
const CONFIGURED: ReadonlySet<LockKind> = new Set(['spinlock', 'rwlock', 'seqlock', 'local_lock']);

interface Taken {
  readonly lockClass: string;
  readonly text: string;
  readonly kind: LockKind;
  readonly conditional: boolean;
  readonly depth: number;
  readonly steps: readonly Step[];
}

export function findWaitContext(locks: FunctionLocks, around: Surroundings): void {
  for (const event of locks.eventsOrCalls) {
    const own = event.state.held.findLast((h) => h.kind === 'raw_spinlock');
    for (const taken of takenBy(locks, event)) {
      if (own !== undefined) report(locks, event, taken, own, undefined);
      else if (taken.depth === 0) {
        for (const entry of around.entries.of(locks.ref).all) {
          const held = heldByCallers(entry, event.state).findLast((h) => h.kind === 'raw_spinlock');
          if (held !== undefined) report(locks, event, taken, held, entry);
        }
      }
    }
  }
}

function takenBy(locks: FunctionLocks, event: LockEvent): readonly Taken[] {
  const line = lineOf(event.position);
  if (event.kind === 'acquire') {
    const { lock } = event;
    if (lock === undefined || event.blocks === false || !CONFIGURED.has(lock.kind)) return [];
    const text = locks.text(lock);
    return [
      {
        lockClass: lock.lockClass,
        text,
        kind: lock.kind,
        conditional: false,
        depth: 0,
        steps: [locks.step(line, `${text} is taken`)],
      },
    ];
  }
  if (event.kind !== 'call' || event.state.held.length === 0) return [];
  const { flow } = locks.body;
  const callees = locks.effects.callees(flow, event.call, locks.ref.path);
  return callees.flatMap((callee) =>
    callee.summary.acquires
      .filter((a) => a.blocks && CONFIGURED.has(a.kind) && a.lockClass !== '' && !isSleepingLock(a.kind))
      .slice(0, 1)
      .map((a) => ({
        lockClass: a.lockClass,
        text: a.lockClass,
        kind: a.kind,
        conditional: a.cause.conditional !== false || callees.length > 1 || a.without.length > 0,
        depth: a.cause.depth + 1,
        get steps() {
          return [
            locks.step(line, `${callee.name}() is called`),
            ...acquisitionSteps(locks.effects, a, callee.name, callee.path),
          ];
        },
      })),
  );
}

function report(
  locks: FunctionLocks,
  event: LockEvent,
  taken: Taken,
  raw: Held | EntryLock,
  entry: Entry | undefined,
): void {
  const name = entry === undefined ? locks.text(raw) : raw.lockClass;
  const where =
    'taken' in raw ? `which ${raw.taken.function}() holds` : `taken at line ${locks.lineOfTaking(raw)}`;
  const type =
    taken.kind === 'rwlock' ? 'rwlock_t' : taken.kind === 'local_lock' ? 'local_lock_t' : 'spinlock_t';
  locks.report({
    rule: waitContext,
    confidence: confidenceOf(locks, event, taken, raw),
    position: event.position,
    identity: `${taken.lockClass} ${raw.lockClass}`,
    message: `${taken.text} (${type}) is taken here under the raw_spinlock_t ${name}, ${where}: Invalid wait context.`,
    explanation: `On PREEMPT_RT a ${type} is a lock that sleeps, and nothing may sleep under a raw_spinlock_t; CONFIG_PROVE_RAW_LOCK_NESTING prints "BUG: Invalid wait context" on every kernel. Take ${taken.text} before, or outside of ${name}, or make it a raw_spinlock_t where its sections are short.`,
    trace: ['taken' in raw ? raw.taken : locks.stepOfTaking(raw), ...(entry?.steps ?? []), ...taken.steps],
  });
}

function confidenceOf(
  locks: FunctionLocks,
  event: LockEvent,
  taken: Taken,
  raw: Held | EntryLock,
): Confidence {
  const way = 'taken' in raw ? raw : undefined;
  const own = way === undefined ? raw : undefined;
  if (event.isMerged || taken.conditional || way?.doubtful || locks.isConditional(event.call, own))
    return 'low';
  if (own !== undefined && locks.mayBeReleased(event, own)) return 'low';
  const distance = taken.depth + (way?.calls ?? 0);
  if (distance > 3) return 'low';
  return distance === 0 && raw.through === '' && !way?.fields.length ? 'high' : 'medium';
}
