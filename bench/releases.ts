/**
 * What the checkers say of all that changed between two releases of a stable tree, folder by folder, in both directions:
 *
 *     npm run bench:releases -- --tree NEWER --older OLDER [--folders N] [--json FILE]
 *
 * Forward, hardly anything should be said: these are fixes. Backward, what they mended comes back. The newer tree must
 * have an index with effects in ADJUTANT_CACHE_DIR (`adjutant index --repo NEWER`). --folders takes every so many-th
 * folder only, so that N of them are looked at; --json keeps the findings, to be read.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Confidence, Finding } from '../src/checkers/checker.ts';
import { cacheDir } from '../src/config/cache-dir.ts';
import { openEffects } from '../src/effects/tree/related-effects.ts';
import { folderTree } from '../src/git/folder-tree.ts';
import { overlayTree } from '../src/git/overlay.ts';
import { parsePatch } from '../src/git/patch.ts';
import { openIndex } from '../src/index/open-index.ts';
import { programsOver } from '../src/review/indexed-programs.ts';
import { review } from '../src/review/review.ts';
import { printTable } from './index-parts/table.ts';

const { values } = parseArgs({
  options: {
    tree: { type: 'string' },
    older: { type: 'string' },
    folders: { type: 'string' },
    json: { type: 'string' },
  },
});
if (values.tree === undefined || values.older === undefined) {
  console.error('usage: npm run bench:releases -- --tree NEWER --older OLDER [--folders N] [--json FILE]');
  process.exit(2);
}
const [newer, older] = [resolve(values.tree), resolve(values.older)];
const tree = await folderTree(newer);
const opened = await openIndex(tree, { cacheDir: cacheDir(process.env) });
const effects = openEffects(opened.report.index);
if (effects === undefined) throw new Error(`no effects of ${newer}: run adjutant index --repo ${newer}`);

const forward: Finding[] = [];
const backward: Finding[] = [];
const folders = sample([...Map.groupBy(changedFiles(), folderOf).values()], values.folders);
const start = performance.now();
for (const [n, paths] of folders.entries()) {
  if (process.stderr.isTTY) process.stderr.write(`\r${n} of ${folders.length} folders `);
  const before = new Map(paths.map((path) => [path, contentIn(older, path)]));
  const head = overlayTree(tree, before);
  const change = { base: tree, head, baseName: newer, headName: older, commits: [], diff: diffOf(paths) };
  const programs = () => programsOver(opened, effects, head, change.diff);
  const { findings, fixed } = await review(change, { programs });
  backward.push(...findings);
  forward.push(...fixed);
}
const files = folders.flat().length;
console.log(
  `${files} files in ${folders.length} folders, ${Math.round((performance.now() - start) / 1000)} s`,
);
const rules = [...new Set([...forward, ...backward].map(({ rule }) => rule))].sort();
printTable(
  ['rule', 'forward: high', 'medium', 'low', 'backward: high', 'medium', 'low'],
  [...rules.map((rule) => [rule, ...counts(rule)]), ['all', ...counts('')]],
);
if (values.json !== undefined)
  writeFileSync(values.json, JSON.stringify({ forward, backward }, undefined, 1));
effects.close();
opened.close();

function counts(rule: string): string[] {
  const count = (found: readonly Finding[], confidence: Confidence): string =>
    String(found.filter((one) => one.rule.startsWith(rule) && one.confidence === confidence).length);
  return [forward, backward].flatMap((found) =>
    (['high', 'medium', 'low'] as const).map((confidence) => count(found, confidence)),
  );
}

/** The sources that differ, or are in one of the two only. */
function changedFiles(): string[] {
  const { stdout } = spawnSync('diff', ['-rqN', newer, older], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return stdout.split('\n').flatMap((line) => {
    const path = /^Files (\S+) and \S+ differ$/.exec(line)?.[1]?.slice(newer.length + 1);
    return path !== undefined && /\.[ch]$/.test(path) && !/^(tools|samples|scripts)\//.test(path)
      ? [path]
      : [];
  });
}

function contentIn(root: string, path: string): Uint8Array | undefined {
  return existsSync(join(root, path)) ? readFileSync(join(root, path)) : undefined;
}

/** From the newer tree to the older. */
function diffOf(paths: readonly string[]) {
  const label = (root: string, side: string, path: string): string =>
    existsSync(join(root, path)) ? `${side}/${path}` : '/dev/null';
  const texts = paths.map((path) => {
    const labels = ['--label', label(newer, 'a', path), '--label', label(older, 'b', path)];
    const { stdout } = spawnSync('diff', ['-uN', ...labels, join(newer, path), join(older, path)], {
      maxBuffer: 1 << 28,
    });
    return Buffer.concat([Buffer.from(`diff --git a/${path} b/${path}\n`), stdout]);
  });
  return parsePatch(Buffer.concat(texts));
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function sample<T>(all: readonly T[], count: string | undefined): readonly T[] {
  const step = count === undefined ? 1 : all.length / Number(count);
  return step <= 1 ? all : Array.from({ length: Number(count) }, (_, n) => all[Math.floor(n * step)] as T);
}
