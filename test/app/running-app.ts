/** The App as `npm start` runs it, or a part of it, in a process of its own, against the stand-in GitHub. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StandInGitHub } from '../../demo/github/index.ts';
import { freePort } from '../free-port.ts';
import { findSecrets } from './secret-search.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const CLI = join(import.meta.dirname, '../../src/cli.ts');

export interface RunningApp {
  /** Everything that it wrote to standard output and standard error so far. */
  readonly output: string;
  readonly dataDir: string;
  readonly port: number;
  readonly pid: number | undefined;
  kill(): Promise<void>;
  /** Asks it to stop; resolves to its exit status. */
  terminate(): Promise<number | null>;
  /** Starts it again on the same data, after it has ended. */
  restart(): Promise<void>;
  /** Ends it and removes its data. Rejects where a secret stands in anything that it wrote. */
  remove(): Promise<void>;
}

export async function startApp(
  github: StandInGitHub,
  env: Readonly<Record<string, string>> = {},
  role: 'all' | 'web' | 'worker' = 'all',
): Promise<RunningApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'adjutant-app-'));
  const port = await freePort();
  let child: ChildProcess;
  let output = '';
  let ended: Promise<unknown>;

  async function start(): Promise<void> {
    const started = spawn(process.execPath, role === 'all' ? [MAIN] : [CLI, role], {
      cwd: dataDir,
      env: {
        PATH: process.env.PATH,
        HOME: dataDir,
        ...github.env,
        HOST: '127.0.0.1',
        PORT: String(port),
        ADJUTANT_DATA_DIR: join(dataDir, 'data'),
        ADJUTANT_CACHE_DIR: join(dataDir, 'cache'),
        LOG_LEVEL: 'info',
        ADJUTANT_WRITES_PER_MINUTE: '6000',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    ended = once(started, 'exit');
    const from = output.length;
    const listening = new Promise<void>((resolve, reject) => {
      const take = (chunk: Buffer) => {
        output += chunk.toString('utf8');
        if (/Listening on|Ready for work/.test(output.slice(from))) resolve();
      };
      started.stdout?.on('data', take);
      started.stderr?.on('data', take);
      started.on('exit', (status) =>
        reject(new Error(`the App ended with ${status}:\n${output.slice(from)}`)),
      );
    });
    await listening;
    if (role !== 'worker') github.connect(`http://127.0.0.1:${port}`);
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    child.kill(signal);
    await ended;
    if (role !== 'worker') github.connect(undefined);
    return child.exitCode;
  }

  await start();
  return {
    get output() {
      return output;
    },
    dataDir,
    port,
    get pid() {
      return child.pid;
    },
    kill: async () => void (await end('SIGKILL')),
    terminate: () => end('SIGTERM'),
    restart: start,
    async remove() {
      if (child.exitCode === null && child.signalCode === null) await end('SIGKILL');
      const { found } = await findSecrets(github, { output, dataDir, databaseUrl: env.DATABASE_URL });
      // What the killed process had started may write for a moment longer.
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
      if (found.length > 0) throw new Error(`secrets were written: ${found.join(', ')}`);
    },
  };
}
