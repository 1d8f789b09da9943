/** `adjutant audit`: all findings in some files as they stand, or as a patch leaves them. */
import { stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { cacheDir } from '../config/cache-dir.ts';
import { UserError } from '../errors.ts';
import { applyPatch } from '../git/apply-patch.ts';
import type { FileDiff, SourceTree } from '../git/change.ts';
import { composeDiffs } from '../git/compose-diffs.ts';
import { openRepository } from '../git/repository.ts';
import { fails } from '../report/verdict.ts';
import { affectedPaths, isSource } from '../review/affected.ts';
import { audit } from '../review/audit.ts';
import { failOnLevel } from './fail-on.ts';
import type { ExitStatus, Io } from './io.ts';
import { loadConfiguration } from './load-configuration.ts';
import { openTree } from './open-change.ts';
import { parseFormat, renderReport, wantsColor } from './output.ts';
import { readPatch } from './read-patch.ts';

export interface AuditCommandOptions {
  readonly paths: readonly string[];
  readonly repo?: string;
  readonly patch?: string;
  readonly format?: string;
  readonly failOn?: string;
  readonly config?: string;
  readonly color?: boolean;
}

/** Prints the report; 1 where a finding reaches the level. */
export async function runAudit(options: AuditCommandOptions, io: Io): Promise<ExitStatus> {
  const format = parseFormat(options.format);
  failOnLevel(options.failOn, undefined);
  const folder = resolve(io.cwd, options.repo ?? '.');
  const { tree: before, name, repository } = await openTree(folder, undefined);
  try {
    let tree: SourceTree = before;
    const diffs: (readonly FileDiff[])[] = [];
    if (options.patch !== undefined) {
      for (const diff of (await readPatch(options.patch, io)).diffs) {
        const applied = await applyPatch(tree, diff);
        tree = applied.tree;
        diffs.push(applied.diff);
      }
    }
    if (options.paths.length === 0 && options.patch === undefined)
      throw new UserError(
        'Say what to audit: paths of files or folders, or --patch FILE for the files of a patch.',
      );
    const diff = diffs.length === 0 ? [] : composeDiffs(diffs);
    const paths =
      options.paths.length === 0
        ? affectedPaths(diff).head
        : await expandPaths(options.paths, tree, folder, options.repo === undefined, io);
    const configuration = await loadConfiguration(options.config, before, io);
    const report = await audit({ base: before, head: tree, diff, name }, paths, {
      ...(configuration ? { configuration } : {}),
      cacheDir: cacheDir(io.env),
    });
    io.stdout.write(await renderReport(report, format, io, wantsColor(options.color, io)));
    return fails(report.findings, failOnLevel(options.failOn, configuration)) ? 1 : 0;
  } finally {
    repository?.close();
  }
}

/** Files as they are named in the tree; a folder stands for the C files below it. */
async function expandPaths(
  paths: readonly string[],
  tree: SourceTree,
  folder: string,
  fromHere: boolean,
  io: Io,
): Promise<string[]> {
  const top = fromHere ? await topFolder(folder) : folder;
  const found = new Set<string>();
  for (const path of paths) {
    const inTree = treePath(path, fromHere ? io.cwd : top, top);
    if (isSource(inTree)) {
      found.add(inTree);
      continue;
    }
    const below = (await tree.paths(inTree)).filter(isSource);
    if (below.length === 0) throw new UserError(`There are no C files in ${path}.`);
    for (const file of below) found.add(file);
  }
  return [...found];
}

function treePath(path: string, from: string, top: string): string {
  const inTree = relative(top, resolve(from, path)).split(sep).join('/');
  if (inTree === '..' || inTree.startsWith('../')) throw new UserError(`${path} is outside the tree ${top}.`);
  return inTree;
}

/** The top of the work tree that `folder` lies in; the folder itself where it is in none. */
async function topFolder(folder: string): Promise<string> {
  let at = folder;
  if (!(await openRepository(folder))) return folder;
  for (;;) {
    if (await stat(resolve(at, '.git')).catch(() => undefined)) return at;
    const parent = resolve(at, '..');
    if (parent === at) return folder;
    at = parent;
  }
}
