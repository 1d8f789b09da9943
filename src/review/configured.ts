/** What the repository's configuration makes of findings: rules off or at another severity, too little confidence. */
import type { Confidence, Finding } from '../checkers/checker.ts';
import type { Configuration } from '../config/configuration.ts';

const CONFIDENCE: Readonly<Record<Confidence, number>> = { low: 0, medium: 1, high: 2 };

export function configuredFindings(
  findings: readonly Finding[],
  configuration: Configuration,
): readonly Finding[] {
  const rules = new Map(Object.entries(configuration.rules));
  const dismissed = new Set(configuration.dismissed.map(({ finding }) => finding));
  return findings.flatMap((finding) => {
    if (dismissed.has(finding.fingerprint)) return [];
    const severity = rules.get(finding.rule);
    if (severity === 'off') return [];
    if (CONFIDENCE[finding.confidence] < CONFIDENCE[configuration.confidence]) return [];
    return [severity === undefined ? finding : { ...finding, severity }];
  });
}
