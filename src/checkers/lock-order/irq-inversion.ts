import { lineOf } from '../../c/flow.ts';
import { calleeName } from '../../effects/flow-expressions.ts';
import { type Held, isSpinning } from '../../effects/locks/held.ts';
import type { LockEvent } from '../../effects/locks/lock-domain.ts';
import { folderOf } from '../../index/folder.ts';
import { ATOMIC_CONTEXTS, type Context } from '../../kernel/contexts.ts';
import { nestedClasses } from '../../kernel/locks.ts';
import type { Confidence, Rule, Step } from '../checker.ts';
import { areFarApart } from './areas.ts';
import type { Entry } from './entry.ts';
import type { FunctionLocks } from './function-locks.ts';
import type { Interrupt, IrqUse } from './irq-usage.ts';
import { sleepsOf } from './sleeps.ts';
import type { Surroundings } from './surroundings.ts';

export const irqInversion: Rule = {
  id: 'lock-order/irq-inversion',
  severity: 'error',
  summary:
    'A lock that an interrupt handler takes is taken with that interrupt enabled: the handler can spin on its own CPU for ever.',
  source:
    'Documentation/locking/lockdep-design.rst, "Single-lock state rules"; kernel/locking/lockdep.c, print_usage_bug()',
};

/** A lock that is taken with an interrupt enabled in which some handler takes it too. */
export function findIrqInversion(locks: FunctionLocks, around: Surroundings): void {
  for (const event of locks.body.events) {
    const { lock } = event;
    if (event.kind !== 'acquire' || lock === undefined || event.blocks === false) continue;
    if (lock.lockClass === '' || !isSpinning(lock.kind) || nestedClasses.has(lock.lockClass)) continue;
    const uses = around
      .irqUsage(locks.ref.path)
      .of(lock.lockClass)
      .filter(({ id, steps: [first] }) => id !== locks.ref.id && isNear(locks.ref.path, first));
    const habit = uses.some(({ interrupt }) => interrupt === 'hardirq')
      ? undefined
      : around.irqHabits.of(lock.lockClass, locks);
    for (const use of habit === undefined ? uses : [...uses, habit]) {
      if (isOff(event, use.interrupt)) continue;
      if (lock.mode !== 'write' && use.mode !== 'write') continue;
      const enabled = whereEnabled(locks, event, use, around);
      if (enabled !== undefined) report(locks, event, lock, use, enabled);
    }
  }
}

/** A handler of another subsystem takes the lock of its own object, though the two lie in a struct that both have. */
const isNear = (path: string, handler: Step | undefined): boolean =>
  handler === undefined || !areFarApart([path, handler.path]);

/** Whether the interrupt is off when the lock is taken, by what the function has done itself or by the taking. */
function isOff({ state, stops }: LockEvent, interrupt: Interrupt): boolean {
  if (state.hardirq > 0 || stops === 'hardirq') return true;
  return interrupt === 'softirq' && (state.softirq > 0 || stops === 'softirq');
}

/** Why the interrupt is on: what says that this is a process, and the steps to it. */
interface Enabled {
  readonly because: string;
  readonly steps: readonly Step[];
  readonly entry: Entry | undefined;
}

function whereEnabled(
  locks: FunctionLocks,
  event: LockEvent,
  use: IrqUse,
  around: Surroundings,
): Enabled | undefined {
  const { interrupt } = use;
  const { all } = around.entries.of(locks.ref);
  const isOffIn = (entry: Entry): boolean =>
    entry.hardirq > 0 || (interrupt === 'softirq' && entry.softirq > 0);
  // What runs before the handler is there, or after it is gone, does not meet it.
  const later = all.filter((entry) => !isSetUp(entry, use));
  if (all.length > 0 && later.length === 0) return undefined;
  const process = later.find(
    (entry) =>
      !isOffIn(entry) &&
      !entry.doubtful &&
      (entry.context === undefined
        ? entry.held.some((held) => !isSpinning(held.kind) && held.kind !== 'rcu' && held.kind !== 'srcu')
        : !ATOMIC_CONTEXTS.has(entry.context)),
  );
  if (process !== undefined) {
    const [lock] = process.held;
    const because =
      process.context === undefined
        ? `${process.root}() holds ${lock?.lockClass || 'a lock'} that sleeps`
        : `${process.root}() runs in ${NAMES.get(process.context) ?? `a ${process.context}`}`;
    return { because, steps: process.steps, entry: process };
  }
  const off = later.filter(isOffIn);
  const [work] = off;
  if (work !== undefined && !use.isIrqWork && off.every((e) => e.context === 'irq work' && !e.doubtful)) {
    const because = `${work.root}() is an irq_work, which a thread runs on PREEMPT_RT`;
    return { because, steps: work.steps, entry: work };
  }
  if (work !== undefined) return undefined;
  // A lower interrupt is interrupted by a higher one.
  const soft =
    interrupt === 'hardirq'
      ? later.find((entry) => entry.context === 'softirq' && entry.hardirq === 0)
      : undefined;
  if (soft !== undefined)
    return { because: `${soft.root}() runs in softirq context`, steps: soft.steps, entry: soft };
  const sleeps = sleepsItself(locks, event);
  return sleeps && { because: `${sleeps.text} in this function`, steps: [sleeps], entry: undefined };
}

