/** The source lines that a report quotes. */
import { COMMIT_MESSAGE, type Finding } from '../checkers/checker.ts';
import { decodeText } from '../git/bytes.ts';
import type { Commit, FileDiff, SourceTree } from '../git/change.ts';
import { hunkLines } from './changed-lines.ts';
import { type Excerpts, sourceKey } from './report.ts';

/** Lines before and after a finding's own that are kept. */
const CONTEXT = 3;
/** ... and of a step's: a page shows the code around it. */
const AROUND_STEP = 6;
const MAX_LINE = 500;

/**
 * Collects the lines around findings and at the steps of their traces from the tree, or from the new side of the
 * diff where there is none; and every line of the messages that findings are about.
 */
export async function collectExcerpts(
  findings: readonly Finding[],
  commits: readonly Commit[],
  tree: SourceTree | undefined,
  diff: readonly FileDiff[],
): Promise<Excerpts> {
  const excerpts = new Map<string, Map<number, string>>();
  const code = findings.filter((finding) => finding.path !== COMMIT_MESSAGE);
  const wanted = new Map<string, Set<number>>();
  const want = (path: string, from: number, to: number) => {
    const lines = wanted.get(path) ?? new Set();
    for (let line = Math.max(1, from); line <= to; line += 1) lines.add(line);
    wanted.set(path, lines);
  };
  for (const finding of code) {
    want(finding.path, finding.line - CONTEXT, Math.min(finding.endLine, finding.line + 20) + CONTEXT);
    for (const step of finding.trace) want(step.path, step.line - AROUND_STEP, step.line + AROUND_STEP);
  }
  const texts = tree ? await tree.read([...wanted.keys()]) : new Map<string, Uint8Array>();
  for (const [path, lines] of wanted) {
    const bytes = texts.get(path);
    const text = bytes ? decodeText(bytes).split('\n') : undefined;
    const line = text ? (number: number) => text[number - 1] : newSide(diff, path);
    const kept = [...lines].flatMap((number) => {
      const content = line(number);
      return content === undefined ? [] : [[number, clip(content)] as const];
    });
    excerpts.set(path, new Map(kept.sort(([a], [b]) => a - b)));
  }
  for (const commit of commits) {
    const [subject, ...rest] = commit.message.split('\n');
    const told = findings.some((finding) => finding.path === COMMIT_MESSAGE && finding.commit === commit.id);
    const lines = told ? [subject, ...rest] : [subject];
    excerpts.set(
      sourceKey({ path: COMMIT_MESSAGE, commit: commit.id }),
      new Map(lines.map((text, index) => [index + 1, clip(text ?? '')])),
    );
  }
  return excerpts;
}

/** The lines of a file that the new side of a diff shows. */
export function newSide(diff: readonly FileDiff[], path: string): (line: number) => string | undefined {
  const lines = new Map<number, string>();
  for (const file of diff) {
    if (file.newPath !== path) continue;
    for (const hunk of file.hunks)
      for (const { kind, newLine, text } of hunkLines(hunk)) if (kind !== '-') lines.set(newLine, text);
  }
  return (line) => lines.get(line);
}

function clip(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text;
}
