/**
 * A process of its own for one piece of work on what is hostile: it can be stopped, with all that it started. It gets no
 * secret, in its environment or elsewhere, and no network.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { UserError } from '../errors.ts';
import { compileCache } from '../index/compile-cache.ts';
import { giveWay, NICE } from './priority.ts';

export interface ChildLimits {
  readonly seconds: number;
  /** MiB. */
  readonly memory: number;
  /** Where the index is kept. */
  readonly cacheDir: string;
}

/** From the child, beside messages of its own. */
export type ChildEnd<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly message: string; readonly user: boolean };

/** The work was stopped at a limit, or its process died: the same input will end so again. */
export class ChildStopped extends Error {
  override readonly name: string = 'ChildStopped';
}

export interface ChildWork<Message> {
  readonly module: URL;
  /** What it does, as in "the analysis took longer than". */
  readonly what: string;
  readonly request: object;
  readonly limits: ChildLimits;
  readonly onMessage?: (message: Message) => void;
  readonly signal?: AbortSignal | undefined;
  /** Nobody waits for it. */
  readonly background?: boolean;
}

/**
 * Does it. Rejects with ChildStopped at a limit, with a UserError where the child says that of its failure, with the
 * signal's reason when that is aborted.
 */
export function runChild<Result, Message extends { readonly kind: string } = never>(
  work: ChildWork<Message>,
): Promise<Result> {
  const { what, limits, signal } = work;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const child = startChild(work);
    let stderr = '';
    let failure: unknown;
    const stop = (reason: unknown) => {
      failure ??= reason;
      killChild(child);
    };
    const tooMuchMemory = () =>
      new ChildStopped(`the ${what} needed more than ${limits.memory} MiB of memory`);
    const onAbort = () => stop(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const timer = setTimeout(
      () => stop(new ChildStopped(`the ${what} took longer than ${limits.seconds} s`)),
      limits.seconds * 1000,
    );
    const watch = setInterval(() => {
      if (peakMemory(child.pid) > limits.memory) stop(tooMuchMemory());
    }, 200);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      clearInterval(watch);
      signal?.removeEventListener('abort', onAbort);
      killChild(child);
      settle();
    };
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-4096);
    });
    child.on('error', (error) => {
      failure ??= error;
    });
    child.on('message', (message: ChildEnd<Result> | Message) => {
      if (isDone<Result>(message)) {
        // A quick one can be over between two looks.
        if (peakMemory(child.pid) > limits.memory) stop(tooMuchMemory());
        else end(() => resolve(message.result));
      } else if (isFailed(message))
        failure ??= message.user ? new UserError(message.message) : new ChildStopped(message.message);
      else work.onMessage?.(message as Message);
    });
    child.on('close', (status, killedBy) => {
      if (failure === undefined && /heap out of memory|allocation failed/i.test(stderr)) {
        failure = tooMuchMemory();
      }
      end(() =>
        reject(
          failure ?? new ChildStopped(`the ${what} ended by itself (${killedBy ?? `status ${status}`})`),
        ),
      );
    });
    child.send(work.request);
  });
}

const isDone = <Result>(message: { kind: string }): message is ChildEnd<Result> & { kind: 'done' } =>
  message.kind === 'done';
const isFailed = (message: { kind: string }): message is ChildEnd<never> & { kind: 'failed' } =>
  message.kind === 'failed';

/** Starts the process; what it does is said to it in messages. */
export function startChild({
  module,
  limits,
  background,
}: Pick<ChildWork<never>, 'module' | 'background'> & {
  readonly limits: Omit<ChildLimits, 'seconds'>;
}): ChildProcess {
  const child = fork(module, [], {
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      HOME: '/nonexistent',
      ADJUTANT_CACHE_DIR: limits.cacheDir,
      ...compiled(limits.cacheDir),
    },
    execArgv: [`--max-old-space-size=${limits.memory}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true,
  });
  giveWay(child.pid, background ? NICE.background : NICE.analysis);
  return child;
}

/** Half a second of each child would go into stripping the same types and compiling the same modules. */
function compiled(cacheDir: string): { NODE_COMPILE_CACHE?: string } {
  try {
    return { NODE_COMPILE_CACHE: compileCache(cacheDir) };
  } catch {
    // Without room, or the right to write, it goes there.
    return {};
  }
}

/** Removes what children compiled: one that went wrong could have written there, and that shall not outlive a service. */
export function forgetCompiled(cacheDir: string): void {
  const { NODE_COMPILE_CACHE: folder } = compiled(cacheDir);
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}

/** The child and the processes that it started. */
export function killChild(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** MiB that a process has held at most; 0 where the system does not say. Array buffers are in no heap limit of V8's. */
function peakMemory(pid: number | undefined): number {
  try {
    const peak = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return Number(peak?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
