/** What rules of one function are given of the tree around it. Each part is made when it is first asked for. */
import type { LockEffects } from '../../effects/locks/lock-effects.ts';
import { folderOf } from '../../index/folder.ts';
import type { ChangeScope } from '../checker.ts';
import { areaOf } from './areas.ts';
import { EntryPoints } from './entries.ts';
import type { FunctionLocks } from './function-locks.ts';
import { Handlers } from './handlers.ts';
import { IrqHabits } from './irq-habits.ts';
import { IrqUsage } from './irq-usage.ts';

/** `drivers/base/dd.c:deferred_probe_work`, `*kernel/async.c:async_done`. */
const OF_FILE = /^\*?([\w./+-]+\.[ch]):/;

export class Surroundings {
  /** Paths of the audited files. */
  readonly paths: ReadonlySet<string>;
  readonly entries: EntryPoints;
  readonly #effects: LockEffects;
  /** By area, as the next two. */
  readonly #pathsOf: ReadonlyMap<string, readonly string[]>;
  readonly #handlers = new Map<string, Handlers>();
  readonly #irqUsage = new Map<string, IrqUsage>();
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
    this.#pathsOf = Map.groupBy(this.paths, areaOf);
    // What a change does to the way in which functions are entered, it does to those below the ones that it touches.
    this.entries = new EntryPoints(effects, scope && ((ref) => scope.isBelowTouched(ref)));
  }

  /** The handlers that the audited files of an area, that of `path`, and those beside them register. */
  handlers(path: string): Handlers {
    const area = areaOf(path);
    let handlers = this.#handlers.get(area);
    if (handlers === undefined) {
      handlers = new Handlers(this.#effects.effects.program, this.#pathsOf.get(area) ?? []);
      this.#handlers.set(area, handlers);
    }
    return handlers;
  }

  /**
   * Whether these can be handlers of an object: not of one that another folder's file has for itself. Asked before they
   * are looked for.
   */
  mayHandle(object: string): boolean {
    const [, file] = OF_FILE.exec(object) ?? [];
    if (file === undefined) return object !== '';
    return [...this.paths].some((path) => folderOf(path) === folderOf(file));
  }

  /** The locks that those of them that run in interrupts take. */
  irqUsage(path: string): IrqUsage {
    const area = areaOf(path);
    let usage = this.#irqUsage.get(area);
    if (usage === undefined) {
      usage = new IrqUsage(this.#effects, this.handlers(path));
      this.#irqUsage.set(area, usage);
    }
    return usage;
  }

  /** The locks that the audited functions take with interrupts off. */
  get irqHabits(): IrqHabits {
    this.#irqHabits ??= new IrqHabits(this.#audited);
    return this.#irqHabits;
  }
}
