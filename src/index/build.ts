/** A tree of files to its index: finds what is new, has it analysed by threads, links. */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { SourceTree } from '../git/change.ts';
import { moduleVersion } from './analyser-version.ts';
import { type Batch, type BatchDone, BatchRunner, type FileSource } from './batch-runner.ts';
import { compileCache } from './compile-cache.ts';
import { evict } from './eviction.ts';
import { FactStore } from './fact-store.ts';
import { linkTree, type TreeFile, treeDigest } from './link.ts';
import { LinkRecords } from './link-record.ts';
import {
  comparePaths,
  isSource,
  type PlainFile,
  plainStatePath,
  savePlainTree,
  scanPlainTree,
} from './plain-tree.ts';
import { unlessMissing } from './segment.ts';
import { TreeIndex } from './tree-index.ts';
import type { WorkerData } from './worker.ts';
import { runBatches } from './worker-pool.ts';

/** Batches are about this large: small enough to stop soon and to end together, large enough to cost nothing. */
const BATCH_BYTES = 2 << 20;
/** Where sizes are not known. */
const BATCH_FILES = 100;
const ATTEMPTS = 3;

export interface Progress {
  readonly step: 'scanning' | 'reading' | 'linking' | 'effects';
  /** Files (of effects: functions) that are done, of those that are to be. */
  readonly files: number;
  readonly totalFiles: number;
  readonly bytes: number;
  /** Undefined where sizes are not known before. */
  readonly totalBytes: number | undefined;
  /** Milliseconds in this step. */
  readonly elapsed: number;
}

export interface BuildOptions {
  readonly cacheDir: string;
  /** All cores unless told. */
  readonly threads?: number;
  readonly progress?: (progress: Progress) => void;
  /** Bytes that the cache may have; see eviction.ts. */
  readonly cacheBytes?: number;
  /** Stops soon; what was analysed stays in the store. */
  readonly signal?: AbortSignal;
}

/** What building did, beside the index. */
export interface BuildReport {
  readonly index: TreeIndex;
  readonly store: FactStore;
  /** Files read, and those of them that were parsed. */
  readonly read: number;
  readonly parsed: number;
  readonly bytes: number;
  /** True where the index was there already. */
  readonly isUnchanged: boolean;
  /** Milliseconds. */
  readonly scanTime: number;
  readonly readTime: number;
  readonly linkTime: number;
}

/** Folders of the analyser's version in the cache. */
export function cacheFolders(cacheDir: string): { facts: string; trees: string; factsVersion: string } {
  const factsVersion = moduleVersion('analyse');
  const linkVersion = moduleVersion('link');
  return {
    factsVersion,
    facts: join(cacheDir, 'facts', factsVersion),
    trees: join(cacheDir, 'trees', `${factsVersion}-${linkVersion}`),
  };
}

/**
 * Builds the index of a tree, or opens it where it is there. The caller closes index and store.
 * Rejects with the signal's reason where that aborts.
 */
