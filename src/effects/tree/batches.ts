/** A tree's definitions in batches: as many threads as there are work on them, and a reader loads one at a time. */
import type { TreeIndex } from '../../index/tree-index.ts';

/** About so many definitions make a batch, which begins and ends with a file. */
const FUNCTIONS = 1000;

/** Numbers of consecutive definitions: from `first` to the one before `end`. */
export interface FunctionBatch {
  readonly first: number;
  readonly end: number;
}

/** The batches of a tree, in order; the same for the same tree. */
export function functionBatches(index: TreeIndex): readonly FunctionBatch[] {
  const batches: FunctionBatch[] = [];
  let first = 0;
  for (let file = 1; file <= index.fileCount; file++) {
    const end = index.firstFunction(file);
    if (end - first < FUNCTIONS && file < index.fileCount) continue;
    if (end > first) batches.push({ first, end });
    first = end;
  }
  return batches;
}
