/** One run of the index in a process of its own, so that each starts cold and its peak memory is its own. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TreeStats } from '../../src/index/tree-index.ts';

export interface Run {
  /** A plain folder, or a git repository (its HEAD). */
  readonly root?: string;
  readonly git?: string;
  readonly cache: string;
  readonly threads: number;
}

/** Times are milliseconds, sizes bytes. */
export interface Measured {
  /** From the start of the process to its end. */
  readonly elapsed: number;
  /** Of all its threads, user and system. */
  readonly cpu: number;
  readonly peak: number;
  readonly scanTime: number;
  readonly readTime: number;
  readonly linkTime: number;
  readonly effectsTime: number;
  readonly bytes: number;
  readonly parsed: number;
  readonly isUnchanged: boolean;
  readonly storeBytes: number;
  readonly indexBytes: number;
  readonly stats: TreeStats;
}

/** Runs the index once. Rejects where it fails. */
export async function measure(run: Run): Promise<Measured> {
  const start = performance.now();
  const script = fileURLToPath(new URL('./run-once.ts', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(run)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (status !== 0) throw new Error(`the index ended with status ${status}`);
  return { ...(JSON.parse(out) as Omit<Measured, 'elapsed'>), elapsed: performance.now() - start };
}
