/** What differs between a backport's change and the one upstream, by the lines that each adds and removes. */
import type { FileDiff } from '../../git/change.ts';

const MOST_LINES = 12;
/** Of one side of one file: the other side is to be seen too. */
const MOST_OF_SIDE = 4;
const LONGEST = 100;

/** A file as both changes have it; undefined where one leaves it alone. */
interface Pair {
  readonly here: FileDiff | undefined;
  readonly upstream: FileDiff | undefined;
}

/**
 * A few lines of text, file by file; none where both add and remove the same lines, spaces aside as for git patch-id.
 * Where lines stand is not compared.
 */
export function changeDifference(here: readonly FileDiff[], upstream: readonly FileDiff[]): string[] {
  const lines = pairs(here, upstream).flatMap(pairText);
  if (lines.length <= MOST_LINES) return lines;
  const shown = lines.slice(0, MOST_LINES - 1);
  return [...shown, `… and ${lines.length - shown.length} more lines`];
}

function pairText({ here, upstream }: Pair): string[] {
  const name = pairName(here, upstream);
  if (here === undefined) return [`${name}: changed upstream only (${counts(upstream)})`];
  if (upstream === undefined) return [`${name}: changed here only (${counts(here)})`];
  if (here.binary || upstream.binary) return [`${name}: binary, not compared`];
  const [own, theirs] = [changedLines(here), changedLines(upstream)];
  return [
    ...side(`${name}, upstream:`, without(theirs, own)),
    ...side(`${name}, here:`, without(own, theirs)),
  ];
}

function side(heading: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const shown = lines.length > MOST_OF_SIDE ? lines.slice(0, MOST_OF_SIDE - 1) : lines;
  const left = lines.length - shown.length;
  return [
    heading,
    ...shown.map((line) => `  ${line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line}`),
    ...(left > 0 ? [`  … and ${left} more`] : []),
  ];
}

/** By path; a file that was moved between the trees has its name, in another folder, among what is left. */
function pairs(here: readonly FileDiff[], upstream: readonly FileDiff[]): Pair[] {
  const own = new Map(here.map((file) => [pathOf(file), file]));
  const theirs = new Set(upstream.map(pathOf));
  const rest = new Map(
    here.filter((file) => !theirs.has(pathOf(file))).map((file) => [baseName(file), file]),
  );
  const found: Pair[] = [];
  for (const file of upstream) {
    const same = own.get(pathOf(file)) ?? rest.get(baseName(file));
    if (same !== undefined && rest.get(baseName(same)) === same) rest.delete(baseName(same));
    if (same !== undefined) own.delete(pathOf(same));
    found.push({ here: same, upstream: file });
  }
  return [...found, ...[...own.values()].map((file) => ({ here: file, upstream: undefined }))];
}

function pairName(here: FileDiff | undefined, upstream: FileDiff | undefined): string {
  if (here === undefined || upstream === undefined) return pathOf(here ?? upstream);
  return pathOf(here) === pathOf(upstream) ? pathOf(here) : `${pathOf(here)} (${pathOf(upstream)} upstream)`;
}

function pathOf(file: FileDiff | undefined): string {
  return file?.newPath ?? file?.oldPath ?? '';
}

function baseName(file: FileDiff): string {
  return pathOf(file).slice(pathOf(file).lastIndexOf('/') + 1);
}

function changedLines({ hunks }: FileDiff): string[] {
  return hunks.flatMap((hunk) => hunk.lines.filter((line) => /^[-+]\s*\S/.test(line)));
}

function counts(file: FileDiff | undefined): string {
  if (file === undefined || file.binary) return 'binary';
  const lines = file.hunks.flatMap((hunk) => hunk.lines);
  const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length;
  return `+${count('+')} -${count('-')}`;
}

/** The lines that are not among `others`, each as often as it is missing there. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(bare(line), (left.get(bare(line)) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(bare(line)) ?? 0;
    if (count > 0) left.set(bare(line), count - 1);
    return count === 0;
  });
}

function bare(line: string): string {
  return line.replaceAll(/\s+/g, '');
}
