/**
 * What the App says on GitHub, as data ready for the REST API: check runs, annotations, review comments.
 * Pure. All text from the change (paths, names, messages, source lines) is escaped by markdown-text.ts.
 */
import { COMMIT_MESSAGE, type Finding, type Severity } from '../checkers/checker.ts';
import type { FileDiff } from '../git/change.ts';
import { hunkLines } from '../review/changed-lines.ts';
import type { Report } from '../review/report.ts';
import { type Correction, correctionsBlock } from './corrected-messages.ts';
import { explanationMarkdown, traceMarkdown, transientMarkdown } from './markdown.ts';
import { clipMarkdown, codeBlock, codeSpan, htmlText, markdownText, proseMarkdown } from './markdown-text.ts';
import { commitText, placeText, type Quotes, shortId } from './places.ts';
import { countText, type FailOn, fails, plural } from './verdict.ts';
import { visible, visibleLine } from './visible.ts';

/** Limits of the REST API: characters of a summary and of a comment, of an annotation's fields. */
const MAX_SUMMARY = 65_535;
export const MAX_COMMENT = 65_536;
const MAX_ANNOTATION = 16_000;
const MAX_TITLE = 255;
/** Findings that a summary lists in full. */
const MAX_LISTED = 100;

/** An annotation as POST /repos/{owner}/{repo}/check-runs takes it. Columns only where start_line = end_line. */
export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: 'notice' | 'warning' | 'failure';
  readonly title: string;
  readonly message: string;
  readonly raw_details?: string;
}

export interface CheckRunOutput {
  readonly conclusion: 'success' | 'failure' | 'neutral';
  readonly title: string;
  /** Markdown of at most 65,535 characters. */
  readonly summary: string;
  /** All of them: the caller sends them in batches of 50. */
  readonly annotations: readonly Annotation[];
}

/** A comment as POST /repos/{owner}/{repo}/pulls/{number}/reviews takes it, and which finding it says. */
export interface ReviewComment {
  readonly path: string;
  readonly body: string;
  readonly line: number;
  readonly side: 'LEFT' | 'RIGHT';
  readonly start_line?: number;
  readonly start_side?: 'LEFT' | 'RIGHT';
}

export interface GitHubOptions {
  /** Findings at or above it make the check run fail. */
  readonly failOn: FailOn;
  /** Where a finding can be read in full: an address of ours. */
  readonly findingUrl?: (finding: Finding) => string | undefined;
  /** Findings that people dismissed, by fingerprint: they fail nothing, and are shown with who and why. */
  readonly dismissals?: ReadonlyMap<string, DismissedBy>;
  /** Commit messages that are wrong, as they should be: the check run of the messages has them. */
  readonly corrections?: readonly Correction[];
}

