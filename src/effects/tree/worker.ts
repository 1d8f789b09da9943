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

export interface WorkerData {
  readonly treeFolder: string;
  readonly factsFolder: string;
}

export interface BatchEffects {
  readonly first: number;
  readonly bytes: Uint8Array;
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
    const bytes = effectsOfBatch(solver, message);
    port.postMessage({ first: message.first, bytes } satisfies BatchEffects, [bytes.buffer as ArrayBuffer]);
  });
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
