/** Computes the effects of all functions of a tree, on threads, and puts them beside its index. */
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { AttachmentWriter } from '../../index/attachment.ts';
import { compileCache, type Progress } from '../../index/build.ts';
import { FactStore } from '../../index/fact-store.ts';
import { TreeFiles } from '../../index/file-index.ts';
import { indexProgram } from '../../index/index-program.ts';
import type { TreeIndex } from '../../index/tree-index.ts';
import { type FunctionBatch, functionBatches } from './batches.ts';
import { RecordReader } from './codec.ts';
import { LockGraphWriter } from './lock-graph.ts';
import { eachReclaimDependency } from './reclaim.ts';
import { openEffects } from './related-effects.ts';
import { batchDependenciesCodec } from './stored-dependencies.ts';
import { TreeEffects } from './tree-effects.ts';
import { effectsName } from './version.ts';
import type { BatchEffects, WorkerData } from './worker.ts';

/** '.ts' in a checkout, '.js' in a package. */
const MODULE = new URL(`./worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url);

/** Heap of a thread in MiB: two of them and the main thread stay below 2 GiB. */
const OLD_SPACE = 700;
const YOUNG_SPACE = 96;

export interface EffectsBuildOptions {
  readonly cacheDir: string;
  /** Folder of the tree's facts. */
  readonly factsFolder: string;
  /** All cores unless told. */
  readonly threads?: number;
  readonly progress?: (progress: Progress) => void;
  /** Stops soon; nothing is written then. */
  readonly signal?: AbortSignal;
}

/**
 * Computes and writes them, where neither this tree has them nor one that hardly differs. Resolves to how long that
 * took, in milliseconds.
 * Rejects with what a thread threw, or with the signal's reason.
 */
export async function buildTreeEffects(index: TreeIndex, options: EffectsBuildOptions): Promise<number> {
  const there = openEffects(index);
  there?.close();
  if (there !== undefined) return 0;
  const start = performance.now();
  const writer = new AttachmentWriter(index, effectsName());
  const graph = new LockGraphWriter();
  const batches = new BatchQueue(functionBatches(index));
  const total = index.firstFunction(index.fileCount);
  let done = 0;
  const report = (count: number): void => {
    done += count;
    options.progress?.({
      step: 'effects',
      files: done,
      totalFiles: total,
      bytes: 0,
      totalBytes: undefined,
      elapsed: performance.now() - start,
    });
  };
  const compiled = compileCache(options.cacheDir);
  const data: WorkerData = { treeFolder: index.folder, factsFolder: options.factsFolder };
  const threads = Math.min(options.threads ?? availableParallelism(), batches.count);
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  const results = await Promise.allSettled(
    Array.from({ length: threads }, (_, thread) =>
      runThread(
        data,
        compiled,
        signal,
        () => batches.take(thread % 2 === 1),
        (batch, { effects, dependencies, texts, splits }) => {
          writer.add(batch.first, effects);
          graph.split(splits);
          const r = new RecordReader(dependencies, texts);
          for (const found of batchDependenciesCodec.read(r)) graph.add(found.number, found.dependencies);
          report(batch.end - batch.first);
        },
      ).catch((error: unknown) => {
        failed.abort(error);
        throw error;
      }),
    ),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  options.signal?.throwIfAborted();
  writer.finish();
  addReclaim(index, options.factsFolder, graph);
  graph.finish(index, effectsName());
  return performance.now() - start;
}

function addReclaim(index: TreeIndex, factsFolder: string, graph: LockGraphWriter): void {
  const store = FactStore.open(factsFolder);
  const effects = TreeEffects.openAlone(index, effectsName());
  try {
    const program = indexProgram(new TreeFiles(index, store.facts));
    eachReclaimDependency(program, effects, (number, found) => graph.add(number, found));
  } finally {
    effects.close();
    store.close();
  }
}

/** Batches that are left: threads take from both ends, so that what lies together is done by one. */
class BatchQueue {
  readonly #batches: readonly FunctionBatch[];
  #from = 0;
  #to: number;

  constructor(batches: readonly FunctionBatch[]) {
    this.#batches = batches;
    this.#to = batches.length;
  }

  get count(): number {
    return this.#batches.length;
  }

  take(fromEnd: boolean): FunctionBatch | undefined {
    if (this.#from >= this.#to) return undefined;
    return this.#batches[fromEnd ? --this.#to : this.#from++];
  }
}

async function runThread(
  data: WorkerData,
  compiled: string,
  signal: AbortSignal,
  take: () => FunctionBatch | undefined,
  done: (batch: FunctionBatch, result: BatchEffects) => void,
): Promise<void> {
  const worker = new Worker(MODULE, {
    workerData: data,
    env: { ...process.env, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE || compiled },
    resourceLimits: { maxOldGenerationSizeMb: OLD_SPACE, maxYoungGenerationSizeMb: YOUNG_SPACE },
  });
  let batch: FunctionBatch | undefined;
  const next = (): void => {
    batch = signal.aborted ? undefined : take();
    worker.postMessage(batch ?? 'end');
  };
  await new Promise<void>((resolve, reject) => {
    worker.on('message', (result: BatchEffects) => {
      done(batch as FunctionBatch, result);
      next();
    });
    worker.on('error', reject);
    worker.on('exit', (status) => {
      if (status === 0) resolve();
      else reject(new Error(`a thread that computes effects ended with status ${status}`));
    });
    next();
  });
}
