/**
 * One analysis, in a process of its own that can be stopped: what it reads is hostile. It gets no secret, in its
 * environment or elsewhere, and no network.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Configuration } from '../config/configuration.ts';
import { UserError } from '../errors.ts';
import type { FileDiff } from '../git/change.ts';
import type { Report } from '../review/report.ts';

export interface AnalysisRequest {
  readonly gitDir: string;
  readonly base: string;
  readonly head: string;
  /** Commit whose `.github/adjutant.yml` counts. */
  readonly configurationAt: string;
  /** SHAs of the commits under review, the oldest first: a shallow mirror does not tell them by itself. */
  readonly commits: readonly string[];
}

export interface Analysis {
  readonly report: Report;
  readonly configuration: Configuration;
  /** git's own diff: what GitHub's is when GitHub will not give it. */
  readonly diff: readonly FileDiff[];
}

export interface AnalysisLimits {
  readonly seconds: number;
  /** MiB. */
  readonly memory: number;
  /** Where the index is kept. */
  readonly cacheDir: string;
}

export interface AnalysisEvents {
  /** The configuration is known: it says what to do should the rest fail. */
  readonly configured?: (configuration: Configuration) => void;
  readonly progress?: (step: string) => void;
}

/** From the child. */
export type AnalysisMessage =
  | { readonly kind: 'configured'; readonly configuration: Configuration }
  | { readonly kind: 'progress'; readonly step: string }
  | { readonly kind: 'done'; readonly analysis: Analysis }
  | { readonly kind: 'failed'; readonly message: string; readonly user: boolean };

/** The analysis was stopped at a limit, or its process died: the same input will end so again. */
export class AnalysisStopped extends Error {
  override readonly name = 'AnalysisStopped';
}

const CHILD = new URL('./analysis-child.ts', import.meta.url);

/**
 * Analyses a change. Rejects with AnalysisStopped at a limit, with a UserError where the change can't be read,
 * with the signal's reason when that is aborted.
 */
export function analyse(
  request: AnalysisRequest,
  limits: AnalysisLimits,
  events: AnalysisEvents = {},
  signal?: AbortSignal,
): Promise<Analysis> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const child = fork(CHILD, [], {
      env: {
        PATH: process.env.PATH ?? '/usr/bin:/bin',
        HOME: '/nonexistent',
        ADJUTANT_CACHE_DIR: limits.cacheDir,
      },
      execArgv: [`--max-old-space-size=${limits.memory}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      detached: true,
    });
    let stderr = '';
    let failure: unknown;
    const stop = (reason: unknown) => {
      failure ??= reason;
      kill(child);
    };
    const onAbort = () => stop(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const timer = setTimeout(
      () => stop(new AnalysisStopped(`the analysis took longer than ${limits.seconds} s`)),
      limits.seconds * 1000,
    );
    const watch = setInterval(() => {
      if (peakMemory(child.pid) > limits.memory) stop(tooMuchMemory(limits));
    }, 200);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      clearInterval(watch);
      signal?.removeEventListener('abort', onAbort);
      kill(child);
      settle();
    };
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-4096);
    });
    child.on('error', (error) => {
      failure ??= error;
    });
    child.on('message', (message: AnalysisMessage) => {
      if (message.kind === 'configured') events.configured?.(message.configuration);
      else if (message.kind === 'progress') events.progress?.(message.step);
      else if (message.kind === 'done') {
        // A quick one can be over between two looks.
        if (peakMemory(child.pid) > limits.memory) stop(tooMuchMemory(limits));
        else end(() => resolve(message.analysis));
      } else failure ??= message.user ? new UserError(message.message) : new AnalysisStopped(message.message);
    });
    child.on('close', (status, killedBy) => {
      if (failure === undefined && /heap out of memory|allocation failed/i.test(stderr)) {
        failure = tooMuchMemory(limits);
      }
      end(() =>
        reject(
          failure ?? new AnalysisStopped(`the analysis ended by itself (${killedBy ?? `status ${status}`})`),
        ),
      );
    });
    child.send(request);
  });
}

function tooMuchMemory({ memory }: AnalysisLimits): AnalysisStopped {
  return new AnalysisStopped(`the analysis needed more than ${memory} MiB of memory`);
}

/** The child and the git processes that it started. */
function kill(child: ChildProcess): void {
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
