/**
 * Keeps the index and the effects of the trees that reviews start from: those of each mirror's base branch. The index
 * lies beside the mirrors, so this is no job of the queue: what is lost with the process is asked for by the next
 * review.
 */
import { holdMirror } from '../git/mirror.ts';
import { type ChildLimits, runChild } from './child.ts';
import type { NoteDuration } from './durations.ts';
import type { IndexingRequest } from './indexing-child.ts';
import type { Log } from './services.ts';

/** The first index of a large tree takes minutes, and a busy machine longer. */
const SECONDS = 3600;
/** Milliseconds after which one that could not be made is tried again. */
const RETRY_AFTER = 30 * 60_000;

const CHILD = new URL('./indexing-child.ts', import.meta.url);

export interface Indexer {
  /** Whether reviews of this mirror shall wait for an index that is being made. */
  isAwaited(gitDir: string): boolean;
  /** Whether its index could not be made lately: reviews then go without. */
  hasFailed(gitDir: string): boolean;
  /**
   * Asks for the index of a commit's tree, which is in the mirror. One at a time; of one mirror the newest wish counts.
   * `awaited`: a review can't go on without.
   */
  request(gitDir: string, commit: string, awaited: boolean): void;
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>;
  stop(): void;
}

interface Wish {
  readonly commit: string;
  readonly awaited: boolean;
}

/** @param note hears how long indexing took, where there was something to index */
export function createIndexer(
  limits: Omit<ChildLimits, 'seconds'>,
  log: Log,
  note: NoteDuration = () => undefined,
): Indexer {
  const wishes = new Map<string, Wish>();
  const done = new Map<string, string>();
  const failed = new Map<string, number>();
  const controller = new AbortController();
  let current: (Wish & { gitDir: string }) | undefined;
  let work: Promise<void> = Promise.resolve();

  async function next(): Promise<void> {
    for (;;) {
      const [first] = [...wishes].sort(([, a], [, b]) => Number(b.awaited) - Number(a.awaited));
      if (first === undefined || controller.signal.aborted) return;
      const [gitDir, wish] = first;
      wishes.delete(gitDir);
      current = { gitDir, ...wish };
      await index(gitDir, wish);
      current = undefined;
    }
  }

  async function index(gitDir: string, { commit, awaited }: Wish): Promise<void> {
    const start = performance.now();
    const release = holdMirror(gitDir);
    const request: IndexingRequest = { gitDir, commit };
    try {
      const needed = await runChild<boolean>({
        module: CHILD,
        what: 'indexing of the tree',
        request,
        limits: { ...limits, seconds: SECONDS },
        signal: controller.signal,
        background: !awaited,
      });
      done.set(gitDir, commit);
      failed.delete(gitDir);
      const seconds = (performance.now() - start) / 1000;
      if (!needed) return;
      note('step', 'index', seconds);
      log.info(
        { mirror: gitDir, commit, seconds: Math.round(seconds) },
        'the index of a base branch is up to date',
      );
    } catch (error) {
      if (controller.signal.aborted) return;
      failed.set(gitDir, Date.now());
      log.error(
        { err: error, mirror: gitDir, commit },
        'a tree could not be indexed: its reviews see less of what lies outside the changed files',
      );
    } finally {
      release();
    }
  }

  const hasFailed = (gitDir: string) => Date.now() - (failed.get(gitDir) ?? 0) < RETRY_AFTER;
  return {
    isAwaited: (gitDir) =>
      wishes.get(gitDir)?.awaited === true || (current?.gitDir === gitDir && current.awaited),
    hasFailed,
    request(gitDir, commit, awaited) {
      const isThere = done.get(gitDir) === commit;
      // Somebody waits for what was made: it is no good, and waiting longer would not mend it.
      if (isThere && awaited) failed.set(gitDir, Date.now());
      if (isThere || hasFailed(gitDir) || (current?.gitDir === gitDir && current.commit === commit)) return;
      const before = wishes.get(gitDir);
      wishes.set(gitDir, { commit, awaited: awaited || before?.awaited === true });
      if (current === undefined && wishes.size === 1) work = work.then(next);
    },
    idle: () => work,
    stop: () => controller.abort(new Error('Adjutant is stopping')),
  };
}
