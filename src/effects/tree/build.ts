/** Computes the effects of all functions of a tree, on threads, and puts them beside its index. */
import { availableParallelism } from 'node:os';
import { AttachmentWriter } from '../../index/attachment.ts';
import type { Progress } from '../../index/build.ts';
import { FactStore } from '../../index/fact-store.ts';
import { TreeFiles } from '../../index/file-index.ts';
import { indexProgram } from '../../index/index-program.ts';
import type { TreeIndex } from '../../index/tree-index.ts';
import { type FunctionBatch, functionBatches } from './batches.ts';
import { eachCallbackDependency } from './callbacks.ts';
import { RecordReader } from './codec.ts';
import { LockGraphWriter } from './lock-graph.ts';
import { openEffects } from './related-effects.ts';
import { batchDependenciesCodec } from './stored-dependencies.ts';
import { Threads } from './threads.ts';
import { TreeEffects } from './tree-effects.ts';
import { effectsName } from './version.ts';
import type { Task } from './worker.ts';

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
  const batches = functionBatches(index);
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
  const threads = await Threads.start(index, {
    cacheDir: options.cacheDir,
    factsFolder: options.factsFolder,
    threads: Math.max(1, Math.min(options.threads ?? availableParallelism(), batches.length)),
    signal: options.signal,
  });
  try {
    await solve(threads, batches, report);
    await write(index, threads, batches, options.factsFolder);
  } finally {
    await threads.close();
  }
  return performance.now() - start;
}

/** Has all functions solved, so that every thread knows their effects. */
async function solve(
  threads: Threads,
  batches: readonly FunctionBatch[],
  report: (count: number) => void,
): Promise<void> {
  const queue = new BatchQueue(batches);
  /** Batches that each thread has done, and how many earlier threads had when it last tried again what it had left. */
  const done: number[] = [];
  const tried: number[] = [];
  await threads.each(
    (thread) => {
      const batch = queue.take(thread % 2 === 1);
      if (batch === undefined) return undefined;
      const before = done.slice(0, thread).reduce((sum, count) => sum + count, 0);
      const tryAgain = before !== (tried[thread] ?? 0);
      tried[thread] = before;
      return { kind: 'solve', batch, tryAgain } as const;
    },
    (solved, _, thread) => {
      done[thread] = (done[thread] ?? 0) + 1;
      report(solved);
    },
  );
  const rest = new Set<number>();
  await threads.each<Extract<Task, { kind: 'rest' }>>((thread) => {
    if (rest.has(thread)) return undefined;
    rest.add(thread);
    return { kind: 'rest' };
  }, report);
}

/** Writes the effects and the lock graph of functions that are solved. */
async function write(
  index: TreeIndex,
  threads: Threads,
  batches: readonly FunctionBatch[],
  factsFolder: string,
): Promise<void> {
  const writer = new AttachmentWriter(index, effectsName());
  const graph = new LockGraphWriter();
  const queue = new BatchQueue(batches);
  await threads.each(
    (thread) => {
      const batch = queue.take(thread % 2 === 1);
      return batch && ({ kind: 'records', batch } as const);
    },
    ({ effects, dependencies, texts, splits }, { batch }) => {
      writer.add(batch.first, effects);
      graph.split(splits);
      const r = new RecordReader(dependencies, texts);
      for (const found of batchDependenciesCodec.read(r)) graph.add(found.number, found.dependencies);
    },
  );
  // Their heaps are most of this process's memory: what comes now need not lie beside them.
  await threads.close();
  writer.finish();
  addCallbacks(index, factsFolder, graph);
  graph.finish(index, effectsName());
}

function addCallbacks(index: TreeIndex, factsFolder: string, graph: LockGraphWriter): void {
  const store = FactStore.open(factsFolder);
  const effects = TreeEffects.openAlone(index, effectsName());
  try {
    const program = indexProgram(new TreeFiles(index, store.facts));
    eachCallbackDependency(program, effects, (number, found) => graph.add(number, found));
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

  take(fromEnd: boolean): FunctionBatch | undefined {
    if (this.#from >= this.#to) return undefined;
    return this.#batches[fromEnd ? --this.#to : this.#from++];
  }
}
