/** What became of each finding over the pushes of a pull request: pure. */
import type { Finding } from '../checkers/checker.ts';
import type { Dismissal } from '../store/dismissals.ts';
import type { FoundFinding, ReportedReview } from '../store/findings.ts';

export interface FindingHistory {
  /** As the last review that has it says it. */
  readonly latest: FoundFinding;
  readonly state: 'open' | 'dismissed' | 'fixed';
  /** By whom and why; also of one that is fixed since. */
  readonly dismissal: Dismissal | undefined;
  /** The first review that has it, and of a fixed one the first that has it no more. */
  readonly since: ReportedReview;
  readonly until: ReportedReview | undefined;
}

/**
 * The findings that some push introduced, each once (by its fingerprint), open ones first.
 * @param reviews the oldest first
 */
export function pullHistory(
  reviews: readonly ReportedReview[],
  findings: readonly FoundFinding[],
  dismissals: ReadonlyMap<string, Dismissal>,
): FindingHistory[] {
  const introduced = findings.filter(({ fixed }) => !fixed);
  const byFingerprint = Map.groupBy(introduced, ({ finding }) => finding.fingerprint);
  const histories = [...byFingerprint.values()].flatMap((own): FindingHistory[] => {
    const has = new Set(own.map(({ review }) => review));
    const first = reviews.findIndex(({ id }) => has.has(id));
    const last = reviews.findLastIndex(({ id }) => has.has(id));
    const since = reviews[first];
    const until = reviews[last + 1];
    const latest = own.find(({ review }) => review === reviews[last]?.id);
    if (since === undefined || latest === undefined) return [];
    const dismissal = dismissals.get(latest.finding.fingerprint);
    const state = until !== undefined ? 'fixed' : dismissal === undefined ? 'open' : 'dismissed';
    return [{ latest, since, until, state, dismissal }];
  });
  return histories.toSorted((a, b) => STATE[a.state] - STATE[b.state] || bySeverity(a.latest, b.latest));
}

/** The worst first. */
export function bySeverity(a: FoundFinding, b: FoundFinding): number {
  return SEVERITY[a.finding.severity] - SEVERITY[b.finding.severity];
}

const STATE: Readonly<Record<FindingHistory['state'], number>> = { open: 0, dismissed: 1, fixed: 2 };
const SEVERITY: Readonly<Record<Finding['severity'], number>> = { error: 0, warning: 1, note: 2 };
