/**
 * What the App says on GitHub, as data ready for the REST API: check runs, annotations, review comments.
 * Pure. All text from the change (paths, names, messages, source lines) is escaped here and nowhere else.
 */
import type { Finding } from '../checkers/checker.ts';
import type { FileDiff } from '../git/change.ts';
import type { Report } from '../review/report.ts';

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
  readonly failOn: 'error' | 'warning' | 'note' | 'never';
  /** Where a finding can be read in full. */
  readonly findingUrl?: (finding: Finding) => string;
}

/** The completed check run of one checker: the findings of the report that are its own. */
export declare function checkRunOutput(
  checker: string,
  report: Report,
  options: GitHubOptions,
): CheckRunOutput;

/**
 * The inline comment of a finding, anchored on a line that `diff` shows on the right side; undefined where the
 * diff shows none of the finding's lines (the finding then goes to annotations), and for commit messages.
 */
export declare function reviewComment(
  finding: Finding,
  report: Report,
  diff: readonly FileDiff[],
): ReviewComment | undefined;

/** Body of the review of a push: one line and what has no inline place. */
export declare function reviewBody(report: Report, unplaced: readonly Finding[]): string;

/** The hidden mark at the end of a comment's body that says which finding it is. */
export declare function findingMark(fingerprint: string): string;

/** The fingerprint of the mark at the end of a body that Adjutant wrote; undefined where there is none. */
export declare function readFindingMark(body: string): string | undefined;
