/**
 * The lock graph: lock classes and the dependencies between them, and the search for a cycle through one
 * dependency. The rules for readers are lockdep's (Documentation/locking/lockdep-design.rst, "Recursive
 * read locks" and "Dependency types and strong dependency paths").
 */
import type { LockUse } from '../../effects/locks/dependencies.ts';
import type { Step } from '../checker.ts';

/** `to` was taken, or waited for, while `from` was held. */
export interface Dependency {
  readonly from: LockUse;
  readonly to: LockUse;
  /** From taking `from` to taking `to`: one step a call. */
  readonly witness: readonly Step[];
  /** 0 to 1: how sure it is that this order happens at run time. */
  readonly weight: number;
  /** Functions that follow this order, as far as they are known. */
  readonly count: number;
  /** Path of the file in which it is seen. */
  readonly place: string;
}

/**
 * Whether a chain may go on from `earlier` to `later`. A recursive reader never waits for another reader:
 * after -(*R)-> nothing may follow that begins with a shared lock, -(S*)->. All other pairs are strong.
 */
export const isStrong = (earlier: Dependency, later: Dependency): boolean =>
  !(earlier.to.mode === 'recursive' && later.from.mode !== 'write');

const keyOf = (d: Dependency): string => `${d.from.lock}\0${d.to.lock}\0${d.from.mode}\0${d.to.mode}`;

/** The dependencies of a tree. Of equal ones (same locks, same modes) the one with the most weight is kept. */
export class LockGraph {
  readonly #byFrom = new Map<string, Map<string, Dependency>>();
  readonly #byTo = new Map<string, Map<string, Dependency>>();
  readonly #witnesses = new Map<string, number>();

  add(dependency: Dependency): void {
    const key = keyOf(dependency);
    this.#witnesses.set(key, (this.#witnesses.get(key) ?? 0) + 1);
    const known = this.#byFrom.get(dependency.from.lock)?.get(key);
    if (known !== undefined && known.weight >= dependency.weight) return;
    for (const [index, lock] of [
      [this.#byFrom, dependency.from.lock],
      [this.#byTo, dependency.to.lock],
    ] as const) {
      const row = index.get(lock) ?? new Map<string, Dependency>();
      row.set(key, dependency);
      index.set(lock, row);
    }
  }

  /** Functions that take `to` under `from`. */
  follows(from: string, to: string): number {
    return this.under(from)
      .filter((d) => d.to.lock === to)
      .reduce((sum, d) => sum + this.count(d), 0);
  }

  /** A few files don't tell whether objects of a class have several classes in lockdep. */
  isSplit(_lock: string): boolean {
    return false;
  }

  /** What is taken under `lock`. */
  under(lock: string): readonly Dependency[] {
    return [...(this.#byFrom.get(lock)?.values() ?? [])];
  }

  /** What `lock` is taken under. */
  over(lock: string): readonly Dependency[] {
    return [...(this.#byTo.get(lock)?.values() ?? [])];
  }

  /** How many places take these two locks in this order and these modes. */
  count(dependency: Dependency): number {
    return this.#witnesses.get(keyOf(dependency)) ?? 0;
  }

  /**
   * The shortest cycle through `through` (which need not be in the graph): `through` first, then the
   * dependencies that lead from its end back to its beginning. Undefined where there is none of at most
   * `longest` dependencies. Among equally short ones the heaviest edges are tried first.
   */
  cycle(through: Dependency, longest = 6): readonly Dependency[] | undefined {
    if (through.from.lock === through.to.lock) return undefined;
    // A state is the last dependency taken: whether a chain may go on depends on how it arrived.
    const previous = new Map<Dependency, Dependency | undefined>([[through, undefined]]);
    let frontier: Dependency[] = [through];
    for (let length = 2; length <= longest && frontier.length > 0; length++) {
      const next: Dependency[] = [];
      for (const last of frontier) {
        const candidates = this.under(last.to.lock).toSorted((a, b) => b.weight - a.weight);
        for (const step of candidates) {
          if (previous.has(step) || !isStrong(last, step)) continue;
          previous.set(step, last);
          if (step.to.lock === through.from.lock) {
            if (isStrong(step, through)) return chain(step, previous);
          } else next.push(step);
        }
      }
      frontier = next;
    }
    return undefined;
  }
}

/** The dependencies from the first of a search to `last`, in order. */
const chain = (
  last: Dependency,
  previous: ReadonlyMap<Dependency, Dependency | undefined>,
): readonly Dependency[] => {
  const found: Dependency[] = [];
  for (let step: Dependency | undefined = last; step !== undefined; step = previous.get(step))
    found.push(step);
  return found.reverse();
};
