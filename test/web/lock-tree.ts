/** A git repository with a few locks, as a mirror has it, and its lock graph. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLockGraphs, type LockGraphs } from '../../src/jobs/lock-graphs.ts';

const TREE = fileURLToPath(new URL('../../demo/tree', import.meta.url));

export interface LockTree {
  readonly gitDir: string;
  readonly commit: string;
  readonly graphs: LockGraphs;
  remove(): void;
}

/** The demo's miniature kernel. */
export function lockTree(): LockTree {
  const dir = mkdtempSync(join(tmpdir(), 'adjutant-locks-'));
  const folder = join(dir, 'tree');
  cpSync(TREE, folder, { recursive: true });
  const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', '-c', 'commit.gpgsign=false'];
  const git = (...args: string[]) =>
    execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8' }).trim();
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'start');
  const graphs = createLockGraphs({ memory: 2048, cacheDir: join(dir, 'cache') });
  return {
    gitDir: join(folder, '.git'),
    commit: git('rev-parse', 'HEAD'),
    graphs,
    remove() {
      graphs.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
