/** Waits for other code, and the locks that are held over them. */
import { type Flow, lineOf } from '../../c/flow.ts';
import { calleeName } from '../../effects/flow-expressions.ts';
import type { Held } from '../../effects/locks/held.ts';
import { lockClass } from '../../effects/locks/lock-class.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import type { Callee } from '../../effects/locks/lock-effects.ts';
import type { Waited } from '../../effects/locks/lock-summary.ts';
import { type Awaited, waits } from '../../kernel/waits.ts';
import type { Step } from '../checker.ts';
import { causeSteps } from './causes.ts';
import { type EntryLock, heldByCallers } from './entry.ts';
import type { FunctionLocks } from './function-locks.ts';
import type { Surroundings } from './surroundings.ts';

/** A wait that a call makes, itself or below. */
export interface Wait {
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
export interface Over {
  readonly lock: Held;
  readonly text: string;
  /** Undefined where it is the function itself. */
  readonly by: EntryLock | undefined;
  /** Name of the function in which the chain to the holder begins. */
  readonly root: string;
  readonly steps: readonly Step[];
}

/** Whether a call waits for other code, itself or below. */
export function mayWait({ effects, ref }: FunctionLocks, call: number): boolean {
  const flow = ref.fact.flow as Flow;
  return (
    waits.has(calleeName(flow, call)) ||
    effects.callees(flow, call, ref.path).some(({ summary }) => summary.waits.length > 0)
  );
}

/** What an event waits for, itself or below. */
export function waitsOf(locks: FunctionLocks, event: LockEvent): readonly Wait[] {
  const { flow, places } = locks.body;
  const { path } = locks.ref;
  const { program } = locks.effects.effects;
  const name = calleeName(flow, event.call);
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

/** The locks that are held over an event. */
export function locksOver(locks: FunctionLocks, event: LockEvent, around: Surroundings): readonly Over[] {
  const own = event.state.held.map(
    (lock): Over => ({
      lock,
      text: locks.text(lock),
      by: undefined,
      root: locks.ref.name,
      steps: [locks.stepOfTaking(lock)],
    }),
  );
  const callers = around.entries.of(locks.ref).all.flatMap((entry) =>
    heldByCallers(entry, event.state).map(
      (lock: EntryLock): Over => ({
        lock,
        text: lock.lockClass,
        by: lock,
        root: entry.root,
        steps: [lock.taken, ...entry.steps],
      }),
    ),
  );
  return [...own, ...callers].filter(
    ({ lock }) => lock.lockClass !== '' && lock.kind !== 'rcu' && lock.kind !== 'srcu',
  );
}

/** What two tasks do, as lockdep draws it: one waits with the lock held, `other` wants it. */
export const waitScenario = (lock: string, wait: Wait, other: string): string =>
  [
    'Possible unsafe locking scenario:',
    '',
    `  CPU0${' '.repeat(Math.max(4, lock.length + 8))}CPU1`,
    `  ----${' '.repeat(Math.max(4, lock.length + 8))}----`,
    `  lock(${lock});`,
    `${' '.repeat(Math.max(4, lock.length + 8) + 6)}${other}()`,
    `${' '.repeat(Math.max(4, lock.length + 8) + 6)}lock(${lock});`,
    `  ${wait.what}();`,
    '',
    '  *** DEADLOCK ***',
  ].join('\n');
