/** The App as a process of its own, told of the stand-in by its environment alone, as an administrator would. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface AppProcess {
  readonly url: string;
  /** What it wrote so far. */
  readonly output: () => string;
  /** Asks it to stop, and makes it after a while. */
  stop(): Promise<void>;
}

/** Seconds are enough for it; a busy machine gets more before it is called broken. */
const START_LIMIT = 60_000;
/** Of the demo alone: it listens on this machine only. */
export const ADMIN_TOKEN = 'demo-administrator';
export const METRICS_TOKEN = 'demo-prometheus-token';
const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** Starts `node src/main.ts` with its data below `dir`. Resolves when it answers; rejects where it ends before. */
export async function startApp(env: Readonly<Record<string, string>>, dir: string): Promise<AppProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let output = '';
  const child = spawn(process.execPath, [join(PROJECT, 'src/main.ts')], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: dir,
      NODE_ENV: 'production',
      LOG_LEVEL: 'info',
      HOST: '127.0.0.1',
      PORT: String(port),
      ADJUTANT_URL: url,
      ADJUTANT_ADMIN_TOKEN: ADMIN_TOKEN,
      ADJUTANT_METRICS_TOKEN: METRICS_TOKEN,
      ADJUTANT_DATA_DIR: join(dir, 'data'),
      ADJUTANT_CACHE_DIR: join(dir, 'cache'),
      ...env,
    },
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  }
  try {
    await answers(child, `${url}/ping`);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${(error as Error).message}:\n${output}`);
  }
  return { url, output: () => output, stop: () => stop(child) };
}

async function answers(child: ChildProcess, url: string): Promise<void> {
  const until = Date.now() + START_LIMIT;
  while (Date.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('the App ended');
    const ready = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the App did not answer within ${START_LIMIT / 1000} s`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(timer);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
