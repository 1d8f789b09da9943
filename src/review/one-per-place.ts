/** Several defects of one rule at one place: those that are in doubt are not said beside those that are not. */
import type { Finding } from '../checkers/checker.ts';

/** Others that are named with the one that is said. */
const NAMED = 3;

/**
 * Of the findings that can be seen from several places, those of one rule, function and line that are above low stay,
 * or one where none is; the first tells of those that went. Findings of other kinds all stay.
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
  return [...places.values()].flatMap(withoutDoubts);
}

function withoutDoubts(there: readonly Finding[]): readonly Finding[] {
  const sure = there.filter(({ confidence }) => confidence !== 'low');
  const [first, ...rest] = (sure.length > 0 ? sure : there.slice(0, 1)) as [Finding, ...Finding[]];
  const gone = there.filter((finding) => finding !== first && !rest.includes(finding));
  if (gone.length === 0) return [first, ...rest];
  const named = gone.slice(0, NAMED).map(({ message }) => `- ${message}`);
  const more = gone.length > NAMED ? [`- and ${gone.length - NAMED} more`] : [];
  const explanation = `${first.explanation}\n\nOf the same rule, at the same line, with low confidence:\n${[...named, ...more].join('\n')}`;
  return [{ ...first, explanation }, ...rest];
}
