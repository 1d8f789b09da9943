/** The result of a review or an audit, before it takes any form (see report/). */
import { COMMIT_MESSAGE, type Finding } from '../checkers/checker.ts';

export interface ReportStats {
  readonly files: number;
  readonly functions: number;
  /** Functions that could not be parsed, with the place and the reason. */
  readonly parseErrors: readonly { path: string; line: number; function: string; reason: string }[];
  readonly commits: number;
  /** Milliseconds from start to verdict. */
  readonly elapsed: number;
}

/** Source lines that a report quotes: path (`sourceKey`) -> 1-based line -> text without its newline. */
export type Excerpts = ReadonlyMap<string, ReadonlyMap<number, string>>;

/** Key of a finding's text in Excerpts: its path, or the message of its commit. */
export function sourceKey(finding: Pick<Finding, 'path' | 'commit'>): string {
  return finding.path === COMMIT_MESSAGE ? `${finding.commit ?? ''}${COMMIT_MESSAGE}` : finding.path;
}

/** What one commit of the change breaks and a later one mends. */
export interface TransientFinding {
  /** A note; its line is that of the tree at `commit`, which breaks it. */
  readonly finding: Finding;
  readonly commit: string;
  readonly mendedBy: string;
}

export interface Report {
  readonly base: string;
  readonly head: string;
  /** Introduced by the change (all findings for an audit), in order of path and line. */
  readonly findings: readonly Finding[];
  /** In base and not in head. */
  readonly fixed: readonly Finding[];
  readonly transient: readonly TransientFinding[];
  /** What was left out and why, each one sentence: no tree at hand, shallow history. */
  readonly limits: readonly string[];
  /** The lines that findings and their traces point at, and the subjects of the commits, as in head. */
  readonly excerpts: Excerpts;
  readonly stats: ReportStats;
}
