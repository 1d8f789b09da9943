/**
 * Lock graphs for the pages. One process has those that were asked for lately open, so that an answer takes no longer than
 * the look at it; it is stopped when nobody has asked for a while.
 */
import type { ChildProcess } from 'node:child_process';
import { type ChildLimits, killChild, startChild } from './child.ts';
import type {
  GraphPlace,
  LockAnswer,
  LockGraphMessage,
  LockGraphReply,
  LockQuery,
} from './lock-graph-query.ts';

/** Milliseconds without a question after which the process is stopped. */
const IDLE = 10 * 60_000;
/** ... and after which an answer is given up: a small tree is indexed first. */
const LIMIT = 60_000;

const CHILD = new URL('./lock-graph-child.ts', import.meta.url);

export interface LockGraphs {
  /** Rejects where there is no answer in a minute. */
  ask(place: GraphPlace, query: LockQuery): Promise<LockAnswer>;
  stop(): void;
}

interface Asked {
  resolve(answer: LockAnswer): void;
  reject(error: Error): void;
}

export function createLockGraphs(limits: Omit<ChildLimits, 'seconds'>): LockGraphs {
  const asked = new Map<number, Asked>();
  let child: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last = 0;

  function stop(why = 'the lock graph is closed'): void {
    clearTimeout(idle);
    if (child !== undefined) killChild(child);
    child = undefined;
    for (const { reject } of asked.values()) reject(new Error(why));
    asked.clear();
  }

  function running(): ChildProcess {
    if (child !== undefined) return child;
    const started = startChild({ module: CHILD, limits });
    started.on('message', ({ id, answer, error }: LockGraphReply) => {
      const waiting = asked.get(id);
      asked.delete(id);
      if (answer !== undefined) waiting?.resolve(answer);
      else waiting?.reject(new Error(error));
    });
    const ended = () => {
      if (child === started) stop('the process with the lock graph ended');
    };
    started.on('error', ended);
    started.on('close', ended);
    child = started;
    return started;
  }

  return {
    ask({ gitDir, commit }, query) {
      clearTimeout(idle);
      idle = setTimeout(stop, IDLE);
      idle.unref();
      const id = ++last;
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => stop(`no answer within ${LIMIT / 1000} s`), LIMIT);
        const settled =
          <T>(settle: (value: T) => void) =>
          (value: T) => {
            clearTimeout(timer);
            settle(value);
          };
        asked.set(id, { resolve: settled(resolve), reject: settled(reject) });
        running().send({ id, place: { gitDir, commit }, query } satisfies LockGraphMessage);
      });
    },
    stop: () => stop(),
  };
}
