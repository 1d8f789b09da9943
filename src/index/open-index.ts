/**
 * A tree's program from its index, built or refreshed as need be:
 *
 *   const opened = await openIndex(change.base, { cacheDir });
 *   const base = opened.program();
 *   const head = opened.program(changedFiles);
 *   opened.close();
 */
import type { SourceTree } from '../git/change.ts';
import { Analyser } from './analyse.ts';
import { type BuildOptions, type BuildReport, buildIndex } from './build.ts';
import { TreeFiles } from './file-index.ts';
import { type IndexProgram, indexProgram } from './index-program.ts';
import { isSource } from './plain-tree.ts';

export interface OpenedIndex {
  readonly report: BuildReport;
  /** The tree, with the contents of changed files over it (undefined: the file is gone). Other than .c and .h are left out. */
  program(changes?: ReadonlyMap<string, Uint8Array | undefined>): IndexProgram;
  close(): void;
}

/** Opens the index of a tree. Rejects as buildIndex() does. */
export async function openIndex(tree: SourceTree, options: BuildOptions): Promise<OpenedIndex> {
  const report = await buildIndex(tree, options);
  const files = new TreeFiles(report.index, report.store.facts);
  const analyser = new Analyser();
  return {
    report,
    program(changes = new Map()) {
      const analysed = [...changes]
        .filter(([path]) => isSource(path))
        .map(([path, bytes]) => [path, bytes && analyser.analyse(bytes)] as const);
      return indexProgram(files, new Map(analysed));
    },
    close() {
      report.index.close();
      report.store.close();
    },
  };
}
