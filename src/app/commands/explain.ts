/** `/explain`: a finding in full, or all of them in a line each. */

import type { Command, CommandContext } from '../../jobs/command.ts';
import { explanation } from '../../jobs/explanation.ts';
import { namedFinding } from '../../jobs/named-finding.ts';
import { findingId } from '../../report/github.ts';
import { codeSpan, proseMarkdown, tableCode } from '../../report/markdown-text.ts';
import { placeText } from '../../report/places.ts';
import { dismissalsOn } from '../../store/dismissals.ts';
import type { LatestReport } from '../../store/latest-report.ts';

const MAX_LISTED = 50;

export const explain: Command = {
  name: 'explain',
  syntax: '/explain [ID]',
  example: '/explain 5f2c90aa',
  summary: 'tells a finding step by step; without an ID it lists them',
  who: 'reader',
  async run(context) {
    const { finding } = await namedFinding(context);
    const report = await context.report();
    if (finding === undefined) return list(context, report);
    return explanation(context.services.links, context.job.pull, finding, report);
  },
};

async function list({ services, job }: CommandContext, report: LatestReport): Promise<string> {
  if (report.findings.length === 0) return 'The newest review found nothing.';
  const dismissals = await dismissalsOn(services.database, job.pull);
  const rows = report.findings.slice(0, MAX_LISTED).map((finding) => {
    const dismissed = dismissals.has(finding.fingerprint) ? ' (dismissed)' : '';
    const place = tableCode(placeText(finding, report));
    return `| ${codeSpan(findingId(finding))} | ${finding.severity}${dismissed} | ${place} | ${proseMarkdown(finding.message, tableCode)} |`;
  });
  const more = report.findings.length - rows.length;
  return [
    '| ID | severity | place | finding |',
    '| --- | --- | --- | --- |',
    ...rows,
    ...(more > 0 ? ['', `${more} more are in the check runs.`] : []),
  ].join('\n');
}
