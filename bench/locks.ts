/**
 * What lock-order costs on a whole Linux tree, beside its goals:
 *
 *     npm run bench:locks -- --tree DIR [--shared DIR] [--patch FILE] [--runs N]
 *
 * The tree must have an index with effects in ADJUTANT_CACHE_DIR (`adjutant index --repo DIR`). Its lock graph is linked
 * again, in a scratch folder, from as many dependencies as it was made of. Then a change to ten files is reviewed with
 * lock-order and without it, by turns, each time in a process of its own: --patch, or else one that is put together
 * from changes of the corpus in --shared (default: ADJUTANT_SHARED, or `../shared`). Times depend on what else the
 * machine does.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openTree } from '../src/cli/open-change.ts';
import { cacheDir } from '../src/config/cache-dir.ts';
import { eachCallbackDependency } from '../src/effects/tree/callbacks.ts';
import { LockGraphWriter, TreeLockGraph } from '../src/effects/tree/lock-graph.ts';
import { openEffects } from '../src/effects/tree/related-effects.ts';
import { UserError } from '../src/errors.ts';
import { applyPatch } from '../src/git/apply-patch.ts';
import { parsePatch } from '../src/git/patch.ts';
import { openIndex } from '../src/index/open-index.ts';
import { printTable } from './index-parts/table.ts';

const FILES = 10;

const { values } = parseArgs({
  options: {
    tree: { type: 'string', default: process.env.ADJUTANT_KERNEL_TREE },
    shared: { type: 'string', default: process.env.ADJUTANT_SHARED ?? '../shared' },
    patch: { type: 'string' },
    runs: { type: 'string', default: '12' },
  },
});
if (values.tree === undefined) {
  console.error('usage: npm run bench:locks -- --tree DIR [--shared DIR] [--patch FILE] [--runs N]');
  process.exit(2);
}
const tree = resolve(values.tree);
const scratch = mkdtempSync(join(tmpdir(), 'adjutant-bench-'));
const rows: [what: string, found: string, goal: string][] = [];
try {
  await link();
  const patch = values.patch ?? (await tenFiles(join(resolve(values.shared), 'corpus/bugs')));
  if (patch === undefined)
    rows.push(['review of ten files', 'not measured: no corpus in --shared, and no --patch', '']);
  else review(patch, Number(values.runs));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
printTable(['lock-order', 'found', 'goal'], rows);

/** Links the graph of the whole tree from its dependencies. */
async function link(): Promise<void> {
  const { tree: source, repository } = await openTree(tree, undefined);
  const opened = await openIndex(source, { cacheDir: cacheDir(process.env) });
  const store = openEffects(opened.report.index);
  if (store === undefined) throw new Error(`no effects of ${tree}: run adjutant index --repo ${tree}`);
  try {
    const { lockGraph } = store;
    const dependencies = lockGraph.locks.flatMap((lock) =>
      lockGraph.under(lock).flatMap(({ from, to, weight, count, witnesses }) =>
        Array.from({ length: count }, (_, n) => {
          const { number = n, line = 1 } = witnesses[n] ?? {};
          const [fromMode, toMode] = [from.mode, to.mode];
          const thousandths = Math.round(weight * 1000);
          return {
            number,
            stored: { from: from.lock, fromMode, to: to.lock, toMode, line, weight: thousandths },
          };
        }),
      ),
    );
    const start = performance.now();
    const writer = new LockGraphWriter();
    for (const { number, stored } of dependencies) writer.add(number, [stored]);
    eachCallbackDependency(opened.program(), store, (number, found) => writer.add(number, found));
    writer.finish({ folder: scratch }, 'bench');
    const graph = TreeLockGraph.open({ folder: scratch }, 'bench');
    rows.push([
      `link ${dependencies.length} dependencies: ${graph?.size} orders of ${graph?.locks.length} locks`,
      seconds(performance.now() - start),
      '<= 10 s',
    ]);
  } finally {
    store.close();
    opened.close();
    repository?.close();
  }
}

/** A change to ten files out of changes of the corpus that are no bugs; undefined where there is no corpus. */
async function tenFiles(corpus: string): Promise<string | undefined> {
  if (!existsSync(join(corpus, 'cases.json'))) return undefined;
  const cases: { id: string; kind: string; files: string[] }[] = JSON.parse(
    readFileSync(join(corpus, 'cases.json'), 'utf8'),
  );
  const { tree: source, repository } = await openTree(tree, undefined);
  const taken = new Set<string>();
  let patch = '';
  for (const { id, kind, files } of cases) {
    if (kind !== 'clean' || taken.size + files.length > FILES || files.some((file) => taken.has(file)))
      continue;
    const text = readFileSync(join(corpus, `${id}.patch`), 'utf8');
    // Some are for a later tree.
    const applies = await applyPatch(source, parsePatch(Buffer.from(text))).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
    });
    if (applies === undefined) continue;
    for (const file of files) taken.add(file);
    patch += text.endsWith('\n') ? text : `${text}\n`;
  }
  repository?.close();
  if (taken.size < FILES) return undefined;
  const path = join(scratch, 'ten.patch');
  writeFileSync(path, patch);
  return path;
}

/** Reviews a patch with lock-order and without it, by turns. */
function review(patch: string, runs: number): void {
  const without = join(scratch, 'without.yml');
  writeFileSync(without, 'checkers:\n  lock-order:\n    enabled: false\n');
  const cli = fileURLToPath(new URL('../bin/adjutant.js', import.meta.url));
  const args = [cli, 'review', '--repo', tree, '--patch', resolve(patch), '--format', 'json'];
  const time = (more: readonly string[]): number => {
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [...args, ...more], { encoding: 'utf8' });
    if (status !== 0 && status !== 1) throw new Error(stderr);
    return performance.now() - start;
  };
  time([]);
  const withAll = (): number => time([]);
  const withOthers = (): number => time(['--config', without]);
  // The machine's speed changes within minutes: each pair is measured at one time, and by turns the one or the other first.
  const pairs = Array.from({ length: runs }, (_, n) => {
    if (n % 2 === 0) return [withAll(), withOthers()] as const;
    const others = withOthers();
    return [withAll(), others] as const;
  });
  rows.push(['review of ten files, all checkers', seconds(median(pairs.map(([a]) => a))), '<= 1.5 s']);
  rows.push(['review of ten files, without lock-order', seconds(median(pairs.map(([, b]) => b))), '']);
  rows.push([
    `  what lock-order adds, median of ${runs} pairs`,
    seconds(median(pairs.map(([a, b]) => a - b))),
    '<= 0.3 s',
  ]);
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] as number;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
