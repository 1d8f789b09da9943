/**
 * The lock graph around some files: what they, the files beside them and whatever reclaim calls do. A deadlock
 * is nearly always between functions of one driver or subsystem, with reclaim or a notifier to close the ring.
 */
import type { LockEffects } from '../../effects/locks/lock-effects.ts';
import { isTakenUnder } from '../../effects/locks/lock-summary.ts';
import type { EffectStore } from '../../effects/stores.ts';
import { callbacks } from '../../kernel/callbacks.ts';
import { acquisitionSteps } from './causes.ts';
import { dependenciesForCallers, dependenciesOf, type PlacedDependency } from './dependencies.ts';
import { FunctionLocks } from './function-locks.ts';
import { LockGraph } from './graph.ts';
import type { Surroundings } from './surroundings.ts';
import { TreeGraph } from './tree-graph.ts';

/** Files beside an audited one that are read for it. */
const MAX_SIBLINGS = 80;

/** What a search for cycles asks of a graph. */
export type OrderGraph = Pick<LockGraph, 'cycle' | 'follows' | 'isSplit'>;

export interface Neighbourhood {
  readonly graph: OrderGraph;
  /** The dependencies that the audited files make themselves. */
  readonly own: readonly PlacedDependency[];
}

/**
 * The graph of a whole tree: what the audited functions do is laid over what the tree's did. An order that a function
 * beside them makes too is there on both sides of a change, and none of their own.
 */
export function wholeTree(
  effects: LockEffects,
  store: EffectStore,
  audited: readonly FunctionLocks[],
  surroundings: Surroundings,
): Neighbourhood {
  const over = new LockGraph();
  const own = audited.flatMap((locks) => dependenciesOf(locks));
  for (const dependency of own) over.add(dependency);
  const goesOn = (lock: string) => store.lockGraph.countUnder(lock) > 0 || over.under(lock).length > 0;
  const forCallers = audited.flatMap((locks) => dependenciesForCallers(locks, surroundings, goesOn));
  for (const dependency of forCallers) over.add(dependency);
  const ids = new Set(audited.map(({ ref }) => ref.id));
  const graph = new TreeGraph(effects, store, over, ({ id }) => ids.has(id));
  const all = [...own, ...forCallers];
  return { graph, own: all.filter((dependency) => !graph.isMadeBeside(dependency, surroundings.paths)) };
}

/** `audited`: the functions of the audited files that touch locks. */
export function neighbourhood(
  effects: LockEffects,
  paths: readonly string[],
  audited: readonly FunctionLocks[],
  surroundings: Surroundings,
): Neighbourhood {
  const graph = new LockGraph();
  const own = audited.flatMap((locks) => [
    ...dependenciesOf(locks),
    ...dependenciesForCallers(locks, surroundings, () => true),
  ]);
  for (const dependency of own) graph.add(dependency);
  if (own.length === 0) return { graph, own };
  const { program } = effects.effects;
  const around = new Set(
    paths.flatMap((path) => program.siblings(path).filter(isSource).slice(0, MAX_SIBLINGS)),
  );
  for (const path of paths) around.delete(path);
  for (const path of around) {
    for (const locks of functionsWithLocks(effects, path)) {
      for (const dependency of dependenciesOf(locks)) graph.add(dependency);
    }
  }
  addCallbacks(effects, graph, new Set([...paths, ...around]));
  return { graph, own };
}

const isSource = (path: string): boolean => path.endsWith('.c');

/** The functions of a file whose paths touch locks. */
const functionsWithLocks = (effects: LockEffects, path: string): readonly FunctionLocks[] =>
  functionsOf(effects, path).filter((locks) => locks.body.events.length > 0);

/** All functions of a file that have a body. */
export const functionsOf = (effects: LockEffects, path: string): readonly FunctionLocks[] =>
  effects.effects.program
    .definitions(path)
    .filter(({ fact }) => fact.flow !== undefined)
    .map((ref) => new FunctionLocks(effects, ref));

/** All that the functions take which are called with a lock held, they take under that. */
function addCallbacks(effects: LockEffects, graph: LockGraph, near: ReadonlySet<string>): void {
  for (const { type, field, lock, mode, caller } of callbacks) {
    for (const { ref, entry, path } of effects.effects.program.stored(type, field)) {
      if (!near.has(ref.path)) continue;
      for (const acquired of effects.summary(ref).acquires) {
        if (!isTakenUnder(lock, acquired)) continue;
        graph.add({
          from: { lock, mode },
          to: { lock: acquired.lockClass, mode: acquired.mode },
          witness: [
            {
              path,
              line: entry.line,
              function: ref.name,
              text: `${caller} calls ${type}.${field}, which is ${ref.name}()`,
            },
            ...acquisitionSteps(effects, acquired, ref.name, ref.path),
          ],
          weight: 0.8 ** acquired.far,
          count: 1,
          place: ref.path,
        });
      }
    }
  }
}
