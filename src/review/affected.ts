/** Which files of each side are audited. */
import { matchesGlob } from 'node:path';
import type { Configuration } from '../config/configuration.ts';
import type { FileDiff } from '../git/change.ts';

const SOURCE = /\.[ch]$/;

export interface AffectedPaths {
  readonly base: readonly string[];
  readonly head: readonly string[];
}

export function isSource(path: string): boolean {
  return SOURCE.test(path);
}

/** The C files that the diff changes, by their names before and after. */
export function affectedPaths(diff: readonly FileDiff[]): AffectedPaths {
  const sources = (paths: (string | undefined)[]) => [
    ...new Set(paths.filter((path): path is string => path !== undefined && isSource(path))),
  ];
  const read = diff.filter((file) => !file.binary);
  return { base: sources(read.map((file) => file.oldPath)), head: sources(read.map((file) => file.newPath)) };
}

/** Those of `paths` that the configuration gives to a checker. */
export function configuredPaths(
  checker: string,
  paths: readonly string[],
  configuration: Configuration,
): readonly string[] {
  const own = configuration.checkers[checker];
  if (!own) return paths;
  if (!own.enabled) return [];
  const { paths: only, 'ignore-paths': ignored } = own;
  return paths.filter(
    (path) =>
      (only.length === 0 || only.some((glob) => matchesGlob(path, glob))) &&
      !ignored.some((glob) => matchesGlob(path, glob)),
  );
}
