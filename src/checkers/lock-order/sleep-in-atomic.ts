import { calleeName } from '../../effects/flow-expressions.ts';
import { atomicBecause, type Held, type LockState } from '../../effects/locks/held.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import { BEFORE_SCHEDULING } from '../../kernel/contexts.ts';
import { atomicSections } from '../../kernel/locks.ts';
import { sleepingInTasks } from '../../kernel/waits.ts';
import type { Confidence, Rule } from '../checker.ts';
import { type AtomicEntry, type Entry, forbidsSleep } from './entry.ts';
import type { FunctionLocks } from './function-locks.ts';
import { mayOthersSleep } from './operations.ts';
import { type Sleep, saysOfSleep, sleepsOf } from './sleeps.ts';
import type { Surroundings } from './surroundings.ts';

export const sleepInAtomic: Rule = {
  id: 'lock-order/sleep-in-atomic',
  severity: 'error',
  summary:
    'Something that may sleep is called where sleeping is forbidden: under a spinlock, in an RCU read section, with preemption or interrupts off.',
  source:
    'Documentation/kernel-hacking/hacking.rst, "Recipes for Deadlock"; kernel/sched/core.c, __might_sleep()',
};

/** Under a lock or in a section that the function itself is in. */
export function findSleepInAtomic(locks: FunctionLocks): void {
  for (const event of locks.body.events) {
    const because = atomicBecause(event.state);
    if (because === undefined) continue;
    if (typeof because === 'string' && BEFORE_SCHEDULING.has(locks.ref.name)) continue;
    for (const sleep of sleepsOf(locks, event)) {
      if (!dropsWhatForbids(event.state, sleep)) report(locks, event, sleep);
    }
  }
}

/**
 * In a context that the function's callers are in: a handler that must not sleep, a lock that they hold. Said of
 * what the function does itself, and of what it calls in files that are not looked at.
 */
export function findSleepInCallers(locks: FunctionLocks, { entries, paths }: Surroundings): void {
  if (!entries.isOfInterest(locks.ref)) return;
  for (const event of locks.eventsOrCalls) {
    if (atomicBecause(event.state) !== undefined) continue;
    for (const sleep of sleepsOf(locks, event)) {
      if (paths.has(sleep.calleePath)) continue;
      for (const entry of entries.of(locks.ref).all) {
        const because = forbidsSleep(entry, event.state, sleep.without);
        if (because !== undefined) reportEntry(locks, event, sleep, entry, because);
      }
    }
  }
}

function reportEntry(
  locks: FunctionLocks,
  event: LockEvent,
  sleep: Sleep,
  entry: Entry,
  because: AtomicEntry,
): void {
  const says = saysOfSleep(sleep);
  const [first] = entry.steps;
  const where =
    'taken' in because
      ? because.kind === 'rcu'
        ? `in an RCU read-side section that ${because.taken.function}() enters`
        : `under ${because.lockClass || 'a lock'}, which ${because.taken.function}() takes`
      : because.section !== ''
        ? `after ${because.section}() in ${entry.root}()`
        : `in ${because.context} context, in which ${entry.root}() runs`;
  const taken = 'taken' in because ? [because.taken] : [];
  locks.report({
    rule: sleepInAtomic,
    confidence: entryConfidence(locks, event, sleep, entry, because),
    position: event.position,
    identity: '',
    defect: `${'taken' in because ? `${because.taken.function} ${because.lockClass}` : `${entry.root} ${because.context ?? because.section}`} ${endOf(sleep)}`,
    message: `${says}, and ${locks.ref.name}() is called ${where}.`,
    explanation: `${first === undefined ? '' : `${first.function}() is where this begins. `}A task that sleeps there is scheduled away while nobody else can go on; with CONFIG_DEBUG_ATOMIC_SLEEP the kernel prints "BUG: sleeping function called from invalid context". Use a form that does not sleep (GFP_ATOMIC for allocations), or leave the sleeping part to a work item.`,
    trace: [...taken, ...entry.steps, ...sleep.steps],
  });
}

function entryConfidence(
  locks: FunctionLocks,
  event: LockEvent,
  sleep: Sleep,
  entry: Entry,
  because: AtomicEntry,
): Confidence {
  const way = 'taken' in because ? because : entry;
  if (event.isMerged || sleep.conditional || way.doubtful || locks.isConditional(event.call)) return 'low';
  if (isResumed(locks, event, sleep)) return 'low';
  const distance = way.calls + sleep.depth;
  if (distance > 4 || way.fields.some((stored) => mayOthersSleep(locks.effects, stored))) return 'low';
  if ('taken' in because && because.through !== '') return distance <= 2 ? 'medium' : 'low';
  // A count that a far caller has raised may be lowered on the way; one that comes from locks and callees is less sure.
  if ('section' in because && because.section !== '' && (entry.calls > 1 || !entry.entersSection))
    return 'low';
  return distance <= 2 && way.fields.length === 0 && !mayCallersKnow(locks, event, sleep) ? 'high' : 'medium';
}

/**
 * `if (++n == count) break; cond_resched();`: callers under a lock may know that there is one turn only. Others may know
 * that they run in an interrupt, where some functions do not sleep.
 */
