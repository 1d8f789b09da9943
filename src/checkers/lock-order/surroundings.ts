/** What rules of one function are given of the tree around it. Each part is made when it is first asked for. */
import type { LockEffects } from '../../effects/locks/lock-effects.ts';
import type { ChangeScope } from '../checker.ts';
import { EntryPoints } from './entries.ts';
import type { FunctionLocks } from './function-locks.ts';
import { Handlers } from './handlers.ts';
import { IrqHabits } from './irq-habits.ts';
import { IrqUsage } from './irq-usage.ts';

export class Surroundings {
  /** Paths of the audited files. */
  readonly paths: ReadonlySet<string>;
  readonly entries: EntryPoints;
  readonly #effects: LockEffects;
  #handlers: Handlers | undefined;
  #irqUsage: IrqUsage | undefined;
  #irqHabits: IrqHabits | undefined;
  readonly #audited: readonly FunctionLocks[];

  /** `audited`: the functions of the files `paths`; `scope`: what a change has to do with, where there is one. */
  constructor(
    effects: LockEffects,
    paths: readonly string[],
    audited: readonly FunctionLocks[],
    scope?: ChangeScope,
  ) {
    this.#effects = effects;
    this.#audited = audited;
    this.paths = new Set(paths);
    // What a change does to the way in which functions are entered, it does to those below the ones that it touches.
    this.entries = new EntryPoints(effects, scope && ((ref) => scope.isBelowTouched(ref)));
  }

  /** The handlers that the audited files and those beside them register. */
  get handlers(): Handlers {
    this.#handlers ??= new Handlers(this.#effects.effects.program, [...this.paths]);
    return this.#handlers;
  }

  /** The locks that those of them that run in interrupts take. */
  get irqUsage(): IrqUsage {
    this.#irqUsage ??= new IrqUsage(this.#effects, this.handlers);
    return this.#irqUsage;
  }

  /** The locks that the audited functions take with interrupts off. */
  get irqHabits(): IrqHabits {
    this.#irqHabits ??= new IrqHabits(this.#audited);
    return this.#irqHabits;
  }
}
