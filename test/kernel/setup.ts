/**
 * Makes what the tests on a whole tree share: its index, and the repository with the seed commits. Both are made beside
 * the other tests, which wait more than they work, from what these leave of the machine. A second run finds the index
 * there.
 */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { CLI, checkSettings, kernelTree, missing, type Ran, run, sharedPath } from './kernel-tree.ts';

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (missing !== undefined) return undefined;
  checkSettings();
  const folder = mkdtempSync(join(tmpdir(), 'adjutant-kernel-'));
  project.provide('madeIn', folder);
  const stop = new AbortController();

  /** Runs a program that gives way to all others; the tests wait for the file that says how it ended. */
  async function make(name: 'index' | 'repository', program: string, ...args: string[]): Promise<void> {
    const ran = await run('nice', ['-n', '19', program, ...args], { signal: stop.signal }).catch(
      (error: Error): Ran => ({ status: null, out: '', err: error.message }),
    );
    const file = join(folder, `${name}.json`);
    writeFileSync(`${file}.new`, JSON.stringify(ran));
    renameSync(`${file}.new`, file);
  }

  const made = (async () => {
    await make('index', process.execPath, CLI, 'index', '--repo', kernelTree);
    await make('repository', sharedPath('tools', 'seed-repo'), kernelTree, join(folder, 'linux'));
  })();
  return async () => {
    stop.abort();
    await made;
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
}
