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
    const around = functionsOf(program, path).find((f) => contains(f, line));
    return around === undefined
      ? touched.some((t) => t.line === line)
      : touched.some((t) => contains(around, t.line));
  };
  const open = touchedOutside(lines, program);
  return (finding) =>
    isTouched(finding.path, finding.line) ||
    finding.trace.some((step) => isTouched(step.path, step.line)) ||
    open.has(finding.path);
}

/** The functions of one side that a change touches, or may change the meaning of, by path and name: `path name`. */
export function touchedFunctions(
  diff: readonly FileDiff[],
  side: 'old' | 'new',
  program: Program | undefined,
): readonly string[] {
  const lines = touchedLines(diff, side);
  const open = touchedOutside(lines, program);
  return [...lines].flatMap(([path, touched]) =>
    functionsOf(program, path)
      .filter((f) => open.has(path) || touched.some(({ line }) => contains(f, line)))
      .map(({ name }) => `${path} ${name}`),
  );
}

/**
 * The changed files any of whose functions may mean something else now: a macro, a table or a type of the file has
 * changed; or, of all of them, one in a header.
 */
function touchedOutside(
  lines: ReadonlyMap<string, readonly TouchedLine[]>,
  program: Program | undefined,
): ReadonlySet<string> {
  const outside = [...lines]
    .filter(([path, touched]) =>
      touched.some(
        ({ line, defines }) => defines && !functionsOf(program, path).some((f) => contains(f, line)),
      ),
    )
    .map(([path]) => path);
  return new Set(outside.some((path) => !path.endsWith('.c')) ? lines.keys() : outside);
}

const functionsOf = (program: Program | undefined, path: string): readonly FunctionFact[] =>
  (program?.facts(path)?.functions ?? []).filter((f) => !f.isPrototype);

const contains = ({ line, endLine }: FunctionFact, at: number): boolean => line <= at && at <= endLine;

interface TouchedLine {
  readonly line: number;
  /** Outside of functions it may define something: it is no comment, no #include and not empty. */
  readonly defines: boolean;
}

const DEFINES_NOTHING = /^\s*(?:$|\/\*|\*|\/\/|#\s*include\b)/;

/** Lines of one side that the diff adds or removes; for what only the other side has, the line it stands before. */
function touchedLines(
  diff: readonly FileDiff[],
  side: 'old' | 'new',
): ReadonlyMap<string, readonly TouchedLine[]> {
  const touched = new Map<string, TouchedLine[]>();
  for (const file of diff) {
    const path = side === 'old' ? file.oldPath : file.newPath;
    if (path === undefined) continue;
    const lines: TouchedLine[] = [];
    for (const hunk of file.hunks) {
      for (const { kind, text, oldLine, newLine } of hunkLines(hunk)) {
        if (kind === ' ') continue;
        lines.push({ line: side === 'old' ? oldLine : newLine, defines: !DEFINES_NOTHING.test(text) });
      }
    }
    touched.set(path, lines);
  }
  return touched;
}
