/** What rules of one function are given of the tree around it. Each part is made when it is first asked for. */
import type { LockEffects } from '../../effects/locks/lock-effects.ts';
import { EntryPoints } from './entries.ts';
import { Handlers } from './handlers.ts';
import { IrqUsage } from './irq-usage.ts';

export class Surroundings {
  /** Paths of the audited files. */
  readonly paths: ReadonlySet<string>;
  readonly entries: EntryPoints;
  readonly #effects: LockEffects;
  #handlers: Handlers | undefined;
  #irqUsage: IrqUsage | undefined;

  constructor(effects: LockEffects, paths: readonly string[]) {
    this.#effects = effects;
    this.paths = new Set(paths);
    this.entries = new EntryPoints(effects);
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
}
