/** The known word that `word` was probably meant to be: at most two slips away. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, slips: slips(word.slice(0, 40), candidate) }))
    .filter(({ slips, candidate }) => slips <= Math.min(2, Math.floor(candidate.length / 2)))
    .toSorted((a, b) => a.slips - b.slips);
  return best?.candidate;
}

/** Levenshtein's distance. */
function slips(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const same = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(same, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
