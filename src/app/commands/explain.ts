/** `/explain`: a finding in full, or all of them in a line each. */

import { allRules } from '../../checkers/all-rules.ts';
import type { Finding } from '../../checkers/checker.ts';
import type { Command, CommandContext } from '../../jobs/command.ts';
import { namedFinding } from '../../jobs/named-finding.ts';
import { findingId } from '../../report/github.ts';
import { explanationMarkdown, traceMarkdown } from '../../report/markdown.ts';
import { codeBlock, codeSpan, markdownText, tableCode } from '../../report/markdown-text.ts';
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
    return finding === undefined ? list(context, report) : inFull(context, finding, report);
  },
};

function inFull({ services, job }: CommandContext, finding: Finding, report: LatestReport): string {
  const rule = allRules.find(({ id }) => id === finding.rule);
  const place = placeText(finding, report);
  const inside = finding.function === '' ? '' : `, in ${codeSpan(`${finding.function}()`)}`;
  const url = services.links?.finding(job.pull, report.review, report.findings.indexOf(finding));
  const blocks = [
    `**${markdownText(finding.message)}**\n${codeSpan(place)}${inside}, ${finding.severity}, ${finding.confidence} confidence`,
    ...(finding.trace.length === 0 ? [] : [traceMarkdown(finding, report)]),
    ...(finding.explanation === '' ? [] : [explanationMarkdown(finding.explanation)]),
    ...(finding.suggestion === undefined
      ? []
      : ['It would be right as:', codeBlock(finding.suggestion.lines.join('\n'))]),
    ...(rule === undefined ? [] : [`The rule ${codeSpan(rule.id)}: ${markdownText(rule.summary)}`]),
    `${url === undefined ? '' : `[All of it on a page](${encodeURI(url)}). `}A false alarm? \`/dismiss ${findingId(finding)} reason…\``,
  ];
  return blocks.join('\n\n');
}

async function list({ services, job }: CommandContext, report: LatestReport): Promise<string> {
  if (report.findings.length === 0) return 'The newest review found nothing.';
  const dismissals = await dismissalsOn(services.database, job.pull);
  const rows = report.findings.slice(0, MAX_LISTED).map((finding) => {
    const dismissed = dismissals.has(finding.fingerprint) ? ' (dismissed)' : '';
    const place = tableCode(placeText(finding, report));
    return `| ${codeSpan(findingId(finding))} | ${finding.severity}${dismissed} | ${place} | ${markdownText(finding.message)} |`;
  });
  const more = report.findings.length - rows.length;
  return [
    '| ID | severity | place | finding |',
    '| --- | --- | --- | --- |',
    ...rows,
    ...(more > 0 ? ['', `${more} more are in the check runs.`] : []),
  ].join('\n');
}
