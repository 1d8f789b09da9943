/** Applying a patch to a tree in memory. Nothing on disk is written. */
import { UserError } from '../errors.ts';
import { decodeText, encodeText } from './bytes.ts';
import type { FileDiff, Hunk, SourceTree } from './change.ts';
import { overlayTree } from './overlay.ts';

export interface AppliedPatch {
  readonly tree: SourceTree;
  /** The diff as it applied: hunks at the lines where they were found. */
  readonly diff: readonly FileDiff[];
}

/**
 * Applies `diff` to `tree` as `git apply` does: every context and removed line must match, but a hunk may have
 * moved to other lines. Throws a UserError that names the file and the hunk that does not fit.
 */
export async function applyPatch(tree: SourceTree, diff: readonly FileDiff[]): Promise<AppliedPatch> {
  const touched = new Set(diff.flatMap((file) => [file.oldPath, file.newPath]));
  touched.delete(undefined);
  const before = await tree.read([...(touched as Set<string>)]);
  const changes = new Map<string, Uint8Array | undefined>();
  const current = (path: string) => (changes.has(path) ? changes.get(path) : before.get(path));
  const applied: FileDiff[] = [];
  const renamedTo = new Set<string>();

  for (const file of diff) {
    if (file.binary) {
      if (file.newPath === undefined && file.oldPath !== undefined) changes.set(file.oldPath, undefined);
      applied.push(file);
      continue;
    }
    const { oldPath, newPath } = file;
    const renamed = oldPath !== undefined && newPath !== undefined && oldPath !== newPath;
    // Two files that change places: both renames start from the tree as it was.
    const swapped = renamed && renamedTo.has(oldPath);
    const old = oldPath === undefined ? new Uint8Array() : swapped ? before.get(oldPath) : current(oldPath);
    if (old === undefined)
      throw new UserError(
        `The patch does not apply: it changes ${oldPath}, which is not in the tree (is this the right tree, and the patch relative to its top?).`,
      );
    if (oldPath === undefined && newPath !== undefined && current(newPath) !== undefined)
      throw new UserError(`The patch does not apply: it adds ${newPath}, which is in the tree already.`);
    const result = applyHunks(decodeText(old), file);
    if (newPath === undefined && result.text !== '')
      throw new UserError(
        `The patch does not apply: it deletes ${oldPath}, which has other content in the tree.`,
      );
    if (oldPath !== undefined && oldPath !== newPath && !file.copied && !swapped)
      changes.set(oldPath, undefined);
    if (renamed) renamedTo.add(newPath);
    if (newPath !== undefined) changes.set(newPath, encodeText(result.text));
    applied.push({ ...file, hunks: result.hunks });
  }
  return { tree: overlayTree(tree, changes), diff: applied };
}

/** Lines compared before the search for a hunk that has moved gives up. */
const MAX_COMPARISONS = 50_000_000;

function applyHunks(text: string, file: FileDiff): { text: string; hunks: Hunk[] } {
  // Each line with its newline; the last one perhaps without.
  const source: readonly string[] = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const out: string[] = [];
  const hunks: Hunk[] = [];
  let done = 0;
  let drift = 0;
  for (const [index, hunk] of file.hunks.entries()) {
    const { before, after } = sides(hunk);
    const stated = (hunk.oldCount === 0 ? hunk.oldStart : hunk.oldStart - 1) + drift;
    const at = findLines(source, before, Math.max(stated, 0), done, hunk);
    if (at === undefined)
      throw new UserError(
        `The patch does not apply: hunk ${index + 1} of ${file.oldPath ?? file.newPath} (line ${hunk.oldStart}) does not match the file in the tree.`,
      );
    drift += at - stated;
    for (let line = done; line < at; line += 1) out.push(source[line] as string);
    const newStart = out.length + (after.length === 0 ? 0 : 1);
    out.push(...after);
    done = at + before.length;
    hunks.push({ ...hunk, oldStart: at + (before.length === 0 ? 0 : 1), newStart });
  }
  for (let line = done; line < source.length; line += 1) out.push(source[line] as string);
  return { text: out.join(''), hunks };
}

/** The lines of a hunk before and after, with their newlines. */
function sides(hunk: Hunk): { before: string[]; after: string[] } {
  const take = (other: string, noNewline: boolean | undefined) => {
    const lines = hunk.lines.filter((line) => line[0] !== other).map((line) => `${line.slice(1)}\n`);
    const last = lines.at(-1);
    if (noNewline && last !== undefined) lines[lines.length - 1] = last.slice(0, -1);
    return lines;
  };
  return { before: take('+', hunk.oldNoNewline), after: take('-', hunk.newNoNewline) };
}

/**
 * Index of `wanted` in the source at or after `from`, nearest to `stated`. Where it does not stand at `stated`, the
 * rules of `git apply` hold: a hunk at line 1 belongs to the beginning, one without context behind it to the end.
 */
function findLines(
  source: readonly string[],
  wanted: readonly string[],
  stated: number,
  from: number,
  hunk: Hunk,
): number | undefined {
  const last = source.length - wanted.length;
  let budget = MAX_COMPARISONS;
  const fits = (at: number) => {
    if (at < from || at > last) return false;
    const matching = wanted.findIndex((line, index) => source[at + index] !== line);
    budget -= matching < 0 ? wanted.length : matching + 1;
    return matching < 0;
  };
  if (fits(stated)) return stated;
  const leading = hunk.lines[0]?.startsWith(' ');
  const trailing = hunk.lines.at(-1)?.startsWith(' ');
  if (!leading && !trailing) return undefined;
  if (hunk.oldStart <= 1) return fits(0) ? 0 : undefined;
  if (!trailing) return fits(last) ? last : undefined;
  for (let distance = 1; distance <= source.length && budget > 0; distance += 1) {
    if (fits(stated - distance)) return stated - distance;
    if (fits(stated + distance)) return stated + distance;
  }
  return undefined;
}
