/** Several defects of one rule at one place, of which one is said: a call that closes five cycles is one thing to mend. */
import type { Confidence, Finding } from '../checkers/checker.ts';

const ORDER: Readonly<Record<Confidence, number>> = { low: 0, medium: 1, high: 2 };

/** Others that are named with the one that is said. */
const NAMED = 3;

/**
 * Of the findings that can be seen from several places, the surest of each rule, function and line stays, and tells
 * of the others; the first in order among equals. Findings of other kinds all stay.
 */
export function onePerPlace(findings: readonly Finding[]): readonly Finding[] {
  const places = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key =
      finding.hasSeveralPlaces === true
        ? `${finding.rule}\0${finding.path}\0${finding.function}\0${finding.line}`
        : `${places.size}`;
    const there = places.get(key);
    if (there === undefined) places.set(key, [finding]);
    else there.push(finding);
  }
  return [...places.values()].map(surest);
}

function surest(there: readonly Finding[]): Finding {
  const [first, ...rest] = there as [Finding, ...Finding[]];
  if (rest.length === 0) return first;
  const best = rest.reduce((a, b) => (ORDER[b.confidence] > ORDER[a.confidence] ? b : a), first);
  const others = there.filter((finding) => finding !== best);
  const named = others.slice(0, NAMED).map(({ message }) => `- ${message}`);
  const more = others.length > NAMED ? [`- and ${others.length - NAMED} more`] : [];
  return {
    ...best,
    explanation: `${best.explanation}\n\nOf the same rule, at the same line:\n${[...named, ...more].join('\n')}`,
  };
}
