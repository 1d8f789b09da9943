import { lineOf } from '../../c/flow.ts';
import { gfpOf } from '../../effects/locks/gfp.ts';
import { atomicBecause, type Held, isSleepingLock, type LockState } from '../../effects/locks/held.ts';
import { nameOfCall } from '../../effects/locks/lock-body.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import type { Happening } from '../../effects/locks/lock-summary.ts';
import { ALLOCATORS } from '../../kernel/allocators.ts';
import { atomicSections } from '../../kernel/locks.ts';
import { sleeping, spinningWaits, waits } from '../../kernel/waits.ts';
import type { Confidence, Rule, Step } from '../checker.ts';
import { causeSteps } from './causes.ts';
import type { FunctionLocks } from './function-locks.ts';

export const sleepInAtomic: Rule = {
  id: 'lock-order/sleep-in-atomic',
  severity: 'error',
  summary:
    'Something that may sleep is called where sleeping is forbidden: under a spinlock, in an RCU read section, with preemption or interrupts off.',
  source:
    'Documentation/kernel-hacking/hacking.rst, "Recipes for Deadlock"; kernel/sched/core.c, __might_sleep()',
};

export function findSleepInAtomic(locks: FunctionLocks): void {
  for (const event of locks.body.events) {
    if (event.kind === 'acquire') {
      const { lock } = event;
      if (lock === undefined || event.blocks === false || !isSleepingLock(lock.kind)) continue;
      const what = lock.through || nameOfCall(locks.body.flow, event.call);
      report(locks, event, { what, direct: true, conditional: false, depth: 0, steps: [] });
    } else if (event.kind === 'call') reportCall(locks, event);
  }
}

interface Sleep {
  readonly what: string;
  readonly direct: boolean;
  readonly conditional: boolean;
  readonly depth: number;
  readonly steps: readonly Step[];
}

function reportCall(locks: FunctionLocks, event: LockEvent): void {
  if (atomicBecause(event.state) === undefined) return;
  const { flow } = locks.body;
  const name = nameOfCall(flow, event.call);
  const args = flow.calls[event.call]?.args ?? [];
  const allocator = ALLOCATORS.get(name);
  if (allocator !== undefined) {
    const gfp = allocator.flags < 0 ? undefined : gfpOf(flow, args[allocator.flags] ?? 0);
    if (sleeping.has(name) || (gfp !== undefined && 'flags' in gfp && gfp.flags.sleeps)) {
      report(locks, event, { what: name, direct: true, conditional: false, depth: 0, steps: [] });
    }
    return;
  }
  const wait = waits.get(name);
  if (sleeping.has(name) || (wait !== undefined && !spinningWaits.has(wait.awaits))) {
    report(locks, event, { what: name, direct: true, conditional: false, depth: 0, steps: [] });
    return;
  }
  const callees = locks.effects.callees(flow, event.call, locks.ref.path);
  for (const callee of callees) {
    const sleeps = callee.summary.sleeps;
    if (sleeps === undefined || dropsWhatForbids(event.state, sleeps)) continue;
    if (sleeps.gfp >= 0) {
      const gfp = gfpOf(flow, args[sleeps.gfp] ?? 0);
      if (gfp === undefined || 'parameter' in gfp || !gfp.flags.sleeps) continue;
    }
    report(locks, event, {
      what: sleeps.what,
      direct: false,
      conditional: sleeps.cause.conditional || callees.length > 1,
      depth: sleeps.cause.depth + 1,
      steps: [
        locks.step(lineOf(event.position), `${callee.name}() is called`),
        ...causeSteps(
          locks.effects,
          { ...sleeps.cause, callee: callee.name, calleePath: callee.path },
          (summary) =>
            summary.sleeps && {
              cause: summary.sleeps.cause,
              text:
                summary.sleeps.cause.depth === 0
                  ? `${summary.sleeps.what}() may sleep`
                  : `calls ${summary.sleeps.cause.callee}()`,
            },
        ),
      ],
    });
  }
}

/** A callee that first releases the lock that forbids sleeping, or one that we can't tell from it. */
function dropsWhatForbids(state: LockState, sleeps: Happening): boolean {
  const because = atomicBecause(state);
  if (because === undefined || typeof because === 'string') return sleeps.without.length > 0;
  return (
    sleeps.without.includes(because.lockClass) || (sleeps.without.length > 0 && because.lockClass === '')
  );
}

function report(locks: FunctionLocks, event: LockEvent, sleep: Sleep): void {
  const because = atomicBecause(event.state);
  if (because === undefined) return;
  const where = typeof because === 'string' ? `with ${because}() in force` : under(locks, because);
  const taken = typeof because === 'string' ? [] : [locks.stepOfTaking(because)];
  const callee = nameOfCall(locks.body.flow, event.call) || 'a callback';
  const says = sleep.direct
    ? `${sleep.what}() may sleep`
    : `${callee}() may sleep (${sleep.what}() below it)`;
  locks.report({
    rule: sleepInAtomic,
    confidence:
      typeof because === 'string' && !entersSection(locks, because)
        ? 'low'
        : confidenceOf(event, because, sleep),
    position: event.position,
    identity: `${callee} ${typeof because === 'string' ? because : because.lockClass || locks.text(because)}`,
    message: `${says} and is called here ${where}.`,
    explanation: `A task that sleeps ${where} is scheduled away while nobody else can go on; with CONFIG_DEBUG_ATOMIC_SLEEP the kernel prints "BUG: sleeping function called from invalid context". Do the sleeping part before or after, or use a form that does not sleep (GFP_ATOMIC for allocations).`,
    trace: [...taken, ...(sleep.direct ? [locks.step(lineOf(event.position), says)] : sleep.steps)],
  });
}

function under(locks: FunctionLocks, lock: Held): string {
  const line = locks.lineOfTaking(lock);
  return lock.kind === 'rcu'
    ? `in the RCU read-side section entered at line ${line}`
    : `under ${locks.text(lock)}, taken at line ${line}`;
}

function confidenceOf(event: LockEvent, because: Held | string, sleep: Sleep): Confidence {
  if (event.isMerged || sleep.depth > 4) return 'low';
  if (typeof because !== 'string' && because.through !== '') return sleep.direct ? 'medium' : 'low';
  if (sleep.direct) return 'high';
  return sleep.conditional ? 'low' : 'medium';
}

/** True where the function itself enters the section: what callees add to the count is less sure. */
function entersSection(locks: FunctionLocks, because: string): boolean {
  const { flow } = locks.body;
  const stops = atomicSections.get(because)?.stops;
  return flow.calls.some((_, call) => {
    const section = atomicSections.get(nameOfCall(flow, call));
    return section !== undefined && section.stops === stops && section.step === 1;
  });
}
