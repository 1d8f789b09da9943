/** A report as JSON: the contract of scripts and of the scoring tools. */
import type { Report } from '../review/report.ts';

/** `{"version":1,"base","head","findings":[…introduced],"fixed":[…],"transient":[…],"limits":[…],"stats":{…}}` */
export function jsonReport(report: Report): string {
  const { base, head, findings, fixed, transient, limits, stats } = report;
  return `${JSON.stringify({ version: 1, base, head, findings, fixed, transient, limits, stats }, null, 2)}\n`;
}
