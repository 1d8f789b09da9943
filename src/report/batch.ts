/** The commit batch analysis: a Markdown document of commits with what is found in each. */
import type { Finding } from '../checkers/checker.ts';
import type { Commit } from '../git/change.ts';
import type { Report } from '../review/report.ts';
import { findingMarkdown } from './markdown.ts';
import { codeBlock, codeSpan, markdownText, proseMarkdown } from './markdown-text.ts';
import { placeText } from './places.ts';

const MAX_DIFF_LINES = 1000;

export interface BatchEntry {
  readonly commit: Commit;
  /** Of this commit alone, against its parent. */
  readonly report: Report;
  readonly diff: string;
}

/** The document, in the order of the entries. */
export function batchDocument(entries: readonly BatchEntry[]): string {
  const sections = entries.map((entry, index) => section(entry, index + 1));
  return `# Linux Kernel Commit Batch Analysis\n\n${sections.join('\n\n---\n\n')}\n`;
}

function section({ commit, report, diff }: BatchEntry, number: number): string {
  const author = commit.author ? markdownText(commit.author.name || commit.author.email) : 'unknown';
  const date = commit.authorDate?.slice(0, 19).replace('T', ' ') ?? 'unknown';
  return [
    `## Commit ${number}: ${commit.id.slice(0, 8)}`,
    `**Author:** ${author}\n**Date:** ${date}\n**Files Changed:** ${commit.files.map(markdownText).join(', ')}`,
    `**Message:**\n${codeBlock(commit.message.trimEnd())}`,
    ...findingBlocks(report),
    `**Diff:**\n${codeBlock(clipLines(diff), 'diff')}`,
  ].join('\n\n');
}

function findingBlocks(report: Report): string[] {
  const blocks = report.findings.map((finding) => `${title(finding)}\n\n${findingMarkdown(finding, report)}`);
  const fixed = report.fixed.map(
    (finding) => `- ${title(finding)} (${codeSpan(finding.rule)} at ${codeSpan(placeText(finding, report))})`,
  );
  return [
    blocks.length === 0 ? '**Findings:** none' : `**Findings:**\n\n${blocks.join('\n\n')}`,
    ...(fixed.length === 0 ? [] : [`**Fixed:**\n\n${fixed.join('\n')}`]),
  ];
}

function title(finding: Finding): string {
  const confidence = finding.confidence === 'high' ? '' : ` (${finding.confidence} confidence)`;
  return `**${finding.severity}:** ${proseMarkdown(finding.message)}${confidence}`;
}

function clipLines(diff: string): string {
  const lines = diff.trimEnd().split('\n');
  const left = lines.length - MAX_DIFF_LINES;
  return left <= 0
    ? lines.join('\n')
    : `${lines.slice(0, MAX_DIFF_LINES).join('\n')}\n\n... (truncated ${left} lines)`;
}
