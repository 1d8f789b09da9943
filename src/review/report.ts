/** The result of a review or an audit, before it takes any form (see report/). */
import type { Finding } from '../checkers/checker.ts';

export interface ReportStats {
  readonly files: number;
  readonly functions: number;
  /** Functions that could not be parsed, with the place and the reason. */
  readonly parseErrors: readonly { path: string; line: number; function: string; reason: string }[];
  readonly commits: number;
  /** Milliseconds from start to verdict. */
  readonly elapsed: number;
}

export interface Report {
  readonly base: string;
  readonly head: string;
  /** Introduced by the change (all findings for an audit), in order of path and line. */
  readonly findings: readonly Finding[];
  /** In base and not in head. */
  readonly fixed: readonly Finding[];
  /** What was left out and why, each one sentence: no tree at hand, shallow history. */
  readonly limits: readonly string[];
  readonly stats: ReportStats;
}
