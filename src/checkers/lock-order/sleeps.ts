/** What in a function may sleep: a call that does it itself, or one below which something does. */
import { lineOf } from '../../c/flow.ts';
import { calleeName } from '../../effects/flow-expressions.ts';
import { gfpOf, gfpOfAllocation } from '../../effects/locks/gfp.ts';
import { isSleepingLock } from '../../effects/locks/held.ts';
import { isSleeping, sleepsByDelay } from '../../effects/locks/lock-body.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import type { Callee } from '../../effects/locks/lock-effects.ts';
import type { Happening } from '../../effects/locks/lock-summary.ts';
import { ALLOCATORS } from '../../kernel/allocators.ts';
import { sleepingInTasks, sleepsWithoutLock, spinningWaits, waits } from '../../kernel/waits.ts';
import type { Step } from '../checker.ts';
import { causeSteps } from './causes.ts';
import type { FunctionLocks } from './function-locks.ts';
import { isToldNotToWait } from './no-wait.ts';

export interface Sleep {
  /** What sleeps, by name: `msleep`, `mutex_lock`. */
  readonly what: string;
  /** Name of the function that is called here. */
  readonly callee: string;
  /** Path of its file, '' where it is no function of the tree. */
  readonly calleePath: string;
  /** Classes of the caller's locks that are released before. */
  readonly without: readonly string[];
  /** Places of the locks here that the callee releases at some time. */
  readonly drops: readonly string[];
  readonly conditional: boolean;
  /** The flags that are given here allow it to sleep: when it does is no matter then. */
  readonly isAllowed: boolean;
  /** Calls from here to it; 0: it is called here. */
  readonly depth: number;
  /** From the call down. */
  readonly steps: readonly Step[];
}

/** What may sleep in the call or acquisition of an event. */
export function sleepsOf(locks: FunctionLocks, event: LockEvent): readonly Sleep[] {
  const { flow } = locks.body;
  const name = calleeName(flow, event.call);
  const direct = (what: string): readonly Sleep[] => [
    {
      what,
      callee: what,
      calleePath: '',
      without: [],
      drops: [],
      conditional: false,
      isAllowed: false,
      depth: 0,
      steps: [locks.step(lineOf(event.position), `${what}() may sleep`)],
    },
  ];
  if (event.kind === 'acquire') {
    const { lock } = event;
    const sleeps = lock !== undefined && event.blocks !== false && isSleepingLock(lock.kind);
    return sleeps ? direct(lock.through || name) : [];
  }
  if (event.kind !== 'call') return [];
  const args = flow.calls[event.call]?.args ?? [];
  const allocator = ALLOCATORS.get(name);
  if (allocator !== undefined) {
    const gfp = gfpOfAllocation(flow, allocator, args);
    return isSleeping(flow, name) || (gfp !== undefined && 'flags' in gfp && gfp.flags.sleeps)
      ? direct(name)
      : [];
  }
  const wait = waits.get(name);
  if (isSleeping(flow, name) || sleepsByDelay(flow, event.call)) return direct(name);
  if (wait !== undefined && !spinningWaits.has(wait.awaits)) return direct(name);
  // Under a lock that is not taken against softirqs this is a task, as far as the function shows.
  if (sleepingInTasks.has(name) && event.state.held.length > 0 && event.state.softirq === 0)
    return direct(name);
  return sleepsBelow(locks, event, args);
}

function sleepsBelow(locks: FunctionLocks, event: LockEvent, args: readonly number[]): readonly Sleep[] {
  const { flow } = locks.body;
  const callees = locks.effects.callees(flow, event.call, locks.ref.path);
  return callees.flatMap((callee): readonly Sleep[] => {
    const { sleeps } = callee.summary;
    if (sleeps === undefined || sleepsWithoutLock(callee.name)) return [];
    if (sleeps.gfp >= 0) {
      const gfp = gfpOf(flow, args[sleeps.gfp] ?? 0);
      if (gfp === undefined || 'parameter' in gfp || !gfp.flags.sleeps) return [];
    } else if (isToldNotToSleep(locks, callee.name, args)) return [];
    return [
      {
        what: sleeps.what,
        callee: callee.name,
        calleePath: callee.path,
        without: sleeps.without,
        drops: callee.summary.net
          .filter(({ operation }) => operation === 'release')
          .map(({ place }) => locks.body.places.substitute(place, args) ?? ''),
        conditional: sleeps.cause.conditional !== false || callees.length > 1,
        isAllowed: sleeps.gfp >= 0 && callees.length === 1,
        depth: sleeps.cause.depth + 1,
        get steps() {
          return [
            locks.step(lineOf(event.position), `${callee.name}() is called`),
            ...stepsBelow(locks, callee, sleeps),
          ];
        },
      },
    ];
  });
}

/** From a callee down to what sleeps. */
const stepsBelow = (locks: FunctionLocks, { name, path }: Callee, { cause }: Happening): readonly Step[] =>
  causeSteps(
    locks.effects,
    { ...cause, callee: name, calleePath: path },
    ({ sleeps }) =>
      sleeps && {
        cause: sleeps.cause,
        text: sleeps.cause.depth === 0 ? `${sleeps.what}() may sleep` : `calls ${sleeps.cause.callee}()`,
      },
  );

/** A function that is given GFP_ATOMIC, or MSG_DONTWAIT, has been asked to do without sleeping, and knows how. */
function isToldNotToSleep(locks: FunctionLocks, callee: string, args: readonly number[]): boolean {
  if (isToldNotToWait(locks.body.flow, args)) return true;
  const { fact } = locks.effects.effects.program.functions(callee, locks.ref.path)[0] ?? {};
  return (fact?.parameters ?? []).some(({ type }, n) => {
    const gfp = type === 'gfp_t' ? gfpOf(locks.body.flow, args[n] ?? 0) : undefined;
    return gfp !== undefined && 'flags' in gfp && !gfp.flags.sleeps;
  });
}

/** `kzalloc() may sleep`, `foo() may sleep (mutex_lock() below it)`. */
export const saysOfSleep = (sleep: Sleep): string =>
  sleep.depth === 0
    ? `${sleep.what}() may sleep`
    : `${sleep.callee || 'a callback'}() may sleep (${sleep.what}() below it)`;
