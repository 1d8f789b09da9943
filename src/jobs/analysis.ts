/** One analysis, in a process of its own that can be stopped. */
import type { Configuration } from '../config/configuration.ts';
import type { FileDiff } from '../git/change.ts';
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
  /** A large tree is analysed with its index or not at all. */
  readonly needsIndex: boolean;
}

export interface Analysis {
  readonly report: Report;
  readonly configuration: Configuration;
  /** Commit messages that are wrong, as they should be. */
  readonly corrections: readonly Correction[];
  /** git's own diff: what GitHub's is when GitHub will not give it. */
  readonly diff: readonly FileDiff[];
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
): Promise<Analysis | undefined> {
  return runChild<Analysis | undefined, AnalysisMessage>({
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
