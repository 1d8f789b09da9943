/** `spin_unlock_irq()` and `spin_unlock_bh()` where interrupts were off before: they are on afterwards, too early. */
import { lineOf } from '../../c/flow.ts';
import { calleeName } from '../../effects/flow-expressions.ts';
import type { Held } from '../../effects/locks/held.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import { callerWithIrqsOff } from '../../kernel/contexts.ts';
import { lockFunctions } from '../../kernel/locks.ts';
import type { Confidence, Step } from '../checker.ts';
import type { Entry } from './entry.ts';
import type { FunctionLocks } from './function-locks.ts';
import { irqInversion } from './irq-inversion.ts';
import type { Surroundings } from './surroundings.ts';

/** Why interrupts were off before the lock was taken. */
interface Off {
  readonly because: string;
  readonly steps: readonly Step[];
  readonly confidence: Confidence;
  /** Only some callers have them off. */
  readonly isSometimes?: true;
}

export function findIrqsOnAgain(locks: FunctionLocks, around: Surroundings): void {
  for (const event of locks.body.events) {
    const { lock } = event;
    if (event.kind !== 'release' || lock === undefined || lock.through !== '' || event.isMerged) continue;
    const name = calleeName(locks.body.flow, event.call);
    const irq = lockFunctions.get(name)?.irq;
    if (irq !== 'irq' && irq !== 'bh') continue;
    const taken = event.state.held.find((h) => h.place === lock.place);
    if (taken === undefined || formOf(locks, taken) !== irq) continue;
    const off =
      offInFunction(locks, event, taken, irq) ??
      offInCallers(locks, event, irq, around) ??
      offSometimes(locks, event, irq);
    if (off !== undefined) report(locks, event, lock, taken, off);
  }
}

const formOf = (locks: FunctionLocks, { call, through }: Held) =>
  through === '' ? lockFunctions.get(calleeName(locks.body.flow, call))?.irq : undefined;

/** Another lock of the function that was taken with interrupts off, before this one. */
function offInFunction(
  locks: FunctionLocks,
  event: LockEvent,
  taken: Held,
  irq: 'irq' | 'bh',
): Off | undefined {
  const { held, hardirq } = event.state;
  if (hardirq < (irq === 'irq' ? 2 : 1)) return undefined;
  const before = held.slice(0, held.indexOf(taken));
  const other = before.find((h) => ['irq', 'irqsave'].includes(formOf(locks, h) ?? ''));
  if (other === undefined) return undefined;
  const because = `${locks.text(other)} was taken with them off at line ${locks.lineOfTaking(other)}`;
  const isDoubtful = other.place.startsWith('?') || locks.mayBeReleased(event, other);
  return { because, steps: [locks.stepOfTaking(other)], confidence: isDoubtful ? 'low' : 'high' };
}

/** A caller that has them off, or the context that the function is called in. */
function offInCallers(
  locks: FunctionLocks,
  event: LockEvent,
  irq: 'irq' | 'bh',
  around: Surroundings,
): Off | undefined {
  if (event.state.released.length > 0 || event.state.hardirq > (irq === 'irq' ? 1 : 0)) return undefined;
  const entry = around.entries.of(locks.ref).all.find((e) => e.hardirq > 0 && !e.doubtful && !isUncertain(e));
  if (entry === undefined) return undefined;
  const [holder] = entry.held;
  const because =
    entry.context === undefined
      ? `${holder?.taken.function ?? entry.root}() has them off`
      : `${entry.root}() runs with them off`;
  const isSure = entry.calls <= 1 && entry.fields.length === 0 && !locks.isConditional(event.call);
  return {
    because,
    steps: [...(holder === undefined ? [] : [holder.taken]), ...entry.steps],
    confidence: isSure ? 'medium' : 'low',
  };
}

/** The function is an operation that one caller calls with interrupts off, though others do not. */
function offSometimes(locks: FunctionLocks, event: LockEvent, irq: 'irq' | 'bh'): Off | undefined {
  if (event.state.released.length > 0) return undefined;
  for (const { entry, path } of locks.effects.effects.program.storedIn(locks.ref)) {
    const field = `${entry.type}.${entry.field}`;
    const caller = callerWithIrqsOff.get(field);
    if (caller === undefined) continue;
    const text = `${locks.ref.name}() is stored as ${field}`;
    const step = { path, line: entry.line, function: entry.table, text };
    return {
      because: `${caller} calls ${field} with them off`,
      steps: [step],
      // spin_unlock_bh() does it where a softirq waits, and in builds that look for it.
      confidence: irq === 'irq' ? 'high' : 'medium',
      isSometimes: true,
    };
  }
  return undefined;
}

/** Timers and completions that some run in softirqs, with interrupts on. */
const isUncertain = ({ context, steps }: Entry): boolean =>
  context === 'irq work' || steps.some(({ text }) => /hrtimer|urb|usb_|\.complete\b/.test(text));

function report(locks: FunctionLocks, event: LockEvent, lock: Held, taken: Held, off: Off): void {
  const name = calleeName(locks.body.flow, event.call);
  const text = locks.text(lock);
  locks.report({
    rule: irqInversion,
    confidence: off.confidence,
    position: event.position,
    identity: `on again ${lock.lockClass || text}`,
    message: `${name}(${text}) switches interrupts on here, which ${off.isSometimes ? 'may be' : 'were'} off before: ${off.because}.`,
    explanation: `What counts on them being off is open to interrupts from here on: a handler that takes the same lock spins for ever. Take ${text} with spin_lock_irqsave() and release it with spin_unlock_irqrestore(), which leave interrupts as they were.`,
    trace: [
      ...off.steps,
      locks.stepOfTaking(taken),
      locks.step(lineOf(event.position), `${name}() switches interrupts on`),
    ],
  });
}
