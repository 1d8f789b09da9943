/** What the tests of this folder need from outside: a whole Linux tree, and the shared cases and tools. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeEach, inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of what setup.ts makes for all tests on a whole tree. */
    madeIn: string;
  }
}

const { ADJUTANT_KERNEL_TREE: tree, ADJUTANT_SHARED: shared } = process.env;

export const kernelTree = tree ?? '';
export const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** Why these tests can't run here; undefined where they can. */
export const missing: string | undefined = !tree
  ? 'ADJUTANT_KERNEL_TREE is not set: a whole Linux tree'
  : !shared
    ? 'ADJUTANT_SHARED is not set: the folder with the seed commits, the corpora and their tools'
    : undefined;

export const missingPython = spawnSync('python3', ['--version']).error && 'there is no python3 here';

/** Skips every test of the file, with the reason, where there is one. */
export function skipAll(reason: string | undefined): void {
  beforeEach(({ skip }) => {
    if (reason !== undefined) skip(reason);
  });
}

/** A path in the shared folder. */
export const sharedPath = (...parts: string[]): string => join(shared ?? '', ...parts);

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end. Rejects where it can't be started. */
export function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      signal: options.signal,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      err += text;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, out, err }));
  });
}

/** Runs the terminal command as a process of its own. */
export const adjutant = (args: readonly string[], options: { cwd?: string } = {}): Promise<Ran> =>
  run(process.execPath, [CLI, ...args], options);

/** Rejects with what the program said, where it did not end with 0. */
export async function must(ran: Promise<Ran>): Promise<Ran> {
  const { status, out, err } = await ran;
  if (status !== 0) throw new Error(`ended with ${status}\n${out.slice(-2000)}\n${err.slice(-2000)}`);
  return { status, out, err };
}

/** Waits until the index of the tree is made. Rejects with what the program said, where it could not be. */
export const indexed = (): Promise<Ran> => must(made('index'));

/** Waits until the repository with the seed commits is made; resolves to its path. Rejects as `indexed` does. */
export async function seedRepository(): Promise<string> {
  await must(made('repository'));
  return join(inject('madeIn'), 'linux');
}

async function made(name: string): Promise<Ran> {
  const file = join(inject('madeIn'), `${name}.json`);
  while (!existsSync(file)) await setTimeout(500);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Throws where what the environment names is not what it should be: that is a fault, not a reason to skip. */
export function checkSettings(): void {
  const needed = [join(kernelTree, 'Makefile'), sharedPath('corpus'), sharedPath('tools', 'seed-repo')];
  for (const path of needed) if (!existsSync(path)) throw new Error(`there is no ${path}`);
}
