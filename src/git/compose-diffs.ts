/** The diffs of a series of patches, one on top of the other, as one diff from the first state to the last. */
import type { FileDiff, Hunk } from './change.ts';

const CONTEXT = 3;

/** A line of a file while patches go over it: where it stood at first, or undefined for one that was added. */
interface Line {
  readonly text: string;
  readonly old: number | undefined;
}

/** What is known of a file: segments of untouched lines are a length alone. */
type Segment = Line | { readonly old: number; readonly length: number };

interface Draft {
  oldPath: string | undefined;
  segments: Segment[];
  removed: Map<number, string>;
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
    const known = file.oldPath === undefined ? undefined : files.get(file.oldPath);
    const draft = known ?? {
      oldPath: file.oldPath,
      segments: file.oldPath === undefined ? [] : [{ old: 1, length: Number.MAX_SAFE_INTEGER }],
      removed: new Map(),
      binary: false,
    };
    draft.binary ||= file.binary;
    for (const hunk of file.hunks) applyHunk(draft, hunk);
    if (file.oldPath !== undefined && !file.copied) files.delete(file.oldPath);
    if (file.newPath !== undefined) files.set(file.newPath, draft);
    else if (draft.oldPath !== undefined) gone.push(draft);
  }
  const kept = [...files].map(([newPath, draft]) => finish(draft, newPath));
  return [...kept, ...gone.map((draft) => finish(draft, undefined))];
}

function applyHunk(draft: Draft, hunk: Hunk): void {
  // Hunks come in order and stand at their new line, where all before them is already as it will be.
  let at = split(draft.segments, hunk.newCount === 0 ? hunk.newStart : hunk.newStart - 1);
  for (const line of hunk.lines) {
    const text = line.slice(1);
    if (line[0] === '+') {
      draft.segments.splice(at, 0, { text, old: undefined });
      at += 1;
      continue;
    }
    splitAt(draft.segments, at, 1);
    const segment = draft.segments[at];
    if (segment === undefined) return;
    if (line[0] === ' ') at += 1;
    else {
      draft.segments.splice(at, 1);
      if (segment.old !== undefined) draft.removed.set(segment.old, text);
    }
    if (line[0] === ' ' && segment.old !== undefined) draft.segments[at - 1] = { text, old: segment.old };
  }
}

/** Index of the segment that begins after `lines` lines. */
function split(segments: Segment[], lines: number): number {
  let left = lines;
  for (let index = 0; index < segments.length; index += 1) {
    if (left === 0) return index;
    const length = lengthOf(segments[index] as Segment);
    if (length > left) {
      splitAt(segments, index, left);
      return index + 1;
    }
    left -= length;
  }
  return segments.length;
}

/** Cuts the segment at `index` so that it has `length` lines. */
function splitAt(segments: Segment[], index: number, length: number): void {
  const segment = segments[index];
  if (!segment || !('length' in segment) || segment.length <= length) return;
  segments.splice(
    index,
    1,
    { old: segment.old, length },
    { old: segment.old + length, length: segment.length - length },
  );
}

function lengthOf(segment: Segment): number {
  return 'length' in segment ? segment.length : 1;
}

/** Hunks from what changed, with the context that is known. */
function finish(draft: Draft, newPath: string | undefined): FileDiff {
  const rows: { kind: ' ' | '+' | '-'; text: string; old: number; next: number }[] = [];
  const hunks: Hunk[] = [];
  const removed = [...draft.removed].sort(([a], [b]) => a - b);
  let oldLine = 1;
  let newLine = 1;
  const takeRemoved = (before: number) => {
    while (removed[0] && removed[0][0] < before) {
      const [line, text] = removed.shift() as [number, string];
      rows.push({ kind: '-', text, old: line, next: newLine });
      oldLine = line + 1;
    }
  };
  const flush = () => {
    const hunk = toHunk(rows);
    if (hunk) hunks.push(hunk);
    rows.length = 0;
  };
  for (const segment of draft.segments) {
    if (segment.old !== undefined) takeRemoved(segment.old);
    if ('length' in segment) {
      flush();
      oldLine = segment.old + segment.length;
      newLine += segment.length;
    } else {
      rows.push({
        kind: segment.old === undefined ? '+' : ' ',
        text: segment.text,
        old: segment.old ?? oldLine,
        next: newLine,
      });
      if (segment.old !== undefined) oldLine = segment.old + 1;
      newLine += 1;
    }
  }
  takeRemoved(Number.POSITIVE_INFINITY);
  flush();
  return { oldPath: draft.oldPath, newPath, binary: draft.binary, hunks };
}

function toHunk(
  rows: readonly { kind: ' ' | '+' | '-'; text: string; old: number; next: number }[],
): Hunk | undefined {
  const first = rows.findIndex((row) => row.kind !== ' ');
  const last = rows.findLastIndex((row) => row.kind !== ' ');
  const kept = first < 0 ? [] : rows.slice(Math.max(0, first - CONTEXT), last + 1 + CONTEXT);
  const [start] = kept;
  if (!start) return undefined;
  const oldCount = kept.filter((row) => row.kind !== '+').length;
  const newCount = kept.filter((row) => row.kind !== '-').length;
  return {
    oldStart: oldCount === 0 ? start.old - 1 : start.old,
    oldCount,
    newStart: newCount === 0 ? start.next - 1 : start.next,
    newCount,
    lines: kept.map((row) => row.kind + row.text),
  };
}
