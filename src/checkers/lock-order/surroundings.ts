/** What rules of one function are given of the tree around it. Each part is made when it is first asked for. */
import { Expr, type Flow } from '../../c/flow.ts';
import type { LockEffects } from '../../effects/locks/lock-effects.ts';
import type { FunctionRef } from '../../index/program.ts';
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

  /** `audited`: the functions of the files `paths`; `touched`: those that a change touches, where there is one. */
  constructor(
    effects: LockEffects,
    paths: readonly string[],
    audited: readonly FunctionLocks[],
    touched?: readonly FunctionRef[],
  ) {
    this.#effects = effects;
    this.#audited = audited;
    this.paths = new Set(paths);
    const below = touched && namesBelow(effects, paths, touched);
    this.entries = new EntryPoints(effects, below && (({ name }) => below.has(name)));
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

/**
 * Names of the touched functions and of those in the audited files that they call, themselves or below: what a change
 * does to the way in which functions are entered, it does to these.
 */
function namesBelow(
  { effects }: LockEffects,
  paths: readonly string[],
  touched: readonly FunctionRef[],
): ReadonlySet<string> {
  const defined = Map.groupBy(
    paths.flatMap((path) => effects.program.definitions(path)),
    ({ name }) => name,
  );
  const below = new Set(touched.map(({ name }) => name));
  for (const name of below) {
    for (const { fact } of defined.get(name) ?? [])
      for (const called of globalsOf(fact.flow)) if (defined.has(called)) below.add(called);
  }
  return below;
}

/** What a body refers to outside of itself: functions that it calls or hands on, and variables. */
function* globalsOf(flow: Flow | undefined): Generator<string> {
  if (flow === undefined) return;
  for (const [e, op] of flow.exprOp.entries())
    if (op === Expr.Global) yield flow.names[flow.exprA[e] as number] ?? '';
}