export async function buildIndex(tree: SourceTree, options: BuildOptions): Promise<BuildReport> {
  const { facts, trees, factsVersion } = cacheFolders(options.cacheDir);
  const store = FactStore.open(facts);
  try {
    const build = new Build(tree, options, store);
    const known = openKnown(trees, tree, store);
    if (known !== undefined) {
      return { index: known, store, read: 0, parsed: 0, bytes: 0, isUnchanged: true, ...build.times };
    }
    const { folder, isUnchanged } = await build.make(trees, factsVersion);
    remember(trees, tree, folder);
    const index = TreeIndex.open(folder);
    if (index === undefined) throw new Error(`the index that was just written is gone: ${folder}`);
    if (!isUnchanged) evict(options.cacheDir, store, folder, options.cacheBytes);
    const { read, parsed, bytes, times } = build;
    return { index, store, read, parsed, bytes, isUnchanged, ...times };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** An index all of whose facts are still in the store. */
function openComplete(folder: string, store: FactStore): TreeIndex | undefined {
  const index = TreeIndex.open(folder);
  if (index === undefined) return undefined;
  for (const id of index.ids) {
    if (store.has(id)) continue;
    index.close();
    return undefined;
  }
  return index;
}

/** The index of a tree that has a name of its own: git's tree id. A folder's state is known only after a scan. */
function openKnown(trees: string, tree: SourceTree, store: FactStore): TreeIndex | undefined {
  if (tree.root !== undefined) return undefined;
  const digest = unlessMissing(() => readFileSync(aliasPath(trees, tree), 'latin1'));
  return digest === undefined || !/^[0-9a-f]{40}$/.test(digest)
    ? undefined
    : openComplete(join(trees, digest), store);
}

function remember(trees: string, tree: SourceTree, folder: string): void {
  if (tree.root === undefined) writeFileSync(aliasPath(trees, tree), folder.slice(-40));
}

/** File that says which index a tree of git has. */
export const aliasPath = (trees: string, tree: SourceTree): string => join(trees, `${tree.id}.tree`);

class Build {
  readonly tree: SourceTree;
  readonly options: BuildOptions;
  readonly store: FactStore;
  read = 0;
  parsed = 0;
  bytes = 0;
  times = { scanTime: 0, readTime: 0, linkTime: 0 };

  constructor(tree: SourceTree, options: BuildOptions, store: FactStore) {
    this.tree = tree;
    this.options = options;
    this.store = store;
  }

  /** Makes the index in its folder among `trees`, where it is not there yet. */
  async make(trees: string, factsVersion: string): Promise<{ folder: string; isUnchanged: boolean }> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const files = await this.#files();
      const folder = join(trees, treeDigest(files));
      const there = openComplete(folder, this.store);
      there?.close();
      if (there !== undefined) return { folder, isUnchanged: true };
      if (this.#link(folder, files, factsVersion)) return { folder, isUnchanged: false };
      // Records are damaged, or another process has evicted them in this moment.
      this.store.repair();
    }
    throw new Error('the fact store loses what is put into it');
  }

  /** All sources of the tree with their ids, in order of path; the store has facts of each. */
  #files(): Promise<TreeFile[]> {
    const { root } = this.tree;
    return root === undefined ? this.#objects() : this.#folder(root);
  }

  /** Reads the link records of a tree and writes its index. False where the store does not have them all. */
  #link(folder: string, files: readonly TreeFile[], factsVersion: string): boolean {
    const start = performance.now();
    this.options.progress?.(progressOf('linking', start));
    this.store.refresh();
    const ids = new Set(files.map(({ id }) => id));
    const { links } = this.store;
    let bytes = 0;
    for (const id of ids) bytes += links.length(id);
    const records = new LinkRecords(ids.size, bytes);
    const numbers = new Map<string, number>();
    const missing = links.getAll(ids, (id, record) => numbers.set(id, records.add(record)));
    if (missing.length > 0) return false;
    linkTree(folder, files, { records, numbers }, factsVersion);
    this.times.linkTime = performance.now() - start;
    return true;
  }

  /** A folder on disk: threads read and hash. */
  async #folder(root: string): Promise<TreeFile[]> {
    const start = performance.now();
    this.options.progress?.(progressOf('scanning', start));
    const statePath = plainStatePath(this.options.cacheDir, root);
    const files = scanPlainTree(root, statePath);
    const unknown = files.filter(({ id }) => id === undefined || !this.store.has(id));
    this.times.scanTime = performance.now() - start;
    if (unknown.length > 0) {
      // The largest first, so that no thread is left alone with one at the end.
      const inOrder = [
        ...unknown.filter(isLarge).sort((x, y) => y.size - x.size),
        ...unknown.filter((f) => !isLarge(f)),
      ];
      const waiting = new Map<Batch, readonly PlainFile[]>();
      const batches = [...bySize(inOrder)].map((part) => {
        const batch: Batch = { names: part.map(({ path }) => path) };
        waiting.set(batch, part);
        return batch;
      });
      const totalBytes = unknown.reduce((sum, { size }) => sum + size, 0);
      try {
        await this.#threads(
          { kind: 'folder', root },
          batches,
          unknown.length,
          totalBytes,
          (batch, { ids }) => {
            waiting.get(batch)?.forEach((file, at) => {
              file.id = ids[at] || undefined;
            });
          },
        );
      } finally {
        savePlainTree(statePath, files);
      }
    }
    return files.flatMap(({ path, id }) => (id === undefined ? [] : [{ path, id }]));
  }

  /** A tree of git objects, or in memory: ids are known before. */
  async #objects(): Promise<TreeFile[]> {
    const start = performance.now();
    this.options.progress?.(progressOf('scanning', start));
    const list = await this.tree.list();
    const files: TreeFile[] = [];
    for (const [path, id] of list) if (isSource(path)) files.push({ path, id });
    files.sort((x, y) => comparePaths(x.path, y.path));
    const pathOf = new Map<string, string>();
    for (const { path, id } of files) if (!this.store.has(id) && !pathOf.has(id)) pathOf.set(id, path);
    this.times.scanTime = performance.now() - start;
    if (pathOf.size === 0) return files;
    const { gitDir } = this.tree;
    const source: FileSource = gitDir === undefined ? { kind: 'memory' } : { kind: 'git', gitDir };
    const batches = gitDir === undefined ? contentsOf(this.tree, pathOf) : byCount([...pathOf.keys()]);
    const gone = new Set<string>();
    await this.#threads(source, batches, pathOf.size, undefined, (batch, { ids }) => {
      batch.names.forEach((id, at) => {
        if (ids[at] === '') gone.add(id);
      });
    });
    return files.filter(({ id }) => !gone.has(id));
  }

  async #threads(
    source: FileSource,
    batches: Iterable<Batch> | AsyncIterable<Batch>,
    totalFiles: number,
    totalBytes: number | undefined,
    done: (batch: Batch, result: BatchDone) => void,
  ): Promise<void> {
    const start = performance.now();
    const report = (batch: Batch, result: BatchDone): void => {
      done(batch, result);
      this.read += result.ids.length;
      this.parsed += result.parsed;
      this.bytes += result.bytes;
      const elapsed = performance.now() - start;
      const { read: files, bytes } = this;
      this.options.progress?.({ step: 'reading', files, totalFiles, bytes, totalBytes, elapsed });
    };
    const parts = Math.ceil(totalBytes === undefined ? totalFiles / BATCH_FILES : totalBytes / BATCH_BYTES);
    if (parts <= 1) {
      await this.#here(source, batches, report);
    } else {
      const threads = Math.min(this.options.threads ?? availableParallelism(), parts);
      const data: WorkerData = { factsFolder: this.store.folder, source };
      const compiled = compileCache(this.options.cacheDir);
      await runBatches(batches, data, { threads, compiled, signal: this.options.signal, done: report });
    }
    this.store.refresh();
    this.times.readTime = performance.now() - start;
  }

  /** A few files: a thread would take longer to start than they do. */
  async #here(
    source: FileSource,
    batches: Iterable<Batch> | AsyncIterable<Batch>,
    done: (batch: Batch, result: BatchDone) => void,
  ): Promise<void> {
    const runner = new BatchRunner(source, this.store);
    try {
      for await (const batch of batches) {
        this.options.signal?.throwIfAborted();
        done(batch, await runner.run(batch));
      }
    } finally {
      runner.close();
    }
  }
}

const isLarge = ({ size }: PlainFile): boolean => size > BATCH_BYTES / 2;

function* bySize(files: readonly PlainFile[]): Generator<readonly PlainFile[]> {
  let part: PlainFile[] = [];
  let size = 0;
  for (const file of files) {
    part.push(file);
    size += file.size;
    if (size < BATCH_BYTES) continue;
    yield part;
    part = [];
    size = 0;
  }
  if (part.length > 0) yield part;
}

function* byCount(ids: readonly string[]): Generator<Batch> {
  for (let at = 0; at < ids.length; at += BATCH_FILES) yield { names: ids.slice(at, at + BATCH_FILES) };
}

async function* contentsOf(tree: SourceTree, pathOf: ReadonlyMap<string, string>): AsyncGenerator<Batch> {
  for (const { names } of byCount([...pathOf.keys()])) {
    const paths = names.map((id) => pathOf.get(id) as string);
    const read = await tree.read(paths);
    yield { names, contents: paths.map((path) => read.get(path)) };
  }
}

const progressOf = (step: Progress['step'], start: number): Progress => ({
  step,
  files: 0,
  totalFiles: 0,
  bytes: 0,
  totalBytes: undefined,
  elapsed: performance.now() - start,
});
