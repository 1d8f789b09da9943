/**
 * A thread that makes the effects of a tree's functions, a batch at a time, and then the records of batches. What it
 * makes it shares with the other threads. build.ts is the other side.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { batchBytes } from '../../index/attachment.ts';
import { FactStore } from '../../index/fact-store.ts';
import { TreeFiles } from '../../index/file-index.ts';
import { indexProgram } from '../../index/index-program.ts';
import { TreeIndex } from '../../index/tree-index.ts';
import type { FunctionBatch } from './batches.ts';
import { RecordWriter } from './codec.ts';
import { writeEffects } from './function-effects.ts';
import { SharedEffects, type SharedMemory, type Solved } from './shared-effects.ts';
import { TreeSolver } from './solver.ts';
import { batchDependenciesCodec, type StoredDependency } from './stored-dependencies.ts';

export interface WorkerData {
  readonly treeFolder: string;
  readonly factsFolder: string;
  readonly memory: SharedMemory;
  /** From 0. */
  readonly thread: number;
}

export type Task =
  /** Answered with a number: how many functions were solved. `tryAgain`: also of those that were left before. */
  | { readonly kind: 'solve'; readonly batch: FunctionBatch; readonly tryAgain: boolean }
  /** Those that were left because another thread was at something below them. Answered likewise. */
  | { readonly kind: 'rest' }
  /** Once all are solved; answered with BatchEffects. */
  | { readonly kind: 'records'; readonly batch: FunctionBatch };

export type Answer<T extends Task> = T extends { readonly kind: 'records' } ? BatchEffects : number;

interface BatchEffects {
  /** The batch's bytes for the attachment. */
  readonly effects: Uint8Array;
  /** A record of batchDependenciesCodec, and the texts that it refers to. */
  readonly dependencies: Uint8Array;
  readonly texts: readonly string[];
  /** Lock classes that are several to lockdep. */
  readonly splits: readonly string[];
}

if (parentPort !== null) {
  const port = parentPort;
  const { treeFolder, factsFolder, memory, thread } = workerData as WorkerData;
  const index = TreeIndex.openUnused(treeFolder);
  if (index === undefined) throw new Error(`no index in ${treeFolder}`);
  const store = FactStore.open(factsFolder);
  const solver = new TreeSolver(
    indexProgram(new TreeFiles(index, store.facts)),
    index.firstFunction(index.fileCount),
    (number) => index.isCalled(number),
    new SharedEffects(memory, thread),
  );
  /** What could not be solved when its turn came. */
  const left: number[] = [];
  const solve = (numbers: Iterable<number>, mayWait: boolean): number => {
    let solved = 0;
    for (const number of numbers) {
      if (solver.solve(number, mayWait)) solved++;
      else left.push(number);
    }
    return solved;
  };
  port.on('message', (task: Task) => {
    switch (task.kind) {
      case 'solve': {
        const again = task.tryAgain ? left.splice(0) : [];
        port.postMessage(solve(again, true) + solve(numbersOf(task.batch), true));
        break;
      }
      case 'rest':
        port.postMessage(solve(left.splice(0), false));
        break;
      case 'records':
        port.postMessage(recordsOf(task.batch, solver) satisfies BatchEffects);
    }
  });
}

function* numbersOf({ first, end }: FunctionBatch): Generator<number> {
  for (let number = first; number < end; number++) yield number;
}

function recordsOf(batch: FunctionBatch, solver: TreeSolver): BatchEffects {
  const effects = new RecordWriter();
  const records: Uint8Array[] = [];
  const found: { number: number; dependencies: readonly StoredDependency[] }[] = [];
  for (const number of numbersOf(batch)) {
    const solved: Solved = solver.effects(number);
    effects.reset();
    writeEffects(effects, solved);
    records.push(effects.take());
    if (solved.dependencies.length > 0) found.push({ number, dependencies: solved.dependencies });
  }
  const dependencies = new RecordWriter();
  batchDependenciesCodec.write(dependencies, found);
  return {
    effects: batchBytes(records, effects.texts),
    dependencies: dependencies.take(),
    texts: dependencies.texts,
    splits: solver.takeSplits(),
  };
}
