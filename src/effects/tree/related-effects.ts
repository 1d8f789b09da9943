/**
 * The effects of a tree from those of another that hardly differs: the state before a merge. A function has
 * the effects that it had there, if its file is the same; the functions of other files are worked on when they
 * are asked for. What a changed callee does to the effects of others is not seen until they are computed anew.
 */

import { touch } from '../../index/fact-store.ts';
import { otherTreesWith } from '../../index/other-trees.ts';
import type { FunctionRef } from '../../index/program.ts';
import { TreeIndex } from '../../index/tree-index.ts';
import type { LockSummary } from '../locks/lock-summary.ts';
import type { EffectStore } from '../stores.ts';
import type { Summary } from '../summary.ts';
import { TreeLockGraph } from './lock-graph.ts';
import { TreeEffects } from './tree-effects.ts';
import { effectsName } from './version.ts';

/** Part of the files in which two trees may differ. */
const MOST_CHANGED = 0.05;
/** Trees that are looked at, the latest first. */
const MAX_CANDIDATES = 4;

class RelatedEffects implements EffectStore {
  readonly #index: TreeIndex;
  readonly #other: TreeIndex;
  readonly #effects: TreeEffects;

  /** `effects` are those of `other`. */
  constructor(index: TreeIndex, other: TreeIndex, effects: TreeEffects) {
    this.#index = index;
    this.#other = other;
    this.#effects = effects;
  }

  get lockGraph(): TreeLockGraph {
    return this.#effects.lockGraph;
  }

  summary(ref: FunctionRef): Summary | undefined {
    const number = this.#there(ref);
    return number < 0 ? undefined : this.#effects.summaryOf(number);
  }

  locks(ref: FunctionRef): LockSummary | undefined {
    const number = this.#there(ref);
    return number < 0 ? undefined : this.#effects.locksOf(number);
  }

  witness(number: number): number {
    const there = this.#other.fileOfFunction(number);
    const here = sameFile(this.#other, there, this.#index);
    if (here < 0) return -1;
    return this.#index.firstFunction(here) + number - this.#other.firstFunction(there);
  }

  close(): void {
    this.#effects.close();
    this.#other.close();
  }

  /** Number of a function in the other tree; -1 where its file differs. */
  #there({ number }: FunctionRef): number {
    if (number < 0) return -1;
    const here = this.#index.fileOfFunction(number);
    const there = sameFile(this.#index, here, this.#other);
    return there < 0 ? -1 : this.#other.firstFunction(there) + number - this.#index.firstFunction(here);
  }
}

/** The file of `to` that has the path and the bytes of one of `from`; -1 where there is none. */
function sameFile(from: TreeIndex, file: number, to: TreeIndex): number {
  const same = to.fileOf(from.path(file));
  return same !== undefined && to.id(same) === from.id(file) ? same : -1;
}

/** The effects of a tree, its own or those of a relative; undefined where there are neither. The caller closes them. */
export function openEffects(index: TreeIndex): (EffectStore & { close(): void }) | undefined {
  const own = TreeEffects.open(index);
  if (own !== undefined) return own;
  for (const folder of otherTreesWith(index, TreeLockGraph.fileName(effectsName())).slice(
    0,
    MAX_CANDIDATES,
  )) {
    const other = TreeIndex.openUnused(folder);
    if (other === undefined) continue;
    const effects = differenceOf(index, other) <= MOST_CHANGED ? TreeEffects.open(other) : undefined;
    if (effects !== undefined) {
      touch(folder);
      return new RelatedEffects(index, other, effects);
    }
    other.close();
  }
  return undefined;
}

/** Part of a tree's files that another has not. Both are in order of path. */
function differenceOf(index: TreeIndex, other: TreeIndex): number {
  let same = 0;
  let there = 0;
  for (let file = 0; file < index.fileCount; file++) {
    const path = index.path(file);
    while (there < other.fileCount && other.path(there) < path) there++;
    if (there < other.fileCount && other.path(there) === path && other.id(there) === index.id(file)) same++;
  }
  return index.fileCount === 0 ? 0 : 1 - same / index.fileCount;
}
