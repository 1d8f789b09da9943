/** How the place of a finding is named, and its line quoted. */
import { COMMIT_MESSAGE, type Finding } from '../checkers/checker.ts';
import { type Excerpts, sourceKey, type TransientFinding } from '../review/report.ts';
import { visibleLine } from './visible.ts';

/** What a place is named from: the lines that a report quotes. */
export interface Quotes {
  readonly excerpts: Excerpts;
}

/** `mm/slab.c:12:5`, or `message of 00eb61750662 "IB/mlx5: …", line 3`. */
export function placeText(finding: Finding, report: Quotes): string {
  if (finding.path !== COMMIT_MESSAGE) {
    const column = finding.column === undefined ? '' : `:${finding.column}`;
    return `${visibleLine(finding.path)}:${finding.line}${column}`;
  }
  return `message of ${commitText(finding.commit, report)}, line ${finding.line}`;
}

/** `00eb61750662 "IB/mlx5: …"` */
export function commitText(commit: string | undefined, report: Quotes): string {
  if (commit === undefined) return 'the commit';
  const subject = report.excerpts.get(sourceKey({ path: COMMIT_MESSAGE, commit }))?.get(1);
  const name = visibleLine(shortId(commit));
  return subject === undefined ? name : `${name} "${visibleLine(subject)}"`;
}

/** `in 00eb61750662 "IB/mlx5: …", mended by 4bd9a1c05e1f "IB/mlx5: …"` */
export function betweenText(
  { commit, mendedBy }: Pick<TransientFinding, 'commit' | 'mendedBy'>,
  report: Quotes,
): string {
  return `in ${commitText(commit, report)}, mended by ${commitText(mendedBy, report)}`;
}

/** Twelve digits of a commit's id; a file name stays whole. */
export function shortId(commit: string): string {
  return /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit) ? commit.slice(0, 12) : commit;
}

export function sourceLine(
  report: Quotes,
  place: { path: string; line: number; commit?: string },
): string | undefined {
  return report.excerpts.get(sourceKey(place))?.get(place.line);
}
