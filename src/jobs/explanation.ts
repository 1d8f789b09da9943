/** A finding explained in a comment: what, where, the way there, why, and how to dismiss it. */
import { allRules } from '../checkers/all-rules.ts';
import type { Finding } from '../checkers/checker.ts';
import { findingId } from '../report/github.ts';
import { explanationMarkdown, traceMarkdown } from '../report/markdown.ts';
import { codeBlock, codeSpan, markdownText, proseMarkdown } from '../report/markdown-text.ts';
import { placeText } from '../report/places.ts';
import type { LatestReport } from '../store/latest-report.ts';
import type { PullRequest } from './job.ts';
import type { Links } from './links.ts';

/** Markdown. `finding` is one of the report's. */
export function explanation(
  links: Links | undefined,
  pull: PullRequest,
  finding: Finding,
  report: LatestReport,
): string {
  const rule = allRules.find(({ id }) => id === finding.rule);
  const place = placeText(finding, report);
  const inside = finding.function === '' ? '' : `, in ${codeSpan(`${finding.function}()`)}`;
  const url = links?.finding(pull, report.review, report.findings.indexOf(finding));
  const blocks = [
    `**${proseMarkdown(finding.message)}**\n${codeSpan(place)}${inside}, ${finding.severity}, ${finding.confidence} confidence`,
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
