/** What the lock graph of a tree says of a lock: for people who ask why. */
import type { EffectStore } from '../../effects/stores.ts';
import type { TreeDependency } from '../../effects/tree/lock-graph.ts';
import type { Program } from '../../index/program.ts';

/** An order between a lock and another. */
export interface LockNeighbour {
  readonly lock: string;
  /** 0 to 1: how sure it is that the order happens. */
  readonly weight: number;
  /** Functions that follow it. */
  readonly count: number;
  /** One that does. */
  readonly witness: { readonly path: string; readonly line: number; readonly function: string } | undefined;
}

export interface LockNeighbourhood {
  readonly lock: string;
  /** What is taken while it is held, the surest first. */
  readonly under: readonly LockNeighbour[];
  /** What it is taken under, the surest first. */
  readonly over: readonly LockNeighbour[];
}

/**
 * Lock classes that a name may mean: the class itself ('struct foo.lock', 'mm/slab.c:slab_mutex'), or all whose
 * member or variable it is ('slab_mutex').
 */
export function lockClassesNamed(store: EffectStore, name: string): readonly string[] {
  const { locks } = store.lockGraph;
  if (locks.includes(name)) return [name];
  return locks.filter((lock) => lock.endsWith(`.${name}`) || lock.endsWith(`:${name}`));
}

/** What is taken under a lock class, and what it is taken under; the surest first. */
export function lockNeighbours(program: Program, store: EffectStore, lock: string): LockNeighbourhood {
  const { lockGraph } = store;
  const side = (edges: readonly TreeDependency[], end: 'from' | 'to'): readonly LockNeighbour[] => {
    const found = new Map<string, LockNeighbour>();
    for (const edge of edges) {
      const other = edge[end].lock;
      const known = found.get(other);
      const best = known !== undefined && known.weight >= edge.weight ? known : toNeighbour(other, edge);
      found.set(other, { ...best, count: (known?.count ?? 0) + edge.count });
    }
    return [...found.values()].sort((x, y) => y.weight - x.weight || y.count - x.count);
  };
  const toNeighbour = (other: string, { weight, count, witnesses }: TreeDependency): LockNeighbour => {
    const [first] = witnesses;
    const ref = first && program.definition(store.witness(first.number));
    return {
      lock: other,
      weight,
      count,
      witness: ref && first && { path: ref.path, line: first.line, function: ref.name },
    };
  };
  return { lock, under: side(lockGraph.under(lock), 'to'), over: side(lockGraph.over(lock), 'from') };
}
