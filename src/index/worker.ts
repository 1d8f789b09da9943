/** A thread of the index: answers each batch with what became of it, and 'end' by ending. worker-pool.ts is the other side. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Batch, BatchRunner, type FileSource } from './batch-runner.ts';
import { FactStore } from './fact-store.ts';

export interface WorkerData {
  readonly factsFolder: string;
  readonly source: FileSource;
}

if (parentPort !== null) {
  const port = parentPort;
  const { source, factsFolder } = workerData as WorkerData;
  const store = FactStore.open(factsFolder);
  const runner = new BatchRunner(source, store);
  let work = Promise.resolve();
  port.on('message', (message: Batch | 'end') => {
    // One batch at a time; a fault ends the thread, which the other side sees.
    work = work.then(async () => {
      if (message !== 'end') {
        port.postMessage(await runner.run(message));
        return;
      }
      runner.close();
      store.close();
      port.close();
    });
  });
}
