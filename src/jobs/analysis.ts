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
  /** Commit whose `.github/adjutant.yml` counts. */
  readonly configurationAt: string;
  /** SHAs of the commits under review, the oldest first: a shallow mirror does not tell them by itself. */
  readonly commits: readonly string[];
  /** What holds where the base branch has no configuration of its own. */
  readonly ownerConfiguration: string | undefined;
  /** What the configuration may say to leave alone. */
  readonly draft: boolean;
  readonly labels: readonly string[];
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

/** The configuration says not to review it. */
export interface Skipped {
  readonly skipped: string;
}

export interface AnalysisEvents {
  /** The configuration is known: it says what to do should the rest fail. */
  readonly configured?: (configuration: Configuration) => void;
  readonly progress?: (step: string) => void;
}

/** From the child. */
export type AnalysisMessage =
  | { readonly kind: 'configured'; readonly configuration: Configuration }
  | { readonly kind: 'progress'; readonly step: string };

/**
 * Analyses a change; resolves to undefined where it needs the index of the base's tree and there is none. Rejects as
 * runChild() does, with a UserError where the change can't be read.
 */
export function analyse(
  request: AnalysisRequest,
  limits: ChildLimits,
  events: AnalysisEvents = {},
  signal?: AbortSignal,
): Promise<Analysis | Skipped | undefined> {
  return runChild<Analysis | Skipped | undefined, AnalysisMessage>({
    module: CHILD,
    what: 'analysis',
    request,
    limits,
    signal,
    onMessage: (message) => {
      if (message.kind === 'configured') events.configured?.(message.configuration);
      else events.progress?.(message.step);
    },
  });
}
