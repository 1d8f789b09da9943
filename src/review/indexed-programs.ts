/** The programs of a change to a tree that has an index: the tree's, and the changed files over it. */

import { useStore } from '../effects/stores.ts';
import { ChangedEffects } from '../effects/tree/changed-effects.ts';
import { openEffects } from '../effects/tree/related-effects.ts';
import type { FileDiff, SourceTree } from '../git/change.ts';
import type { IndexProgram } from '../index/index-program.ts';
import { type OpenedIndex, openIndex } from '../index/open-index.ts';
import type { FunctionRef, Program } from '../index/program.ts';
import { affectedPaths, isSource } from './affected.ts';
import { namesLinked } from './linked-names.ts';
import type { Sides } from './programs.ts';
import { partsOfKey, touchedFunctions } from './touched.ts';

/** Opens the index of the base. Rejects as openIndex() does. */
export async function indexedPrograms(
  base: SourceTree,
  head: SourceTree,
  diff: readonly FileDiff[],
  cacheDir: string,
): Promise<Sides> {
  const opened = await openIndex(base, { cacheDir });
  const effects = openEffects(opened.report.index);
  return {
    ...(await programsOver(opened, effects, head, diff)),
    close() {
      effects?.close();
      opened.close();
    },
  };
}

/** Over an index that is open, and stays so: who reviews many changes to one tree opens it once. */
export async function programsOver(
  opened: OpenedIndex,
  effects: ReturnType<typeof openEffects>,
  head: SourceTree,
  diff: readonly FileDiff[],
): Promise<Sides> {
  const before = opened.program();
  if (effects !== undefined) useStore(before, effects);
  const over = async (
    tree: SourceTree,
    paths: readonly string[],
    unaffected?: (program: IndexProgram) => (ref: FunctionRef) => boolean,
  ) => {
    const files = await tree.read(paths);
    const program = opened.program(new Map(paths.map((path) => [path, files.get(path)])));
    const changed = effects && new ChangedEffects(effects, before, program, paths, unaffected?.(program));
    if (changed !== undefined) useStore(program, changed);
    return { program, sameForCallers: changed?.sameForCallers ?? [] };
  };
  const changed = [...new Set(diff.flatMap((file) => [file.oldPath, file.newPath]))].filter(
    (path): path is string => path !== undefined && isSource(path),
  );
  const { program, sameForCallers } = await over(head, changed, (now) => unaffectedBy(diff, before, now));
  return {
    base: before,
    head: program,
    limits: [],
    sameForCallers,
    at: async (tree, paths) => (await over(tree, paths)).program,
  };
}

/** Answers for functions of the changed files whether none that the change touches is called below them. */
function unaffectedBy(
  diff: readonly FileDiff[],
  base: Program,
  head: Program,
): (ref: FunctionRef) => boolean {
  const names = [...touchedFunctions(diff, { base, head })].map((key) => partsOfKey(key).name);
  const { base: old, head: now } = affectedPaths(diff);
  const leading = [namesLinked(base, old), namesLinked(head, now)].map((links) => links.leadingTo(names));
  return ({ name }) => leading.every((set) => !set.has(name));
}
