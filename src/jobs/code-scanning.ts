/** Findings as SARIF for GitHub's code scanning. */
import { codeScanningReport } from '../report/sarif.ts';
import type { Report } from '../review/report.ts';
import type { Attempt } from './attempt.ts';
import type { Forge } from './forge.ts';

/** Code scanning is one more place to read what was said: that it does not take it ends no review otherwise. */
export async function uploadSarif(
  { services, work, review }: Attempt,
  forge: Forge,
  report: Report,
): Promise<void> {
  const place = { review: review.id, pull: review.number };
  try {
    const { allRules } = await import('../checkers/all-rules.ts');
    const log = codeScanningReport(report, allRules);
    const taken = await forge.uploadSarif(work.data.pull.number, review.head, log);
    if (!taken)
      services.log.warn(place, 'code scanning is off, or "Code scanning alerts: write" was not granted');
  } catch (error) {
    services.log.warn({ ...place, err: error }, 'findings were not sent to code scanning');
  }
}
