/** Threads that work through batches of files, each taking the next when it is done with one. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Batch, BatchDone } from './batch-runner.ts';
import { compileForThreads } from './compile-cache.ts';
import type { WorkerData } from './worker.ts';

/** '.ts' in a checkout, '.js' in a package. */
const MODULE = new URL(`./worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url);

/** Batches that a thread has at a time: one to work on, one to have git read meanwhile. */
const AHEAD = 2;

/** Heap of a thread in MiB: two of them and the main thread stay below 2 GiB. */
const OLD_SPACE = 512;
const YOUNG_SPACE = 48;

/**
 * Runs all batches on `threads` threads; `done` is told of each as it ends, in no certain order. Rejects with
 * what a thread threw. Where the signal aborts, threads end after what they have, and it rejects with its reason.
 */
export async function runBatches(
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  data: WorkerData,
  options: {
    readonly threads: number;
    /** Folder for Node's compile cache; nobody else may write to it. */
    readonly compiled: string;
    readonly signal: AbortSignal | undefined;
    readonly done: (batch: Batch, result: BatchDone) => void;
  },
): Promise<void> {
  await compileForThreads(MODULE);
  const next = sharedIterator(batches);
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  const threads = Array.from({ length: options.threads }, () =>
    runThread(next, data, options.compiled, signal, options.done).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  const results = await Promise.allSettled(threads);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  options.signal?.throwIfAborted();
}

async function runThread(
  next: () => Promise<Batch | undefined>,
  data: WorkerData,
  compiled: string,
  signal: AbortSignal,
  done: (batch: Batch, result: BatchDone) => void,
): Promise<void> {
  const first = await next();
  if (first === undefined || signal.aborted) return;
  const worker = new Worker(MODULE, {
    workerData: data,
    // Threads start in a third of the time where their modules need not be compiled again.
    env: { ...process.env, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE || compiled },
    resourceLimits: { maxOldGenerationSizeMb: OLD_SPACE, maxYoungGenerationSizeMb: YOUNG_SPACE },
  });
  const waiting: Batch[] = [];
  let isEnding = false;
  const feed = async (given?: Batch): Promise<void> => {
    const batch = given ?? (signal.aborted ? undefined : await next());
    if (batch !== undefined && !signal.aborted) {
      waiting.push(batch);
      worker.postMessage(batch);
    } else if (!isEnding) {
      isEnding = true;
      worker.postMessage('end');
    }
  };
  await new Promise<void>((resolve, reject) => {
    worker.on('message', (result: BatchDone) => {
      done(waiting.shift() as Batch, result);
      if (!isEnding) feed().catch(reject);
    });
    worker.on('error', reject);
    worker.on('exit', (status) => {
      if (status === 0 && waiting.length === 0) resolve();
      else reject(new Error(`an index thread ended with status ${status}`));
    });
    let feeding = feed(first);
    for (let i = 1; i < AHEAD; i++) feeding = feeding.then(() => (isEnding ? undefined : feed()));
    feeding.catch(reject);
  });
}

/** One iterator for several takers: each item is taken once. */
function sharedIterator<T>(items: Iterable<T> | AsyncIterable<T>): () => Promise<T | undefined> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const item = last.then(() => iterator.next());
    last = item;
    return item.then((result) => (result.done === true ? undefined : result.value));
  };
}
