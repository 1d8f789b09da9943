/** The pull request's diff as GitHub gives it: the lines on which it takes a comment. */
import parseDiff from 'parse-diff';
import type { FileDiff, Hunk } from '../git/change.ts';

/** Parses GitHub's diff. What is no diff gives no files; undefined where it is one that can't be read. */
export function githubDiff(text: string): FileDiff[] | undefined {
  return parsed(text)?.map((file) => ({
    oldPath: path(file.from),
    newPath: path(file.to),
    binary: file.chunks.length === 0 && /^Binary files /m.test(text),
    hunks: file.chunks.map(hunk),
  }));
}

/** parse-diff stumbles over what no git writes: a last line's mark without a line before it. */
function parsed(text: string): parseDiff.File[] | undefined {
  try {
    return parseDiff(text);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
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
