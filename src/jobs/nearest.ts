import { editDistance } from '../checkers/trailers/tag-distance.ts';

/** The known word that `word` was probably meant to be: at most two slips away. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, slips: editDistance(word.slice(0, 40), candidate) }))
    .filter(({ slips, candidate }) => slips <= Math.min(2, Math.floor(candidate.length / 2)))
    .toSorted((a, b) => a.slips - b.slips);
  return best?.candidate;
}