interface DismissedBy {
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

/** Hexadecimal digits of a fingerprint that name a finding to people: `/dismiss 5f2c90aa`. */
const ID_LENGTH = 8;

export function findingId({ fingerprint }: Pick<Finding, 'fingerprint'>): string {
  return fingerprint.slice(0, ID_LENGTH);
}

const LEVEL: Readonly<Record<Severity, Annotation['annotation_level']>> = {
  error: 'failure',
  warning: 'warning',
  note: 'notice',
};
/** Before a finding, wherever Markdown shows it. */
export const SIGN: Readonly<Record<Severity, string>> = { error: '🔴', warning: '🟠', note: '🔵' };

/** The completed check run of one checker: the findings of the report that are its own. */
export function checkRunOutput(checker: string, report: Report, options: GitHubOptions): CheckRunOutput {
  const { dismissals = new Map<string, DismissedBy>() } = options;
  const found = report.findings.filter((finding) => finding.checker === checker);
  const dismissed = found.filter(({ fingerprint }) => dismissals.has(fingerprint));
  const own = {
    findings: found.filter(({ fingerprint }) => !dismissals.has(fingerprint)),
    fixed: report.fixed.filter((finding) => finding.checker === checker),
    transient: report.transient.filter(({ finding }) => finding.checker === checker),
  };
  const others = dismissed.length === 0 ? '' : `, ${dismissed.length} dismissed`;
  return {
    conclusion: fails(own.findings, options.failOn) ? 'failure' : 'success',
    title: `${capitalised(countText(own))}${others}`,
    summary: summary(checker, { ...report, ...own }, dismissed, options),
    annotations: own.findings.flatMap((finding) => annotation(finding) ?? []),
  };
}

function summary(
  checker: string,
  report: Report,
  dismissed: readonly Finding[],
  options: GitHubOptions,
): string {
  const blocks: string[] = [];
  const listed = report.findings.slice(0, MAX_LISTED);
  if (listed.length > 0)
    blocks.push(listed.map((finding) => findingLine(finding, report, options)).join('\n'));
  if (report.findings.length > listed.length)
    blocks.push(`${report.findings.length - listed.length} more are among the annotations.`);
  const corrections = checker === 'trailers' ? (options.corrections ?? []) : [];
  if (corrections.length > 0) blocks.push(correctionsBlock(corrections, report.base));
  if (dismissed.length > 0)
    blocks.push(
      '### Dismissed',
      dismissed
        .slice(0, MAX_LISTED)
        .map((finding) => findingLine(finding, report, options) + dismissalText(finding, options))
        .join('\n'),
    );
  if (report.fixed.length > 0)
    blocks.push(
      '### Fixed by this change',
      report.fixed
        .slice(0, MAX_LISTED)
        .map((finding) => findingLine(finding, report, {}))
        .join('\n'),
    );
  if (report.transient.length > 0)
    blocks.push(
      '### Broken in between',
      'One commit breaks it and a later one mends it, so nothing of it is merged. Whoever bisects can stop there.',
      transientMarkdown({ ...report, transient: report.transient.slice(0, MAX_LISTED) }),
    );
  const { stats } = report;
  const left = [
    ...report.limits.map((limit) => markdownText(limit)),
    ...(stats.parseErrors.length === 0
      ? []
      : [
          `${plural(stats.parseErrors.length, 'function')} could not be read: ${stats.parseErrors
            .slice(0, 10)
            .map((error) => codeSpan(`${error.path}:${error.line} ${error.function}`))
            .join(', ')}.`,
        ]),
  ];
  if (left.length > 0) blocks.push('### Left out', left.map((line) => `- ${line}`).join('\n'));
  blocks.push(
    `Reviewed ${plural(stats.commits, 'commit')}, ${plural(stats.files, 'file')} and ${plural(stats.functions, 'function')} in ${(stats.elapsed / 1000).toFixed(1)} s, against ${codeSpan(shortId(report.base))}.`,
  );
  return clipMarkdown(
    blocks.join('\n\n'),
    MAX_SUMMARY,
    'The rest did not fit; the annotations have all findings.',
  );
}

/** A finding as an item of a list. */
export function findingLine(finding: Finding, report: Quotes, options: Partial<GitHubOptions>): string {
  const url = options.findingUrl?.(finding);
  const details = url === undefined ? '' : ` ([details](${encodeURI(url)}))`;
  const confidence = finding.confidence === 'high' ? '' : `, ${finding.confidence} confidence`;
  return `- ${SIGN[finding.severity]} ${codeSpan(placeText(finding, report))} ${proseMarkdown(finding.message)} (${codeSpan(finding.rule)} ${codeSpan(findingId(finding))}${confidence})${details}`;
}

function dismissalText(finding: Finding, { dismissals }: GitHubOptions): string {
  const dismissal = dismissals?.get(finding.fingerprint);
  if (dismissal === undefined) return '';
  const day = dismissal.at.toISOString().slice(0, 10);
  return `\n  dismissed by ${codeSpan(dismissal.by)} on ${day}: ${markdownText(dismissal.reason)}`;
}

export function capitalised(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** The annotation of a finding; undefined for commit messages, which have no file. Annotations are plain text. */
export function annotation(finding: Finding): Annotation | undefined {
  if (finding.path === COMMIT_MESSAGE) return undefined;
  const sameLine = finding.line === finding.endLine;
  const columns =
    sameLine && finding.column !== undefined
      ? {
          start_column: finding.column,
          end_column: Math.max(finding.column, (finding.endColumn ?? finding.column + 1) - 1),
        }
      : {};
  const details = finding.trace
    .map(
      (step, index) =>
        `${index + 1}. ${visibleLine(step.path)}:${step.line} ${visibleLine(step.function)}: ${visibleLine(step.text)}`,
    )
    .join('\n');
  const explanation = finding.explanation === '' ? '' : `\n\n${visible(finding.explanation)}`;
  return {
    path: finding.path,
    start_line: finding.line,
    end_line: Math.max(finding.line, finding.endLine),
    ...columns,
    annotation_level: LEVEL[finding.severity],
    title: clip(
      `${finding.rule}${finding.function === '' ? '' : ` in ${visibleLine(finding.function)}()`}`,
      MAX_TITLE,
    ),
    message: clip(`${visibleLine(finding.message)}${explanation}`, MAX_ANNOTATION),
    ...(details === '' ? {} : { raw_details: clip(details, MAX_ANNOTATION) }),
  };
}

/**
 * The inline comment of a finding, anchored on a line that `diff` shows on the right side; undefined where the
 * diff shows none of the finding's lines (the finding then goes to annotations), and for commit messages.
 */
export function reviewComment(
  finding: Finding,
  report: Report,
  diff: readonly FileDiff[],
  page?: string,
  beside: readonly Finding[] = [],
): ReviewComment | undefined {
  const anchor = anchorOf(finding, diff);
  return anchor && { ...anchor, body: commentBody(finding, report, page, beside) };
}

/** Where a comment can stand: GitHub takes only lines that the diff shows, and a range within one hunk. */
function anchorOf(finding: Finding, diff: readonly FileDiff[]): Omit<ReviewComment, 'body'> | undefined {
  const { path, line, suggestion } = finding;
  const { startLine, endLine } = suggestion ?? { startLine: line, endLine: line };
  const start = startLine < endLine ? { start_line: startLine, start_side: 'RIGHT' as const } : {};
  const anchor = { path, line: endLine, side: 'RIGHT' as const, ...start };
  return isShown(anchor, diff) ? anchor : undefined;
}

/** Whether the diff shows the lines of a comment, all in one hunk. */
export function isShown(
  { path, line, start_line: start = line }: Omit<ReviewComment, 'body'>,
  diff: readonly FileDiff[],
): boolean {
  const file = diff.find((changed) => changed.newPath === path);
  if (!file || file.binary) return false;
  return file.hunks.some((hunk) => {
    const shown = [...hunkLines(hunk)].filter(({ kind }) => kind !== '-').map(({ newLine }) => newLine);
    return shown.includes(line) && shown.includes(start);
  });
}

/**
 * The body of a comment: what is wrong, the trace, why, a suggestion, and the mark of the finding.
 * @param page address of the finding's page
 * @param beside others of its rule at its line, which have no comment of their own
 */
export function commentBody(
  finding: Finding,
  report: Quotes & { readonly stats: Pick<Report['stats'], 'commits'> },
  page?: string,
  beside: readonly Finding[] = [],
): string {
  const confidence = finding.confidence === 'high' ? '' : ` (${finding.confidence} confidence)`;
  const blocks = [`${SIGN[finding.severity]} **${proseMarkdown(finding.message)}**${confidence}`];
  if (finding.explanation !== '') blocks.push(explanationMarkdown(finding.explanation));
  if (finding.suggestion) blocks.push(codeBlock(finding.suggestion.lines.join('\n'), 'suggestion'));
  if (finding.trace.length > 0) blocks.push(details('How it gets there', traceMarkdown(finding, report)));
  if (beside.length > 0)
    blocks.push(
      details(
        `${beside.length} more of this rule at this line`,
        beside.map((other) => findingLine(other, report, {})).join('\n'),
      ),
    );
  const from =
    finding.commit !== undefined && report.stats.commits > 1
      ? ` · introduced by ${codeSpan(commitText(finding.commit, report))}`
      : '';
  const mark = findingMark(finding.fingerprint);
  const foot = `<sub>${codeSpan(finding.rule)} · ${codeSpan(findingId(finding))}${from}${pageLink(finding, page)}</sub>`;
  const body = clipMarkdown(
    blocks.join('\n\n'),
    MAX_COMMENT - foot.length - mark.length - 10,
    'The rest did not fit.',
  );
  return `${body}\n\n${foot}\n${mark}`;
}

/** A deadlock is easier to see than to read. */
function pageLink({ cycle }: Finding, page: string | undefined): string {
  if (page === undefined) return '';
  return ` · [${cycle === undefined ? 'see the code' : 'see it drawn'}](${encodeURI(page)})`;
}

/** The hidden mark at the end of a comment's body that says which finding it is. */
export function findingMark(fingerprint: string): string {
  return `<!-- adjutant:${Buffer.from(fingerprint, 'utf8').toString('hex')} -->`;
}

/** The fingerprint of the mark at the end of a body that Adjutant wrote; undefined where there is none. */
export function readFindingMark(body: string): string | undefined {
  const found = /<!-- adjutant:([0-9a-f]+) -->\s*$/.exec(body);
  return found ? Buffer.from(found[1] as string, 'hex').toString('utf8') : undefined;
}

/** Markdown that is folded away below a title. */
export function details(title: string, markdown: string): string {
  return `<details><summary>${htmlText(title)}</summary>\n\n${markdown}\n\n</details>`;
}

function clip(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
