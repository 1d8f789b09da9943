/** The lock graph of a tree as one walks through it: find a lock, see its neighbours, follow an order into the code. */
import { lockEffectsOf } from '../../effects/locks/lock-effects.ts';
import type { EffectStore } from '../../effects/stores.ts';
import type { TreeDependency } from '../../effects/tree/lock-graph.ts';
import type { Program } from '../../index/program.ts';
import type { Step } from '../checker.ts';
import { LockGraph } from './graph.ts';
import { TreeGraph } from './tree-graph.ts';

/** Which orders are shown. */
export interface OrderFilter {
  /** Only where a function below this folder follows it; '' for all. */
  readonly directory: string;
  /** 0 to 1: how sure it must be that the order happens. */
  readonly least: number;
  /** Orders on each side, at most, and how many surer ones are left out before them. */
  readonly limit: number;
  readonly skip: number;
}

/** An order between a lock and another. */
export interface Order {
  readonly lock: string;
  /** 0 to 1. */
  readonly weight: number;
  /** Functions that follow it. */
  readonly count: number;
  /** One that does. */
  readonly function: string;
  readonly path: string;
  readonly line: number;
}

export interface Side {
  /** The surest first. */
  readonly orders: readonly Order[];
  /** How many the filter lets through. */
  readonly total: number;
}

export interface Exploration {
  readonly lock: string;
  /** What is taken while it is held, and what it is taken under. */
  readonly under: Side;
  readonly over: Side;
}

/** The neighbours of a lock class. Functions are looked up only of those that are shown. */
export function explore(
  program: Program,
  store: EffectStore,
  lock: string,
  { directory, least, limit, skip }: OrderFilter,
): Exploration {
  const folder = directory.replace(/\/*$/, '/');
  const witnessOf = ({ witnesses }: TreeDependency) => {
    for (const witness of witnesses) {
      const number = store.witness(witness.number);
      const path = number < 0 ? undefined : program.pathOfDefinition(number);
      if (path !== undefined && (folder === '/' || path.startsWith(folder)))
        return { number, path, line: witness.line };
    }
    return undefined;
  };
  const side = (edges: readonly TreeDependency[], end: 'from' | 'to'): Side => {
    const byLock = new Map<string, { edge: TreeDependency; count: number }>();
    for (const edge of edges) {
      if (edge.weight < least) continue;
      const known = byLock.get(edge[end].lock);
      const best = known !== undefined && known.edge.weight >= edge.weight ? known.edge : edge;
      byLock.set(edge[end].lock, { edge: best, count: (known?.count ?? 0) + edge.count });
    }
    const seen = [...byLock].flatMap(([other, { edge, count }]) => {
      const witness = witnessOf(edge);
      return witness === undefined ? [] : [{ other, count, weight: edge.weight, witness }];
    });
    seen.sort((a, b) => b.weight - a.weight || b.count - a.count || (a.other < b.other ? -1 : 1));
    const shown = seen.slice(skip, skip + limit);
    const orders = shown.map(({ other, count, weight, witness: { number, path, line } }) => {
      const name = program.definition(number)?.name ?? '';
      return { lock: other, weight, count, function: name, path, line };
    });
    return { orders, total: seen.length };
  };
  const { lockGraph } = store;
  return { lock, under: side(lockGraph.under(lock), 'to'), over: side(lockGraph.over(lock), 'from') };
}

/** How an order is seen: the steps from taking the first lock to taking the second. */
export interface OrderWitness {
  readonly weight: number;
  readonly count: number;
  readonly steps: readonly Step[];
}

/** The witnesses of an order, one for each way in which the two locks are taken (reading, writing). */
export function orderWitnesses(
  program: Program,
  store: EffectStore,
  from: string,
  to: string,
): readonly OrderWitness[] {
  const graph = new TreeGraph(lockEffectsOf(program), store, new LockGraph(), () => false);
  return graph
    .under(from)
    .filter((dependency) => dependency.to.lock === to)
    .map(({ weight, count, witness }) => ({ weight, count, steps: witness }));
}

/** A lock class and how many others it is ordered with. */
export interface FoundLock {
  readonly lock: string;
  readonly under: number;
  readonly over: number;
}

/**
 * Lock classes in whose name a text is, those first of which it is the last name; without a text those with the most
 * neighbours.
 */
export function searchLocks(store: EffectStore, text: string, limit: number): readonly FoundLock[] {
  const { lockGraph } = store;
  const wanted = text.trim().toLowerCase();
  const isName = (lock: string) =>
    lock === wanted || lock.endsWith(`.${wanted}`) || lock.endsWith(`:${wanted}`);
  return lockGraph.locks
    .filter((lock) => lock.toLowerCase().includes(wanted))
    .map((lock) => ({ lock, under: lockGraph.countUnder(lock), over: lockGraph.countOver(lock) }))
    .sort(
      (a, b) =>
        Number(isName(b.lock.toLowerCase())) - Number(isName(a.lock.toLowerCase())) ||
        b.under + b.over - (a.under + a.over),
    )
    .slice(0, limit);
}
