/**
 * Measures the index on a whole kernel tree and prints the figures beside their goals:
 *
 *   npm run bench:index -- --tree DIR [--git DIR] [--scratch DIR] [--threads N] [--only NAME,…]
 *
 * --tree is a plain tree (it is only read), --git a packed repository of the same; without it that row is left
 * out. The comparisons install web-tree-sitter and tree-sitter-c into the scratch folder, outside the project,
 * and use Universal Ctags where it is installed. Parts: whole, git, growth, files, treesitter, ctags. What a review takes on
 * an indexed tree is measured by bench/locks.ts.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { compareCtags } from './index-parts/ctags.ts';
import { measureLargeFiles } from './index-parts/large-files.ts';
import { type Measured, measure } from './index-parts/measure.ts';
import { copySubset, touchFiles } from './index-parts/subset.ts';
import { printTable } from './index-parts/table.ts';
import { compareTreeSitter } from './index-parts/tree-sitter.ts';

const { values } = parseArgs({
  options: {
    tree: { type: 'string' },
    git: { type: 'string' },
    scratch: { type: 'string' },
    threads: { type: 'string' },
    only: { type: 'string' },
  },
});
if (values.tree === undefined) {
  console.error(
    'usage: npm run bench:index -- --tree DIR [--git DIR] [--scratch DIR] [--threads N] [--only PART,…]',
  );
  process.exit(2);
}
const tree = resolve(values.tree);
const threads = Number(values.threads ?? availableParallelism());
if (values.scratch !== undefined) mkdirSync(values.scratch, { recursive: true });
const scratch = mkdtempSync(join(resolve(values.scratch ?? tmpdir()), 'adjutant-bench-'));
const parts = values.only?.split(',');
const isWanted = (part: string): boolean => parts === undefined || parts.includes(part);

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
const cpu = (m: Measured): string => `${(m.cpu / 1000).toFixed(1)} s of CPU`;

const rows: [what: string, found: string, goal: string][] = [];

try {
  if (isWanted('whole')) await wholeTree();
  if (isWanted('git') && values.git !== undefined) {
    const git = await measure({ git: resolve(values.git), cache: join(scratch, 'git'), threads });
    rows.push([
      'whole tree, cold store, packed git',
      `${seconds(git.elapsed)}, ${cpu(git)} and git's`,
      'reported',
    ]);
    const again = await measure({ git: resolve(values.git), cache: join(scratch, 'git'), threads });
    rows.push(['  second run', seconds(again.elapsed), '<= 1.5 s']);
    rmSync(join(scratch, 'git'), { recursive: true });
  }
  if (isWanted('growth')) await growth();
  if (isWanted('treesitter')) rows.push(...(await compareTreeSitter(tree, scratch, threads)));
  if (isWanted('ctags')) rows.push(...(await compareCtags(tree, scratch)));
  if (rows.length > 0) printTable(['what', 'measured', 'goal'], rows);
  if (isWanted('files'))
    printTable(['large file', 'bytes', 'time', 'rate', 'facts'], measureLargeFiles(tree, 12));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Cold, unchanged, and after 1,000 changed files: on a copy, for the tree itself is not ours to change. */
async function wholeTree(): Promise<void> {
  const copy = join(scratch, 'tree');
  const files = copySubset(tree, copy, 1);
  const cache = join(scratch, 'whole');
  const cold = await measure({ root: copy, cache, threads });
  rows.push(['whole tree, cold store, plain', `${seconds(cold.elapsed)}, ${cpu(cold)}`, '<= 60 s']);
  rows.push(['  looking for changes', seconds(cold.scanTime), '']);
  rows.push(['  reading and analysing', seconds(cold.readTime), '']);
  rows.push(['  linking', seconds(cold.linkTime), '']);
  rows.push(['  effects and lock graph', seconds(cold.effectsTime), '']);
  rows.push(['  peak resident', megabytes(cold.peak), '<= 2,147 MB']);
  rows.push([
    '  store and index',
    `${megabytes(cold.storeBytes)} + ${megabytes(cold.indexBytes)}`,
    '<= 600 MB',
  ]);
  const { functions, unparsed, errors } = cold.stats;
  const parsed = ((1 - unparsed / functions) * 100).toFixed(3);
  rows.push(['  functions with a body that could be read', `${parsed} % of ${functions}`, '>= 99.5 %']);
  rows.push(['  places that could not be parsed', String(errors), 'reported']);
  const again = await measure({ root: copy, cache, threads });
  rows.push([
    'second run, nothing changed',
    `${seconds(again.elapsed)}${again.isUnchanged ? '' : ' (relinked)'}`,
    '<= 1.5 s',
  ]);
  touchFiles(copy, files, 1000);
  const changed = await measure({ root: copy, cache, threads });
  rows.push([
    `after ${changed.parsed} changed files`,
    `${seconds(changed.elapsed)}, ${cpu(changed)}`,
    '<= 3 s',
  ]);
  rows.push(['  reading and analysing', seconds(changed.readTime), '']);
  rows.push(['  linking', seconds(changed.linkTime), '']);
  rmSync(copy, { recursive: true });
  rmSync(cache, { recursive: true });
}

/** The same on parts of the tree: time by bytes should stay the same. */
async function growth(): Promise<void> {
  for (const part of [1 / 8, 1 / 4, 1 / 2, 1]) {
    const copy = join(scratch, 'part');
    const cache = join(scratch, 'part-cache');
    copySubset(tree, copy, part);
    const run = await measure({ root: copy, cache, threads });
    const perByte = (run.cpu / 1000 / (run.bytes / 1e9)).toFixed(1);
    rows.push([
      `growth: ${part} of the tree`,
      `${megabytes(run.bytes)} in ${seconds(run.elapsed)}, ${perByte} s of CPU per GB`,
      part === 1 ? 'linear' : '',
    ]);
    rmSync(copy, { recursive: true });
    rmSync(cache, { recursive: true });
  }
}
