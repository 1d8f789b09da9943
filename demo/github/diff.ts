/** A pull request's diff, read for the one question that GitHub asks of a comment: is this line part of it? */
import { diffText, mergeBase } from './repository.ts';
import type { PullRequest, Side } from './state.ts';

interface DiffLine {
  readonly sign: ' ' | '+' | '-';
  readonly left: number | undefined;
  readonly right: number | undefined;
  /** Lines below the file's first @@, counted as GitHub's `position`. */
  readonly position: number;
  readonly text: string;
}

interface Hunk {
  readonly header: string;
  readonly position: number;
  readonly lines: readonly DiffLine[];
}

export interface FileDiff {
  readonly path: string;
  readonly previousPath: string | undefined;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed';
  readonly additions: number;
  readonly deletions: number;
  readonly hunks: readonly Hunk[];
  /** The hunks as text: the API's `patch`. */
  readonly patch: string;
}

/** The merge base of a pull request, and its diff. */
export async function pullDiff(pull: PullRequest): Promise<string> {
  const { gitDir } = pull.repository;
  const base = (await mergeBase(gitDir, pull.base.sha, pull.head.sha)) ?? pull.base.sha;
  return diffText(gitDir, base, pull.head.sha);
}

export function parseDiff(text: string): FileDiff[] {
  return text
    .split(/^(?=diff --git )/m)
    .filter((section) => section.startsWith('diff --git '))
    .map(parseFile);
}

function parseFile(section: string): FileDiff {
  const start = section.search(/^@@ /m);
  const header = start === -1 ? section : section.slice(0, start);
  const patch = start === -1 ? '' : section.slice(start).replace(/\n$/, '');
  const field = (pattern: RegExp) => {
    const found = pattern.exec(header)?.[1];
    return found === undefined ? undefined : unquote(found);
  };
  const added = /^new file mode/m.test(header);
  const removed = /^deleted file mode/m.test(header);
  const renamedFrom = field(/^rename from (.*)$/m);
  const same = /^diff --git "?a\/(.*)"? "?b\/\1"?$/m.exec(header)?.[1];
  const path =
    (removed ? field(/^--- (?:"?a\/)(.*?)"?\t?$/m) : field(/^\+\+\+ (?:"?b\/)(.*?)"?\t?$/m)) ??
    field(/^rename to (.*)$/m) ??
    (same === undefined ? '' : unquote(same));
  const hunks = parseHunks(patch);
  const count = (sign: string) =>
    hunks.flatMap((hunk) => hunk.lines).filter((line) => line.sign === sign).length;
  return {
    path,
    previousPath: renamedFrom,
    status: added ? 'added' : removed ? 'removed' : renamedFrom === undefined ? 'modified' : 'renamed',
    additions: count('+'),
    deletions: count('-'),
    hunks,
    patch,
  };
}

/** git writes a name with special characters as a C string. */
function unquote(name: string): string {
  if (!name.includes('\\')) return name.replace(/^"|"$/g, '');
  const bytes: number[] = [];
  const body = name.replace(/^"|"$/g, '');
  for (let at = 0; at < body.length; at++) {
    const octal = /^\\([0-7]{3})/.exec(body.slice(at, at + 4))?.[1];
    if (octal !== undefined) {
      bytes.push(Number.parseInt(octal, 8));
      at += 3;
    } else if (body[at] === '\\') {
      at++;
      bytes.push({ n: 10, t: 9, r: 13 }[body[at] ?? ''] ?? body.charCodeAt(at));
    } else bytes.push(...Buffer.from(body[at] ?? ''));
  }
  return Buffer.from(bytes).toString('utf8');
}

function parseHunks(patch: string): Hunk[] {
  const hunks: Hunk[] = [];
  let lines: DiffLine[] = [];
  let left = 0;
  let right = 0;
  let position = -1;
  for (const text of patch === '' ? [] : patch.split('\n')) {
    position++;
    const range = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(text);
    if (range !== null) {
      left = Number(range[1]);
      right = Number(range[2]);
      lines = [];
      hunks.push({ header: text, position, lines });
    } else if (text.startsWith('+'))
      lines.push({ sign: '+', left: undefined, right: right++, position, text });
    else if (text.startsWith('-')) lines.push({ sign: '-', left: left++, right: undefined, position, text });
    else if (text.startsWith(' ')) lines.push({ sign: ' ', left: left++, right: right++, position, text });
  }
  return hunks;
}

export interface Anchor {
  readonly hunk: Hunk;
  readonly line: DiffLine;
}

/** Where a line of one side stands in the diff; undefined when it is not part of it. */
export function anchorOf(file: FileDiff, side: Side, line: number): Anchor | undefined {
  for (const hunk of file.hunks) {
    const found = hunk.lines.find(
      (candidate) => (side === 'LEFT' ? candidate.left : candidate.right) === line,
    );
    if (found !== undefined) return { hunk, line: found };
  }
  return undefined;
}

/** The text of the hunk down to a line, as a comment's `diff_hunk` has it. */
export function hunkUpTo({ hunk, line }: Anchor): string {
  const shown = hunk.lines.filter((candidate) => candidate.position <= line.position);
  return [hunk.header, ...shown.map((candidate) => candidate.text)].join('\n');
}

/** The line's number after `diff` (of the file alone, without context), or undefined when it was touched. */
export function moveLine(file: FileDiff | undefined, line: number): number | undefined {
  if (file === undefined) return line;
  let shift = 0;
  for (const hunk of file.hunks) {
    const range = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(hunk.header);
    const [oldStart, oldCount, newCount] = [range?.[1], range?.[2] ?? 1, range?.[4] ?? 1].map(Number) as [
      number,
      number,
      number,
    ];
    // `-n,0` stands after line n.
    const first = oldCount === 0 ? oldStart + 1 : oldStart;
    if (line < first) break;
    if (line < first + oldCount) return undefined;
    shift += newCount - oldCount;
  }
  return line + shift;
}
