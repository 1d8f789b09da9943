/** Change -> Report: what the checkers find in head and not in base, and in base and not in head. */
import type { CodeChecker } from '../checkers/checker.ts';
import type { Configuration } from '../config/configuration.ts';
import type { Change } from '../git/change.ts';
import type { Report } from './report.ts';

export interface ReviewOptions {
  /** What .github/adjutant.yml says; its defaults otherwise. */
  readonly configuration?: Configuration;
  /** Code checkers to run; all of the registry otherwise. */
  readonly checkers?: readonly CodeChecker[];
  /** Aborts between steps: a newer push makes this review pointless. Throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told which step the review is at: one short phrase. */
  readonly progress?: (step: string) => void;
}

/** Reviews a change. Rejects with a UserError where the change can't be read. */
export async function review(_change: Change, _options: ReviewOptions = {}): Promise<Report> {
  throw new Error('not built yet');
}
