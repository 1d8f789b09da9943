/** The process of measure.ts. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildTreeEffects } from '../../src/effects/tree/build.ts';
import { folderTree } from '../../src/git/folder-tree.ts';
import { openRepository } from '../../src/git/repository.ts';
import { buildIndex } from '../../src/index/build.ts';
import type { Measured, Run } from './measure.ts';

const run = JSON.parse(process.argv[2] as string) as Run;

async function open() {
  if (run.root !== undefined) return folderTree(run.root);
  const repository = await openRepository(run.git as string);
  const head = await repository?.resolve('HEAD');
  if (repository === undefined || head === undefined)
    throw new Error(`no repository with a HEAD: ${run.git}`);
  return repository.tree(head);
}

const report = await buildIndex(await open(), { cacheDir: run.cache, threads: run.threads });
const { index, store, scanTime, readTime, linkTime, bytes, parsed, isUnchanged } = report;
const effectsTime = await buildTreeEffects(index, {
  cacheDir: run.cache,
  factsFolder: store.folder,
  threads: run.threads,
});
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const measured: Omit<Measured, 'elapsed'> = {
  cpu: (userCPUTime + systemCPUTime) / 1000,
  peak: maxRSS * 1024,
  scanTime,
  readTime,
  linkTime,
  effectsTime,
  bytes,
  parsed,
  isUnchanged,
  storeBytes: store.bytes(),
  indexBytes: readdirSync(index.folder).reduce(
    (sum, name) => sum + statSync(join(index.folder, name)).size,
    0,
  ),
  stats: index.info.stats,
};
index.close();
store.close();
process.stdout.write(JSON.stringify(measured), () => process.exit(0));
