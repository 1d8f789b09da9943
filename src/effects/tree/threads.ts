/** The threads that make the effects of a tree, and how they are asked. worker.ts is the other side. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { compileCache, compileForThreads } from '../../index/compile-cache.ts';
import type { TreeIndex } from '../../index/tree-index.ts';
import { shareMemory } from './shared-effects.ts';
import type { Answer, Task, WorkerData } from './worker.ts';

/** '.ts' in a checkout, '.js' in a package. */
const MODULE = new URL(`./worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url);

/** Heap of a thread in MiB: two of them and the main thread stay below 2 GiB. */
const OLD_SPACE = 700;
const YOUNG_SPACE = 96;

export interface ThreadOptions {
  readonly cacheDir: string;
  readonly factsFolder: string;
  readonly threads: number;
  /** Stops them at once. */
  readonly signal?: AbortSignal | undefined;
}

export class Threads {
  readonly #workers: readonly Worker[];
  readonly #failure: Promise<never>;
  readonly #stop: () => void;
  readonly #signal: AbortSignal | undefined;
  #fail!: (error: unknown) => void;

  static async start(index: TreeIndex, options: ThreadOptions): Promise<Threads> {
    await compileForThreads(MODULE);
    return new Threads(index, options);
  }

  private constructor(index: TreeIndex, { cacheDir, factsFolder, threads, signal }: ThreadOptions) {
    const env = {
      ...process.env,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE || compileCache(cacheDir),
    };
    const memory = shareMemory(index.firstFunction(index.fileCount));
    this.#failure = new Promise((_, reject) => {
      this.#fail = reject;
    });
    // Who waits for an answer hears of it.
    this.#failure.catch(() => {});
    this.#workers = Array.from({ length: threads }, (_, thread) => {
      const worker = new Worker(MODULE, {
        workerData: { treeFolder: index.folder, factsFolder, memory, thread } satisfies WorkerData,
        env,
        resourceLimits: { maxOldGenerationSizeMb: OLD_SPACE, maxYoungGenerationSizeMb: YOUNG_SPACE },
      });
      worker.on('error', this.#fail);
      worker.on('exit', (status) => {
        if (status !== 0) this.#fail(new Error(`a thread that makes effects ended with status ${status}`));
      });
      return worker;
    });
    this.#signal = signal;
    this.#stop = () => this.#fail(signal?.reason);
    signal?.addEventListener('abort', this.#stop);
  }

  /**
   * Gives every thread the tasks that `next` says for it, one after another, until there is none; `done` hears the
   * answers. Rejects with what a thread threw, or with the signal's reason.
   */
  async each<T extends Task>(
    next: (thread: number) => T | undefined,
    done: (answer: Answer<T>, task: T, thread: number) => void,
  ): Promise<void> {
    this.#signal?.throwIfAborted();
    await Promise.all(
      this.#workers.map(async (worker, thread) => {
        for (let task = next(thread); task !== undefined; task = next(thread)) {
          const answered = new Promise<Answer<T>>((resolve) => worker.once('message', resolve));
          worker.postMessage(task);
          done(await Promise.race([answered, this.#failure]), task, thread);
        }
      }),
    );
  }

  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#stop);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
