/** The diffs of a series of patches, one on top of the other, as one diff from the first state to the last. */
import type { FileDiff, Hunk } from './change.ts';

const CONTEXT = 3;

/** A line of a file while patches go over it: where it stood at first, or undefined for one that was added. */
interface Line {
  readonly text: string;
  readonly old: number | undefined;
  /** It ends the file without a newline. */
  readonly bare: boolean;
}

/** Lines of the first state that no patch has shown yet. */
interface Unseen {
  readonly old: number;
  readonly length: number;
}

type Segment = Line | Unseen;

interface Draft {
  readonly oldPath: string | undefined;
  readonly segments: Segment[];
  /** Lines of the first state that are gone, by where they stood. */
  readonly removed: Map<number, Line>;
  binary: boolean;
}

/**
 * Composes diffs whose hunks stand where they apply (see applyPatch). Lines that a patch adds and a later one takes
 * away leave no trace.
 */
export function composeDiffs(diffs: readonly (readonly FileDiff[])[]): FileDiff[] {
  if (diffs.length === 1) return [...(diffs[0] as readonly FileDiff[])];
  const files = new Map<string, Draft>();
  const gone: Draft[] = [];
  for (const file of diffs.flat()) {
    const draft = (file.oldPath === undefined ? undefined : files.get(file.oldPath)) ?? startDraft(file);
    draft.binary ||= file.binary;
    for (const hunk of file.hunks) applyHunk(draft, hunk);
    if (file.oldPath !== undefined && !file.copied) files.delete(file.oldPath);
    if (file.newPath !== undefined) files.set(file.newPath, draft);
    else if (draft.oldPath !== undefined) gone.push(draft);
  }
  const kept = [...files].map(([newPath, draft]) => finish(draft, newPath));
  return [...kept, ...gone.map((draft) => finish(draft, undefined))];
}

function startDraft(file: FileDiff): Draft {
  const everything: Unseen = { old: 1, length: Number.MAX_SAFE_INTEGER };
  return {
    oldPath: file.oldPath,
    segments: file.oldPath === undefined ? [] : [everything],
    removed: new Map(),
    binary: file.binary,
  };
}

function applyHunk(draft: Draft, hunk: Hunk): void {
  const { segments } = draft;
  const lastOld = hunk.lines.findLastIndex((line) => line[0] !== '+');
  const lastNew = hunk.lines.findLastIndex((line) => line[0] !== '-');
  // Hunks come in order and stand at their new line, where all before them is already as it will be.
  let at = seek(segments, hunk.newCount === 0 ? hunk.newStart : hunk.newStart - 1);
  for (const [index, line] of hunk.lines.entries()) {
    const bare =
      (hunk.oldNoNewline === true && index === lastOld) || (hunk.newNoNewline === true && index === lastNew);
    const text = line.slice(1);
    if (line[0] === '+') {
      segments.splice(at, 0, { text, old: undefined, bare });
      at += 1;
      continue;
    }
    cut(segments, at, 1);
    const old = segments[at]?.old;
    if (line[0] === ' ') {
      segments[at] = { text, old, bare };
      at += 1;
    } else {
      segments.splice(at, 1);
      if (old !== undefined) draft.removed.set(old, { text, old, bare });
    }
  }
}

/** Index of the segment that begins after `lines` lines. */
function seek(segments: Segment[], lines: number): number {
  let left = lines;
  for (const [index, segment] of segments.entries()) {
    if (left === 0) return index;
    const length = 'length' in segment ? segment.length : 1;
    if (length > left) {
      cut(segments, index, left);
      return index + 1;
    }
    left -= length;
  }
  return segments.length;
}

/** Cuts the segment at `index` so that it has `length` lines. */
function cut(segments: Segment[], index: number, length: number): void {
  const segment = segments[index];
  if (!segment || !('length' in segment) || segment.length <= length) return;
  const rest = { old: segment.old + length, length: segment.length - length };
  segments.splice(index, 1, { old: segment.old, length }, rest);
}

interface Row extends Line {
  readonly kind: ' ' | '+' | '-';
  readonly oldLine: number;
  readonly newLine: number;
}

/** Hunks from what changed, with the context that is known. */
function finish(draft: Draft, newPath: string | undefined): FileDiff {
  const hunks: Hunk[] = [];
  const removed = [...draft.removed].sort(([a], [b]) => a - b).map(([, line]) => line);
  let rows: Row[] = [];
  let oldLine = 1;
  let newLine = 1;
  const takeRemoved = (before: number) => {
    while (removed[0] && (removed[0].old ?? 0) < before) {
      rows.push({ ...(removed.shift() as Line), kind: '-', oldLine, newLine });
      oldLine += 1;
    }
  };
  const flush = () => {
    hunks.push(...toHunks(rows));
    rows = [];
  };
  for (const segment of draft.segments) {
    if (segment.old !== undefined) takeRemoved(segment.old);
    if ('length' in segment) {
      flush();
      oldLine += segment.length;
      newLine += segment.length;
    } else {
      rows.push({ ...segment, kind: segment.old === undefined ? '+' : ' ', oldLine, newLine });
      if (segment.old !== undefined) oldLine += 1;
      newLine += 1;
    }
  }
  takeRemoved(Number.POSITIVE_INFINITY);
  flush();
  return { oldPath: draft.oldPath, newPath, binary: draft.binary, hunks };
}

/** One hunk of rows that follow each other, without the context that is too far from a change. */
function toHunks(rows: readonly Row[]): Hunk[] {
  const first = rows.findIndex((row) => row.kind !== ' ');
  const last = rows.findLastIndex((row) => row.kind !== ' ');
  const kept = first < 0 ? [] : rows.slice(Math.max(0, first - CONTEXT), last + 1 + CONTEXT);
  const [start] = kept;
  if (!start) return [];
  const oldRows = kept.filter((row) => row.kind !== '+');
  const newRows = kept.filter((row) => row.kind !== '-');
  return [
    {
      oldStart: oldRows.length === 0 ? start.oldLine - 1 : start.oldLine,
      oldCount: oldRows.length,
      newStart: newRows.length === 0 ? start.newLine - 1 : start.newLine,
      newCount: newRows.length,
      lines: kept.map((row) => row.kind + row.text),
      ...(oldRows.at(-1)?.bare ? { oldNoNewline: true } : {}),
      ...(newRows.at(-1)?.bare ? { newNoNewline: true } : {}),
    },
  ];
}