const NAMES: ReadonlyMap<Context, string> = new Map([
  ['process', 'a process'],
  ['init', 'a process, when its module is loaded'],
  ['threaded irq', 'the thread of an interrupt'],
]);

/**
 * Probing, removing and loading of what has the handler: it is not registered yet, or no longer. Others that are loaded
 * later find it there.
 */
function isSetUp({ context, steps }: Entry, use: IrqUse): boolean {
  const isOfHandler = (step: Step | undefined): boolean =>
    use.id === '' || folderOf(step?.path ?? '') === folderOf(use.steps[0]?.path ?? '');
  if (context === 'init' && isOfHandler(steps[0])) return true;
  // Who hands a function on while it sets up does not call it then.
  const isCalled = ({ text }: Step): boolean => !/ is handed to |^hands it to /.test(text);
  return steps.some(
    (s) => (SET_UP.test(s.text) || (isCalled(s) && SET_UP.test(`.${s.function}`))) && isOfHandler(s),
  );
}

const SET_UP =
  /\.(?:probe|remove|remove_new|attach|detach|shutdown|disconnect|bind|unbind|ndo_init|ndo_uninit)$|\.\w+_(?:probe|remove|init|exit|setup|attach|detach)$/;

/** A call in the function that may sleep on every path, with nothing that forbids it: interrupts are on. */
function sleepsItself(locks: FunctionLocks, event: LockEvent): Step | undefined {
  for (const other of locks.body.events) {
    if (other === event || other.isMerged || other.state.hardirq > 0 || other.state.softirq > 0) continue;
    if (other.state.held.length > 0 && other.kind !== 'acquire') continue;
    const sleep = sleepsOf(locks, other).find(
      (s) => !s.conditional && s.depth <= 1 && s.without.length === 0,
    );
    if (sleep !== undefined && !locks.isConditional(other.call))
      return locks.step(lineOf(other.position), `${sleep.what}() may sleep`);
  }
  return undefined;
}

function report(locks: FunctionLocks, event: LockEvent, lock: Held, use: IrqUse, enabled: Enabled): void {
  const { interrupt, says } = use;
  const name = locks.text(lock);
  const form = interrupt === 'hardirq' ? 'spin_lock_irqsave()' : 'spin_lock_bh()';
  const interrupts = interrupt === 'hardirq' ? 'interrupts' : 'softirqs';
  locks.report({
    rule: irqInversion,
    confidence: switchesItOff(locks, event) ? 'low' : confidenceOf(locks, event, use, enabled),
    position: event.position,
    identity: `${lock.lockClass} ${interrupt}`,
    message: `${name} is taken here with ${interrupts} enabled, and ${says}: inconsistent {IN-${interrupt.toUpperCase()}-W} -> {${interrupt.toUpperCase()}-ON-W} usage.`,
    explanation: `${scenario(lock.lockClass)}\n\n${interrupts[0]?.toUpperCase()}${interrupts.slice(1)} are on: ${enabled.because}. Take the lock with ${form} here.`,
    trace: [
      ...use.steps,
      ...enabled.steps,
      locks.step(lineOf(event.position), `${name} is taken with ${interrupts} on`),
    ],
  });
}

const scenario = (lock: string): string =>
  [
    'Possible unsafe locking scenario:',
    '',
    '  CPU0',
    '  ----',
    `  lock(${lock});`,
    '  <Interrupt>',
    `    lock(${lock});`,
    '',
    '  *** DEADLOCK ***',
  ].join('\n');

/** `disable_irq(dev->irq); spin_lock(&dev->lock);`: the handler of the device does not come then. */
const switchesItOff = ({ body: { flow } }: FunctionLocks, event: LockEvent): boolean =>
  flow.calls.some((_, call) => call < event.call && calleeName(flow, call).startsWith('disable_irq'));

function confidenceOf(locks: FunctionLocks, event: LockEvent, use: IrqUse, enabled: Enabled): Confidence {
  if (event.isMerged || event.lock?.through !== '') return 'low';
  if (use.conditional || use.depth > 3) return 'low';
  // That a file takes it with interrupts off says nothing of which interrupts meet in it.
  if (use.isHabit) return enabled.entry?.context === 'softirq' ? 'low' : 'medium';
  const { calls, fields } = enabled.entry ?? { calls: 0, fields: [] };
  // The operation of a driver takes what a handler beside it takes: both are of one device.
  const [stored] = fields;
  const isOwn =
    use.depth === 0 && fields.length === 1 && stored?.target.id === locks.ref.id && isBeside(locks, use);
  return use.depth + calls <= 3 && (fields.length === 0 || isOwn) ? 'high' : 'medium';
}

const isBeside = ({ ref }: FunctionLocks, { steps }: IrqUse): boolean =>
  steps.every(({ path }) => path === ref.path);
