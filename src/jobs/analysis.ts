/** One analysis, in a process of its own that can be stopped. */
import type { Configuration } from '../config/configuration.ts';
import type { FileDiff } from '../git/change.ts';
import type { ConfigurationProblem } from '../report/configuration-check.ts';
import type { Correction } from '../report/corrected-messages.ts';
import type { Report } from '../review/report.ts';
import { type ChildLimits, runChild } from './child.ts';

const CHILD = new URL('./analysis-child.ts', import.meta.url);

export interface AnalysisRequest {
  readonly gitDir: string;
  readonly base: string;
  readonly head: string;
  readonly configuration: Configuration;
  /** What is known to be missing, passed on in the report. */
  readonly limits: readonly string[];
  /** SHAs of the commits under review, the oldest first: a shallow mirror does not tell them by itself. */
  readonly commits: readonly string[];
  /** A large tree is analysed with its index or not at all. */
  readonly needsIndex: boolean;
}

export interface Analysis {
  readonly report: Report;
  readonly configuration: Configuration;
  /** Commit messages that are wrong, as they should be. */
  readonly corrections: readonly Correction[];
  /** What is wrong with the configuration that the change edits; undefined where it edits none. */
  readonly configurationProblems: readonly ConfigurationProblem[] | undefined;
  /** git's own diff: what GitHub's is when GitHub will not give it. */
  readonly diff: readonly FileDiff[];
}

export interface AnalysisEvents {
  readonly progress?: (step: string) => void;
}

/** From the child. */
export interface AnalysisMessage {
  readonly kind: 'progress';
  readonly step: string;
}

/**
 * Analyses a change; resolves to undefined where it needs the index of the base's tree and there is none. Rejects as
 * runChild() does, with a UserError where the change can't be read.
 */
export function analyse(
  request: AnalysisRequest,
  limits: ChildLimits,
  events: AnalysisEvents = {},
  signal?: AbortSignal,
): Promise<Analysis | undefined> {
  return runChild<Analysis | undefined, AnalysisMessage>({
    module: CHILD,
    what: 'analysis',
    request,
    limits,
    signal,
    onMessage: ({ step }) => events.progress?.(step),
  });
}
