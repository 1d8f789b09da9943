/** The one line that says how a review ended. */
import type { Finding, Severity } from '../checkers/checker.ts';
import type { Report } from '../review/report.ts';

/** The lowest severity that fails a review. */
export type FailOn = Severity | 'never';

const RANK: Readonly<Record<Severity, number>> = { note: 0, warning: 1, error: 2 };

/**
 * True where a finding reaches the level; each checker may have its own. What has low confidence never fails
 * anything: it is there to be read.
 */
export function fails(findings: readonly Finding[], failOn: FailOn | ((checker: string) => FailOn)): boolean {
  return findings.some((finding) => {
    if (finding.confidence === 'low') return false;
    const level = typeof failOn === 'string' ? failOn : failOn(finding.checker);
    return level !== 'never' && RANK[finding.severity] >= RANK[level];
  });
}

/** "2 errors and 1 warning introduced, 1 finding fixed"; "nothing found, 1 broken in between". */
export function countText(
  report: Pick<Report, 'findings' | 'fixed' | 'transient'>,
  verb = 'introduced',
): string {
  const counts = (['error', 'warning', 'note'] as const)
    .map(
      (severity) =>
        [severity, report.findings.filter((finding) => finding.severity === severity).length] as const,
    )
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => plural(count, severity));
  const introduced = counts.length === 0 ? 'nothing found' : `${joinWords(counts)}${verb && ` ${verb}`}`;
  const { fixed, transient } = report;
  return [
    introduced,
    ...(fixed.length === 0 ? [] : [`${plural(fixed.length, 'finding')} fixed`]),
    ...(transient.length === 0 ? [] : [`${transient.length} broken in between`]),
  ].join(', ');
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
