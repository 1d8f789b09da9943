/**
 * Whether a change can have anything to do with a finding: it touches the function that the finding or a step of
 * its trace stands in. What an analysis says of code that nobody changed is not the change's doing, even where the
 * two sides differ in it.
 */
import type { Finding } from '../checkers/checker.ts';
import type { FileDiff } from '../git/change.ts';
import type { FunctionFact } from '../index/facts.ts';
import type { Program } from '../index/program.ts';
import { hunkLines } from './changed-lines.ts';
import { addChangedNames, type ChangedNames, usesOneOf } from './changed-names.ts';
import { lastBefore } from './line-ranges.ts';

/** Functions of a change, by path and name: `path name`. */
export type TouchedFunctions = ReadonlySet<string>;

export interface Programs {
  readonly base?: Program | undefined;
  readonly head?: Program | undefined;
}

/**
 * Answers for findings of one side of a change; `program` is that side's, `functions` are those that the change touches
 * on either side.
 */
export function touchedBy(
  diff: readonly FileDiff[],
  side: 'old' | 'new',
  program: Program | undefined,
  functions: TouchedFunctions,
): (finding: Finding) => boolean {
  const lines = touchedLines(diff, side);
  const bodies = new Map<string, readonly FunctionFact[]>();
  const bodiesOf = (path: string): readonly FunctionFact[] => {
    const known = bodies.get(path) ?? functionsOf(program, path).toSorted((a, b) => a.line - b.line);
    bodies.set(path, known);
    return known;
  };
  const isTouched = (path: string, line: number): boolean => {
    const all = bodiesOf(path);
    const around = all[lastBefore(all, line)];
    return around === undefined || around.endLine < line
      ? lines.get(path)?.has(line) === true
      : functions.has(functionKey(path, around.name));
  };
  return (finding) =>
    isTouched(finding.path, finding.line) || finding.trace.some((step) => isTouched(step.path, step.line));
}

/** The functions of the changed files that a change touches on one side or the other, or may change the meaning of. */
export function touchedFunctions(
  diff: readonly FileDiff[],
  programs: Programs,
  otherMeaning = withOtherMeaning(diff, programs),
): TouchedFunctions {
  const touched = new Set(otherMeaning);
  for (const { side, program } of sidesOf(programs)) {
    for (const [path, lines] of touchedLines(diff, side)) {
      const sorted = [...lines].sort((a, b) => a - b).map((line) => ({ line }));
      for (const { name, line, endLine } of functionsOf(program, path))
        if ((sorted[lastBefore(sorted, endLine)]?.line ?? 0) >= line) touched.add(functionKey(path, name));
    }
  }
  return touched;
}

/** Those that use what changes outside of functions, on one side or the other. */
export function withOtherMeaning(diff: readonly FileDiff[], programs: Programs): TouchedFunctions {
  const touched = new Set<string>();
  const changed: ChangedNames = { names: new Set(), fields: new Set(), open: new Set() };
  for (const { side, program } of sidesOf(programs)) addChangedNames(changed, diff, side, program);
  for (const { side, program } of sidesOf(programs)) {
    for (const file of diff) {
      const path = (side === 'old' ? file.oldPath : file.newPath) ?? '';
      for (const { name, flow } of functionsOf(program, path)) {
        if (changed.open.has(path) || changed.names.has(name) || usesOneOf(flow, changed))
          touched.add(functionKey(path, name));
      }
    }
  }
  return touched;
}

function* sidesOf({ base, head }: Programs): Generator<{ side: 'old' | 'new'; program: Program }> {
  if (base !== undefined) yield { side: 'old', program: base };
  if (head !== undefined) yield { side: 'new', program: head };
}

/** A function of a change as `TouchedFunctions` has it. */
export const functionKey = (path: string, name: string): string => `${path} ${name}`;

/** A path may have spaces in it. */
export function partsOfKey(key: string): { readonly path: string; readonly name: string } {
  const space = key.lastIndexOf(' ');
  return { path: key.slice(0, space), name: key.slice(space + 1) };
}

const functionsOf = (program: Program | undefined, path: string): readonly FunctionFact[] =>
  (program?.facts(path)?.functions ?? []).filter((f) => !f.isPrototype);

/** Lines of one side that the diff adds or removes; for what only the other side has, the line it stands before. */
function touchedLines(
  diff: readonly FileDiff[],
  side: 'old' | 'new',
): ReadonlyMap<string, ReadonlySet<number>> {
  const touched = new Map<string, Set<number>>();
  for (const file of diff) {
    const path = side === 'old' ? file.oldPath : file.newPath;
    if (path === undefined) continue;
    const lines = new Set<number>();
    for (const hunk of file.hunks) {
      for (const { kind, oldLine, newLine } of hunkLines(hunk))
        if (kind !== ' ') lines.add(side === 'old' ? oldLine : newLine);
    }
    touched.set(path, lines);
  }
  return touched;
}
