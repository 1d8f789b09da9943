/** The pull request's diff as GitHub gives it: the lines on which it takes a comment. */
import parseDiff from 'parse-diff';
import type { FileDiff, Hunk } from '../git/change.ts';

/** Parses GitHub's diff. What is no diff gives no files. */
export function githubDiff(text: string): FileDiff[] {
  return parseDiff(text).map((file) => ({
    oldPath: path(file.from),
    newPath: path(file.to),
    binary: file.chunks.length === 0 && /^Binary files /m.test(text),
    hunks: file.chunks.map(hunk),
  }));
}

function hunk(chunk: parseDiff.Chunk): Hunk {
  return {
    oldStart: chunk.oldStart,
    oldCount: chunk.oldLines,
    newStart: chunk.newStart,
    newCount: chunk.newLines,
    lines: chunk.changes.map((change) => change.content).filter((line) => !line.startsWith('\\')),
  };
}

function path(name: string | undefined): string | undefined {
  if (name === undefined || name === '/dev/null') return undefined;
  return name.includes('\\') ? unquoted(name) : name;
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', '"': '"', '\\': '\\' };

/** git quotes a path that has a backslash or bytes beyond ASCII; parse-diff takes off the quotes alone. */
function unquoted(name: string): string {
  const bytes = name.replace(/\\([0-7]{3}|.)/g, (whole, code: string) =>
    /^[0-7]{3}$/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : (ESCAPES[code] ?? whole),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
