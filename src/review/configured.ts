/** What the repository's configuration makes of findings: rules off or at another severity, too little confidence. */
import { compareConfidence, type Finding } from '../checkers/checker.ts';
import type { Configuration } from '../config/configuration.ts';

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
    if (compareConfidence(finding.confidence, configuration.confidence) < 0) return [];
    return [severity === undefined ? finding : { ...finding, severity }];
  });
}
