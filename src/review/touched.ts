/**
 * Whether a change can have anything to do with a finding: it touches the function that the finding or a step of
 * its trace stands in. What an analysis says of code that nobody changed is not the change's doing, even where the
 * two sides differ in it.
 */
import type { Finding } from '../checkers/checker.ts';
import type { FileDiff } from '../git/change.ts';
import type { Program } from '../index/program.ts';
import { hunkLines } from './changed-lines.ts';

/** Answers for findings of one side of a change; `program` is that side's. */
export function touchedBy(
  diff: readonly FileDiff[],
  side: 'old' | 'new',
  program: Program | undefined,
): (finding: Finding) => boolean {
  const lines = touchedLines(diff, side);
  const isTouched = (path: string, line: number): boolean => {
    const touched = lines.get(path);
    if (touched === undefined) return false;
    const functions = program?.facts(path)?.functions ?? [];
    const around = functions.find((f) => !f.isPrototype && f.line <= line && line <= f.endLine);
    return around === undefined
      ? touched.includes(line)
      : touched.some((t) => around.line <= t && t <= around.endLine);
  };
  // A macro, a table or a type that changes can change what any function of its file means.
  const hasOutside = [...lines].some(([path, touched]) => {
    const functions = program?.facts(path)?.functions ?? [];
    return touched.some((t) => !functions.some((f) => !f.isPrototype && f.line <= t && t <= f.endLine));
  });
  return (finding) =>
    isTouched(finding.path, finding.line) ||
    finding.trace.some((step) => isTouched(step.path, step.line)) ||
    (hasOutside && lines.has(finding.path));
}

/** Lines of one side that the diff adds or removes; for what only the other side has, the line it stands before. */
function touchedLines(
  diff: readonly FileDiff[],
  side: 'old' | 'new',
): ReadonlyMap<string, readonly number[]> {
  const touched = new Map<string, number[]>();
  for (const file of diff) {
    const path = side === 'old' ? file.oldPath : file.newPath;
    if (path === undefined) continue;
    const lines: number[] = [];
    for (const hunk of file.hunks) {
      for (const { kind, oldLine, newLine } of hunkLines(hunk)) {
        if (kind !== ' ') lines.push(side === 'old' ? oldLine : newLine);
      }
    }
    touched.set(path, lines);
  }
  return touched;
}
