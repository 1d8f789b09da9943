/** Which functions several commits of a change touch, told from their diffs alone. */
import type { FileDiff } from '../git/change.ts';
import type { Program } from '../index/program.ts';
import { hunkLines, oldLineOf } from './changed-lines.ts';

export interface ReworkedFunction {
  readonly path: string;
  /** As in the head. */
  readonly name: string;
  /** The commits that touch it, in their order; two at least. */
  readonly commits: readonly string[];
}

interface Lines {
  readonly from: number;
  readonly to: number;
}

/**
 * Functions of these files of the head, followed back through the commits by where their lines stood.
 * @param diffs of the commits that touch them, in order, each against the one before
 */
export function reworkedFunctions(
  head: Program,
  paths: readonly string[],
  diffs: ReadonlyMap<string, readonly FileDiff[]>,
): readonly ReworkedFunction[] {
  return paths.flatMap((path) => {
    const functions = head.facts(path)?.functions.filter(({ isPrototype }) => !isPrototype) ?? [];
    return functions.flatMap(({ name, line, endLine }) => {
      const touching = touchingCommits(path, { from: line, to: endLine }, diffs);
      return touching.length > 1 ? [{ path, name, commits: touching }] : [];
    });
  });
}

function touchingCommits(
  path: string,
  inHead: Lines,
  diffs: ReadonlyMap<string, readonly FileDiff[]>,
): readonly string[] {
  const touching: string[] = [];
  let place: { path: string; lines: Lines } | undefined = { path, lines: inHead };
  for (const [id, diff] of [...diffs].toReversed()) {
    const at: { path: string; lines: Lines } = place;
    const file = diff.find(({ newPath }) => newPath === at.path);
    if (file === undefined) continue;
    if (touches(file, at.lines)) touching.unshift(id);
    const before = linesBefore(file, at.lines);
    place = before && file.oldPath !== undefined ? { path: file.oldPath, lines: before } : undefined;
    if (place === undefined) break;
  }
  return touching;
}

/** Lines are added in it, or taken out from between two of its own. */
function touches(file: FileDiff, { from, to }: Lines): boolean {
  return file.hunks.some((hunk) =>
    [...hunkLines(hunk)].some(
      ({ kind, newLine }) =>
        (kind === '+' && from <= newLine && newLine <= to) ||
        (kind === '-' && from < newLine && newLine <= to),
    ),
  );
}

/**
 * Where the lines stood before, with what went from their ends: up to those that stood around them. Undefined where all
 * of them are new.
 */
function linesBefore(file: FileDiff, { from, to }: Lines): Lines | undefined {
  let isNew = true;
  for (let line = from; isNew && line <= to; line += 1) isNew = oldLineOf(file, line) === undefined;
  if (isNew) return undefined;
  let above = from - 1;
  while (above > 0 && oldLineOf(file, above) === undefined) above -= 1;
  let below = to + 1;
  // Behind the last hunk every line is an old one.
  while (oldLineOf(file, below) === undefined) below += 1;
  return {
    from: (above === 0 ? 0 : (oldLineOf(file, above) ?? 0)) + 1,
    to: (oldLineOf(file, below) ?? 0) - 1,
  };
}