const mayCallersKnow = (locks: FunctionLocks, event: LockEvent, sleep: Sleep): boolean =>
  (sleep.what === 'cond_resched' && locks.branchesBefore(event.call).length > 0) ||
  // A device that is active is only counted: whoever comes here may have seen to that.
  (sleep.depth > 0 && RESUMES.test(sleep.what)) ||
  sleepingInTasks.has(sleep.what);

const RESUMES = /^_*pm_runtime_(?:get_sync|resume_and_get|resume)$/;

/** The function has resumed the device before. */
const isResumed = (locks: FunctionLocks, event: LockEvent, sleep: Sleep): boolean =>
  RESUMES.test(sleep.what) &&
  locks.body.flow.calls.some(
    (_, call) => call < event.call && RESUMES.test(calleeName(locks.body.flow, call)),
  );

/** A callee that first releases the lock that forbids sleeping, or one that we can't tell from it. */
function dropsWhatForbids(state: LockState, { without, drops }: Sleep): boolean {
  const because = atomicBecause(state);
  if (because === undefined || typeof because === 'string') return without.length > 0;
  return (
    drops.includes(because.place) ||
    without.includes(because.lockClass) ||
    (without.length > 0 && because.lockClass === '')
  );
}

function report(locks: FunctionLocks, event: LockEvent, sleep: Sleep): void {
  const because = atomicBecause(event.state);
  if (because === undefined) return;
  const where = typeof because === 'string' ? `with ${because}() in force` : under(locks, because);
  const taken = typeof because === 'string' ? [] : [locks.stepOfTaking(because)];
  const callee = calleeName(locks.body.flow, event.call) || 'a callback';
  const says = saysOfSleep(sleep);
  locks.report({
    rule: sleepInAtomic,
    confidence:
      typeof because === 'string' && !entersSection(locks, because)
        ? 'low'
        : confidenceOf(locks, event, because, sleep),
    position: event.position,
    identity: `${callee} ${typeof because === 'string' ? because : because.lockClass || locks.text(because)}`,
    ...(sleep.depth === 0
      ? {}
      : {
          defect: `${locks.ref.name} ${typeof because === 'string' ? because : because.lockClass} ${endOf(sleep)}`,
        }),
    message: `${says} and is called here ${where}.`,
    explanation: `A task that sleeps ${where} is scheduled away while nobody else can go on; with CONFIG_DEBUG_ATOMIC_SLEEP the kernel prints "BUG: sleeping function called from invalid context". Do the sleeping part before or after, or use a form that does not sleep (GFP_ATOMIC for allocations).`,
    trace: [...taken, ...sleep.steps],
  });
}

/** The function that calls what sleeps: another way to sleep there makes no other defect of it. */
const endOf = (sleep: Sleep): string => sleep.steps.at(-1)?.function ?? '';

function under(locks: FunctionLocks, lock: Held): string {
  const line = locks.lineOfTaking(lock);
  return lock.kind === 'rcu'
    ? `in the RCU read-side section entered at line ${line}`
    : `under ${locks.text(lock)}, taken at line ${line}`;
}

function confidenceOf(
  locks: FunctionLocks,
  event: LockEvent,
  because: Held | string,
  sleep: Sleep,
): Confidence {
  if (event.isMerged || (sleep.depth > 4 && !sleep.isAllowed) || isResumed(locks, event, sleep)) return 'low';
  if (typeof because === 'string' ? mayBeLeft(locks, because, event) : locks.mayBeReleased(event, because))
    return 'low';
  // A lock behind a pointer that has moved on: of another turn of a loop.
  if (typeof because !== 'string' && because.place.startsWith('?')) return 'low';
  if (typeof because !== 'string' && because.through !== '') return sleep.depth === 0 ? 'medium' : 'low';
  if (sleep.depth === 0) return mayCallersKnow(locks, event, sleep) ? 'medium' : 'high';
  return sleep.conditional && !sleep.isAllowed ? 'low' : 'medium';
}

/** True where the function itself enters the section: what callees add to the count is less sure. */
const entersSection = (locks: FunctionLocks, because: string): boolean =>
  callsOfSection(locks, because, 1).length > 0;

/** The calls that enter a section (1), or leave it (-1). */
function callsOfSection(locks: FunctionLocks, because: string, step: 1 | -1): readonly number[] {
  const { flow } = locks.body;
  const stops = atomicSections.get(because)?.stops;
  return [...flow.calls.keys()].filter((call) => {
    const section = atomicSections.get(calleeName(flow, call));
    return section !== undefined && section.stops === stops && section.step === step;
  });
}

/** Calls that enter a section, or leave it, of a function in which it is asked what decides them. */
const MAX_SECTIONS = 8;

/** `if (x->irqs_off) local_irq_disable(); … if (x->irqs_off) local_irq_enable();`: by what decided that it was entered. */
function mayBeLeft(locks: FunctionLocks, because: string, event: LockEvent): boolean {
  const entering = callsOfSection(locks, because, 1);
  const leaving = callsOfSection(locks, because, -1);
  if (entering.length > MAX_SECTIONS || leaving.length > MAX_SECTIONS) return false;
  return entering.some((enter) =>
    locks.correlatedWith(enter, leaving).some((leave) => leave < event.call || event.call < enter),
  );
}
