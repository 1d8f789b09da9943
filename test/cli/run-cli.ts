/** Runs a command line in this process and gathers what it prints. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/run.ts';

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export async function runCli(
  args: readonly string[],
  options: { cwd?: string; input?: string | Uint8Array; env?: Record<string, string> } = {},
): Promise<Ran> {
  let out = '';
  let err = '';
  const status = await run(args, {
    stdout: {
      write: (text) => {
        out += text;
      },
    },
    stderr: {
      write: (text) => {
        err += text;
      },
    },
    readInput: async () => Buffer.from(options.input ?? ''),
    cwd: options.cwd ?? tmpdir(),
    env: { ADJUTANT_CACHE_DIR: join(tmpdir(), 'adjutant-no-cache'), ...options.env },
  });
  return { status, out, err };
}
