/** A thread that works on batches of a tree's functions: answers each with its records. build.ts is the other side. */
import { parentPort, workerData } from 'node:worker_threads';
import { batchBytes } from '../../index/attachment.ts';
import { FactStore } from '../../index/fact-store.ts';
import { TreeFiles } from '../../index/file-index.ts';
import { indexProgram } from '../../index/index-program.ts';
import { TreeIndex } from '../../index/tree-index.ts';
import type { FunctionBatch } from './batches.ts';
import { RecordWriter } from './codec.ts';
import { writeEffects } from './function-effects.ts';
import { TreeSolver } from './solver.ts';
import { batchDependenciesCodec, type StoredDependency } from './stored-dependencies.ts';

export interface WorkerData {
  readonly treeFolder: string;
  readonly factsFolder: string;
}

export interface BatchEffects {
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
  const { treeFolder, factsFolder } = workerData as WorkerData;
  const index = TreeIndex.openUnused(treeFolder);
  if (index === undefined) throw new Error(`no index in ${treeFolder}`);
  const store = FactStore.open(factsFolder);
  const program = indexProgram(new TreeFiles(index, store.facts));
  const solver = new TreeSolver(program, index.firstFunction(index.fileCount), (number) =>
    index.isCalled(number),
  );
  port.on('message', (message: FunctionBatch | 'end') => {
    if (message === 'end') {
      store.close();
      index.close();
      port.close();
      return;
    }
    const effects = effectsOfBatch(solver, message);
    const dependencies = dependenciesOfBatch(solver, message);
    port.postMessage({ effects, ...dependencies, splits: solver.takeSplits() } satisfies BatchEffects);
  });
}

function dependenciesOfBatch(
  solver: TreeSolver,
  { first, end }: FunctionBatch,
): Pick<BatchEffects, 'dependencies' | 'texts'> {
  const found: { number: number; dependencies: readonly StoredDependency[] }[] = [];
  for (let number = first; number < end; number++) {
    const dependencies = solver.takeDependencies(number);
    if (dependencies.length > 0) found.push({ number, dependencies });
  }
  const w = new RecordWriter();
  batchDependenciesCodec.write(w, found);
  return { dependencies: w.take(), texts: w.texts };
}

function effectsOfBatch(solver: TreeSolver, { first, end }: FunctionBatch): Uint8Array {
  const w = new RecordWriter();
  const records: Uint8Array[] = [];
  for (let number = first; number < end; number++) {
    w.reset();
    writeEffects(w, solver.effects(number));
    records.push(w.take());
  }
  return batchBytes(records, w.texts);
}
