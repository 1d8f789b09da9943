/** A report as a Markdown document. */
import type { Finding } from '../checkers/checker.ts';
import type { Report } from '../review/report.ts';
import { codeBlock, codeSpan, markdownText, proseMarkdown } from './markdown-text.ts';
import { commitText, placeText, type Quotes, sourceLine } from './places.ts';
import { countText } from './verdict.ts';

export function markdownReport(report: Report): string {
  const verdict = countText(report, report.base === '' ? 'found' : 'introduced');
  const blocks = [`# ${verdict.slice(0, 1).toUpperCase()}${verdict.slice(1)}`];
  blocks.push(
    ...report.findings.map((finding) => `## ${heading(finding)}\n\n${findingMarkdown(finding, report)}`),
  );
  if (report.fixed.length > 0)
    blocks.push(
      '## Fixed',
      report.fixed.map((finding) => `- ${heading(finding)} (${placeMarkdown(finding, report)})`).join('\n'),
    );
  if (report.transient.length > 0) blocks.push('## Broken in between', transientMarkdown(report));
  if (report.limits.length > 0)
    blocks.push('## Left out', report.limits.map((limit) => `- ${markdownText(limit)}`).join('\n'));
  return `${blocks.join('\n\n')}\n`;
}

/** What a commit breaks and a later one mends, a list. */
export function transientMarkdown(report: Pick<Report, 'transient' | 'excerpts'>): string {
  return report.transient
    .map(({ finding, commit, mendedBy }) => {
      const place = codeSpan(placeText(finding, report));
      const since = codeSpan(commitText(commit, report));
      return `- ${place} ${proseMarkdown(finding.message)} (${codeSpan(finding.rule)}), since ${since}; ${codeSpan(commitText(mendedBy, report))} mends it.`;
    })
    .join('\n');
}

function heading(finding: Finding): string {
  const confidence = finding.confidence === 'high' ? '' : ` (${finding.confidence} confidence)`;
  return `${finding.severity}: ${proseMarkdown(finding.message)}${confidence}`;
}

function placeMarkdown(finding: Finding, report: Report): string {
  const inFunction = finding.function === '' ? '' : `, in ${codeSpan(`${finding.function}()`)}`;
  return `${codeSpan(finding.rule)} at ${codeSpan(placeText(finding, report))}${inFunction}`;
}

/** A finding without its heading: place, source, trace, explanation, suggestion. Shared by document and comment. */
export function findingMarkdown(finding: Finding, report: Report): string {
  const blocks = [placeMarkdown(finding, report)];
  const source = sourceLine(report, finding);
  if (source !== undefined) blocks.push(codeBlock(source, finding.path.endsWith('_MSG') ? '' : 'c'));
  if (finding.trace.length > 0) blocks.push(traceMarkdown(finding, report));
  if (finding.explanation !== '') blocks.push(explanationMarkdown(finding.explanation));
  if (finding.suggestion) blocks.push('Write:', codeBlock(finding.suggestion.lines.join('\n')));
  return blocks.join('\n\n');
}

/** The steps as a numbered list, each with its place. */
export function traceMarkdown(finding: Finding, report: Quotes): string {
  return finding.trace
    .map((step, index) => {
      const source = sourceLine(report, step)?.trim();
      const code = source === undefined || source === '' ? '' : ` ${codeSpan(source)}`;
      const where = step.function === '' ? '' : ` ${codeSpan(`${step.function}()`)}`;
      return `${index + 1}. ${codeSpan(`${step.path}:${step.line}`)}${where}: ${markdownText(step.text)}${code}`;
    })
    .join('\n');
}

/** Paragraphs as text; indented ones (a scenario table, a lockdep splat) as they stand. */
export function explanationMarkdown(explanation: string): string {
  const isLaidOut = (paragraph: string): boolean => /^\s/m.test(paragraph);
  const blocks: string[] = [];
  for (const paragraph of explanation.split(/\n{2,}/)) {
    const previous = blocks.at(-1);
    // What is laid out goes on over blank lines.
    if (previous !== undefined && isLaidOut(paragraph) && isLaidOut(previous)) {
      blocks[blocks.length - 1] = `${previous}\n\n${paragraph}`;
    } else blocks.push(paragraph);
  }
  return blocks.map((block) => (isLaidOut(block) ? codeBlock(block) : proseMarkdown(block))).join('\n\n');
}
