/** Which lines a diff adds and removes, and where a line of the new side stood on the old one. */
import type { FileDiff, Hunk } from '../git/change.ts';

export interface ChangedLines {
  isAdded(path: string, line: number): boolean;
  isRemoved(path: string, line: number): boolean;
}

export function changedLines(diff: readonly FileDiff[]): ChangedLines {
  const added = new Map<string, Set<number>>();
  const removed = new Map<string, Set<number>>();
  const put = (lines: Map<string, Set<number>>, path: string | undefined, line: number) => {
    if (path === undefined) return;
    const set = lines.get(path) ?? new Set();
    lines.set(path, set.add(line));
  };
  for (const file of diff) {
    for (const hunk of file.hunks) {
      for (const { kind, oldLine, newLine } of hunkLines(hunk)) {
        if (kind === '+') put(added, file.newPath, newLine);
        if (kind === '-') put(removed, file.oldPath, oldLine);
      }
    }
  }
  return {
    isAdded: (path, line) => added.get(path)?.has(line) ?? false,
    isRemoved: (path, line) => removed.get(path)?.has(line) ?? false,
  };
}

export interface HunkLine {
  readonly kind: ' ' | '+' | '-';
  /** Line on the old side: its own, or for an added line the one it stands before. */
  readonly oldLine: number;
  readonly newLine: number;
  readonly text: string;
}

/** The lines of a hunk with their numbers on both sides. */
export function* hunkLines(hunk: Hunk): Generator<HunkLine> {
  // A side without lines is numbered by the line before it.
  let oldLine = hunk.oldCount === 0 ? hunk.oldStart + 1 : hunk.oldStart;
  let newLine = hunk.newCount === 0 ? hunk.newStart + 1 : hunk.newStart;
  for (const line of hunk.lines) {
    const kind = line[0] as ' ' | '+' | '-';
    yield { kind, oldLine, newLine, text: line.slice(1) };
    if (kind !== '+') oldLine += 1;
    if (kind !== '-') newLine += 1;
  }
}

/** Where a line of the new file stood in the old one; undefined where the diff adds it. */
export function oldLineOf(file: FileDiff, line: number): number | undefined {
  let drift = 0;
  for (const hunk of file.hunks) {
    const start = hunk.newCount === 0 ? hunk.newStart + 1 : hunk.newStart;
    if (line < start) break;
    if (line < start + hunk.newCount) {
      for (const entry of hunkLines(hunk))
        if (entry.kind !== '-' && entry.newLine === line)
          return entry.kind === '+' ? undefined : entry.oldLine;
    }
    drift += hunk.oldCount - hunk.newCount;
  }
  return line + drift;
}
