/**
 * The index against tree-sitter-c: the same .c files, the same number of threads, one after the other.
 * tree-sitter only parses; the index does all that it does.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { measure } from './measure.ts';
import { copySubset } from './subset.ts';

const PACKAGES = ['web-tree-sitter@0.25.10', 'tree-sitter-c@0.24.1'];
/** Part of the tree's .c files. */
const PART = 1 / 8;

/** A row for the table; says so where the packages can't be had. */
export async function compareTreeSitter(
  tree: string,
  scratch: string,
  threads: number,
): Promise<[string, string, string][]> {
  const goal = '>= 3 times faster';
  const packages = join(scratch, 'tree-sitter');
  try {
    mkdirSync(packages);
    writeFileSync(join(packages, 'package.json'), '{"private":true}');
    execFileSync(
      'npm',
      ['install', '--silent', '--no-audit', '--ignore-scripts', '--legacy-peer-deps', ...PACKAGES],
      {
        cwd: packages,
      },
    );
  } catch {
    return [['tree-sitter-c, same .c files', 'packages could not be installed', goal]];
  }
  const copy = join(scratch, 'c-only');
  const paths = copySubset(tree, copy, PART, (path) => path.endsWith('.c'));
  const bytes = paths.reduce((sum, path) => sum + statSync(join(copy, path)).size, 0);
  for (const path of paths) readFileSync(join(copy, path));
  const ours = await measure({ root: copy, cache: join(scratch, 'c-only-cache'), threads });
  const start = performance.now();
  const parts = Array.from({ length: threads }, (_, n) => paths.filter((_path, at) => at % threads === n));
  const withErrors = await Promise.all(parts.map((part) => parseAll(packages, copy, part)));
  const theirs = performance.now() - start;
  rmSync(copy, { recursive: true });
  rmSync(join(scratch, 'c-only-cache'), { recursive: true });
  const errors = withErrors.reduce((sum, count) => sum + count, 0);
  const rate = (elapsed: number): string => `${(bytes / 1000 / elapsed).toFixed(1)} MB/s`;
  return [
    [
      `tree-sitter-c, ${paths.length} .c files, parse only`,
      `${rate(theirs)}, ${((errors / paths.length) * 100).toFixed(0)} % of the files with errors`,
      '',
    ],
    [
      '  the same files indexed',
      `${rate(ours.elapsed)}: ${(theirs / ours.elapsed).toFixed(1)} times faster`,
      goal,
    ],
    [
      '  of that reading them: the facts of every file, stored',
      `${rate(ours.readTime)}: ${(theirs / ours.readTime).toFixed(1)} times faster`,
      '',
    ],
  ];
}

/** Parses files in a thread; returns how many had errors. */
function parseAll(packages: string, root: string, paths: readonly string[]): Promise<number> {
  const worker = new Worker(fileURLToPath(new URL('./tree-sitter-worker.ts', import.meta.url)), {
    workerData: { packages, root, paths },
  });
  return new Promise((resolve, reject) => {
    worker.on('message', resolve);
    worker.on('error', reject);
  });
}
