/** What a slash command is. Each is one file that declares itself by this; the help is made from it. */
import type { Finding } from '../checkers/checker.ts';
import type { LatestReport } from '../store/latest-report.ts';
import type { Forge } from './forge.ts';
import type { CommentJob, Invocation } from './job.ts';
import type { Services } from './services.ts';

/**
 * `reader`: the author of the pull request and everybody who may read the repository. `writer`: who may push to
 * it. Asked from GitHub's permission API; bots never.
 */
export type Who = 'reader' | 'writer';

export interface CommandContext {
  readonly services: Services;
  readonly forge: Forge;
  readonly job: CommentJob;
  readonly invocation: Invocation;
  /** What the newest review of the pull request found. Rejects with a UserError where there is none yet. */
  report(): Promise<LatestReport>;
  /** The finding in whose thread the comment stands; undefined elsewhere. */
  threadFinding(): Promise<Finding | undefined>;
  /** Asks for a review of the head, once all commands of the comment have run: for all checks, or for that of a checker. */
  recheck(checker?: string): void;
}

export interface Command {
  readonly name: string;
  /** As a user writes it: `/dismiss ID reason…`. */
  readonly syntax: string;
  readonly example: string;
  /** One sentence for the help, without a full stop. */
  readonly summary: string;
  readonly who: Who;
  /** Answers with Markdown, or with nothing where what happens is answer enough. A UserError is answered as it is. */
  run(context: CommandContext): Promise<string | undefined>;
}
