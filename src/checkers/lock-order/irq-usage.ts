/** Which lock classes are taken in interrupts by the code around some files, as lockdep marks them IN-HARDIRQ and IN-SOFTIRQ. */
import { isSpinning } from '../../effects/locks/held.ts';
import type { LockEffects } from '../../effects/locks/lock-effects.ts';
import type { Acquired } from '../../effects/locks/lock-summary.ts';
import type { LockMode } from '../../kernel/locks.ts';
import type { Step } from '../checker.ts';
import { acquisitionSteps } from './causes.ts';
import type { Handler, Handlers } from './handlers.ts';

export type Interrupt = 'hardirq' | 'softirq';

/** Who takes a lock in an interrupt. */
export interface IrqUse {
  readonly interrupt: Interrupt;
  readonly mode: LockMode;
  /** What tells that it is taken there: `handler() takes it in hardirq context`. */
  readonly says: string;
  /** FunctionRef.id of the function that runs in the interrupt, '' where it is not known. */
  readonly id: string;
  /** Only the habit of other functions tells it. */
  readonly isHabit?: true;
  /** On PREEMPT_RT a thread runs it. */
  readonly isIrqWork: boolean;
  readonly depth: number;
  readonly conditional: boolean;
  /** From the registration to the taking. */
  readonly steps: readonly Step[];
}

/** Calls between a handler and the lock. */
const MAX_DEPTH = 4;

export class IrqUsage {
  readonly #effects: LockEffects;
  readonly #handlers: Handlers;
  readonly #uses = new Map<string, { handler: Handler; interrupt: Interrupt; acquired: Acquired }[]>();

  constructor(effects: LockEffects, handlers: Handlers) {
    this.#effects = effects;
    this.#handlers = handlers;
    for (const handler of handlers.all) {
      const interrupt = interruptOf(handler);
      if (interrupt === undefined) continue;
      for (const acquired of effects.summary(handler.ref).acquires) {
        const { lockClass, kind, blocks, cause } = acquired;
        if (!blocks || lockClass === '' || !isSpinning(kind) || cause.depth > MAX_DEPTH) continue;
        const uses = this.#uses.get(lockClass) ?? [];
        const known = uses.findIndex((use) => use.interrupt === interrupt);
        const other = uses[known];
        if (other === undefined) uses.push({ interrupt, handler, acquired });
        else if (isSurer(acquired, other.acquired)) uses[known] = { interrupt, handler, acquired };
        this.#uses.set(lockClass, uses);
      }
    }
  }

  /** Who takes locks of this class in interrupts, at most one of each kind. */
  of(lockClass: string): readonly IrqUse[] {
    const given = this.#handlers.irqSafe(lockClass);
    const found = (this.#uses.get(lockClass) ?? []).map(({ handler, interrupt, acquired }): IrqUse => {
      const { cause, mode } = acquired;
      const first = {
        path: handler.ref.path,
        line: cause.line,
        function: handler.ref.name,
        text: cause.depth === 0 ? `${lockClass} is taken in ${interrupt} context` : `calls ${cause.callee}()`,
      };
      const below =
        cause.depth === 0 ? [] : acquisitionSteps(this.#effects, acquired, cause.callee, cause.calleePath);
      return {
        interrupt,
        mode,
        says: `${handler.ref.name}() takes it in ${interrupt} context`,
        id: handler.ref.id,
        isIrqWork: handler.context === 'irq work',
        depth: cause.depth,
        conditional: cause.conditional !== false,
        steps: [handler.step, first, ...below],
      };
    });
    if (given === undefined) return found;
    const use: IrqUse = {
      interrupt: 'hardirq',
      mode: 'write',
      says: 'the code that it was given to takes it in hardirq context',
      id: '',
      isIrqWork: false,
      depth: 0,
      conditional: false,
      steps: [given],
    };
    return [use, ...found.filter(({ interrupt }) => interrupt !== 'hardirq')];
  }
}

function interruptOf({ context }: Handler): Interrupt | undefined {
  if (context === 'hardirq' || context === 'irq work') return 'hardirq';
  return context === 'softirq' ? 'softirq' : undefined;
}

const isSurer = (a: Acquired, b: Acquired): boolean =>
  Number(a.cause.conditional !== false) * 10 + a.cause.depth <
  Number(b.cause.conditional !== false) * 10 + b.cause.depth;
