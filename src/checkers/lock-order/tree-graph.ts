/** The lock graph of a whole tree with the dependencies of the audited functions over it. */
import type { LockEffects } from '../../effects/locks/lock-effects.ts';
import type { EffectStore } from '../../effects/stores.ts';
import type { TreeDependency, TreeLockGraph } from '../../effects/tree/lock-graph.ts';
import type { FunctionRef } from '../../index/program.ts';
import { callbackOf, callbacks } from '../../kernel/callbacks.ts';
import type { Step } from '../checker.ts';
import { acquisitionSteps } from './causes.ts';
import { dependenciesOf } from './dependencies.ts';
import { FunctionLocks } from './function-locks.ts';
import { type Dependency, isStrong, type LockGraph } from './graph.ts';

/** Locks in a cycle that is searched: the more there are, the less likely is it that each pair means the same objects. */
const LONGEST = 3;

export class TreeGraph {
  readonly #effects: LockEffects;
  readonly #store: EffectStore;
  readonly #tree: TreeLockGraph;
  readonly #own: LockGraph;
  readonly #isAudited: (ref: FunctionRef) => boolean;
  readonly #under = new Map<string, readonly Dependency[]>();
  readonly #over = new Map<string, readonly Dependency[]>();

  /** `own`: the dependencies of the audited functions as they are now; what `store` says of these does not count where their file is changed. */
  constructor(
    effects: LockEffects,
    store: EffectStore,
    own: LockGraph,
    isAudited: (ref: FunctionRef) => boolean,
  ) {
    this.#effects = effects;
    this.#store = store;
    this.#tree = store.lockGraph;
    this.#own = own;
    this.#isAudited = isAudited;
  }

  /** Functions of the tree, as it was before any change, that take `to` under `from`. */
  follows(from: string, to: string): number {
    return this.#tree.between(from, to).reduce((sum, { count }) => sum + count, 0);
  }

  /** Whether objects of a class have several classes in lockdep. */
  isSplit(lock: string): boolean {
    return this.#tree.isSplit(lock);
  }

  /** What is taken under `lock`. */
  under(lock: string): readonly Dependency[] {
    return remember(this.#under, lock, () => [
      ...this.#own.under(lock),
      ...this.#fromTree(this.#tree.under(lock)),
    ]);
  }

  /** What `lock` is taken under. */
  over(lock: string): readonly Dependency[] {
    return remember(this.#over, lock, () => [
      ...this.#own.over(lock),
      ...this.#fromTree(this.#tree.over(lock)),
    ]);
  }

  /** The surest of the shortest cycles through `through`, which comes first; undefined where there is none. */
  cycle(through: Dependency, longest = LONGEST): readonly Dependency[] | undefined {
    const [start, end] = [through.to.lock, through.from.lock];
    if (start === end) return undefined;
    const closes = (chain: readonly Dependency[]): boolean =>
      chain.every((d, n) => isStrong(chain[n - 1] ?? through, d)) &&
      isStrong(chain.at(-1) ?? through, through);
    const direct = this.#between(start, end).map((d) => [d]);
    const found = surest(direct.filter(closes));
    if (found !== undefined || longest < 3) return found && [through, ...found];
    const last = Map.groupBy(this.over(end), (d) => d.from.lock);
    const chains = this.under(start).flatMap((first) =>
      (last.get(first.to.lock) ?? []).map((second) => [first, second]),
    );
    const longer = surest(chains.filter(closes));
    return longer && [through, ...longer];
  }

  /** Whether one of these files has a function that is not audited and takes the two locks in this order. */
  isMadeBeside({ from, to }: Pick<Dependency, 'from' | 'to'>, paths: ReadonlySet<string>): boolean {
    const { program } = this.#effects.effects;
    return this.#tree.between(from.lock, to.lock).some(({ witnesses }) =>
      witnesses.some(({ number }) => {
        const here = this.#store.witness(number);
        if (here < 0 || !paths.has(this.#placeOf(here) ?? '')) return false;
        const ref = program.definition(here);
        return ref !== undefined && !this.#isAudited(ref);
      }),
    );
  }

  /** Path of a function of the tree that still does what it did: those that are audited are known anew. */
  #placeOf(number: number): string | undefined {
    const { program } = this.#effects.effects;
    const path = program.pathOfDefinition(number);
    if (path !== undefined) return path;
    const now = program.definition(number);
    return now === undefined || this.#isAudited(now) ? undefined : now.path;
  }

  #between(from: string, to: string): readonly Dependency[] {
    return [
      ...this.#own.under(from).filter((d) => d.to.lock === to),
      ...this.#fromTree(this.#tree.between(from, to)),
    ];
  }

  #fromTree(edges: readonly TreeDependency[]): readonly Dependency[] {
    const { program } = this.#effects.effects;
    return edges.flatMap((edge) => {
      const { from, to, weight, count } = edge;
      for (const { number } of edge.witnesses) {
        const here = this.#store.witness(number);
        const place = here < 0 ? undefined : this.#placeOf(here);
        if (place === undefined) continue;
        const witness = (): readonly Step[] => {
          const ref = program.definition(here);
          return ref === undefined ? [] : witnessSteps(this.#effects, ref, edge);
        };
        return [lazily({ from, to, weight, count, place }, witness)];
      }
      return [];
    });
  }
}

function remember<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}

function surest(chains: readonly (readonly Dependency[])[]): readonly Dependency[] | undefined {
  const weigh = (chain: readonly Dependency[]): number => chain.reduce((product, d) => product * d.weight, 1);
  let found: readonly Dependency[] | undefined;
  for (const chain of chains) if (found === undefined || weigh(chain) > weigh(found)) found = chain;
  return found;
}

/** A dependency whose witness is made when somebody reads it: it takes a walk through the function. */
function lazily(parts: Omit<Dependency, 'witness'>, make: () => readonly Step[]): Dependency {
  let made: readonly Step[] | undefined;
  return {
    ...parts,
    get witness() {
      made ??= make();
      return made;
    },
  };
}

/** The steps with which a function of the tree makes a dependency. */
function witnessSteps(
  effects: LockEffects,
  ref: FunctionRef,
  { from, to }: Pick<Dependency, 'from' | 'to'>,
): readonly Step[] {
  if (ref.fact.flow === undefined) return [];
  const same = dependenciesOf(new FunctionLocks(effects, ref))
    .filter((d) => d.from.lock === from.lock && d.to.lock === to.lock)
    .sort((x, y) => y.weight - x.weight);
  const called = () => (isOfCallback(from.lock) ? callbackSteps(effects, ref, from.lock, to.lock) : []);
  return same[0]?.witness ?? called();
}

const isOfCallback = (lock: string): boolean => callbacks.some((callback) => callback.lock === lock);

/** The function is called with a lock held, through the field in which the tree stores it. */
function callbackSteps(effects: LockEffects, ref: FunctionRef, held: string, lock: string): readonly Step[] {
  const acquired = effects
    .summary(ref)
    .acquires.filter((a) => a.lockClass === lock && a.blocks)
    .sort((x, y) => x.cause.depth - y.cause.depth)[0];
  const stored = effects.effects.program
    .storedIn(ref)
    .find(({ entry: { type, field } }) => callbackOf(type, field)?.lock === held);
  if (acquired === undefined || stored === undefined) return [];
  const { entry, path } = stored;
  const caller = callbackOf(entry.type, entry.field)?.caller;
  const text = `${caller} calls ${entry.type}.${entry.field}, which is ${ref.name}()`;
  return [
    { path, line: entry.line, function: ref.name, text },
    ...acquisitionSteps(effects, acquired, ref.name, ref.path),
  ];
}
