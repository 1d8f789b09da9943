/** Ranges of lines in a file, asked about often: a hostile file has a hundred thousand of them. */

export interface LineRange {
  readonly line: number;
  readonly endLine: number;
}

/** Index of the last of some places, in the order of their lines, that is on a line or before it; -1 where none is. */
export function lastBefore(places: readonly { readonly line: number }[], line: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle]?.line ?? 0) <= line) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Answers whether a line lies in one of the ranges. */
export function containing(ranges: readonly LineRange[]): (line: number) => boolean {
  const joined: { line: number; endLine: number }[] = [];
  for (const { line, endLine } of ranges.toSorted((a, b) => a.line - b.line)) {
    const last = joined.at(-1);
    if (last !== undefined && line <= last.endLine) last.endLine = Math.max(last.endLine, endLine);
    else joined.push({ line, endLine });
  }
  return (line) => (joined[lastBefore(joined, line)]?.endLine ?? 0) >= line;
}
