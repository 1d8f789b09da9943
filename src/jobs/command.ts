/** What a slash command is. Each is one file that declares itself by this; the help is made from it. */
import type { Forge } from './forge.ts';
import type { CommentJob, Invocation } from './job.ts';
import type { Services } from './services.ts';

/**
 * `reader`: the author of the pull request and everybody who may read the repository. `writer`: who may push to
 * it. Asked from GitHub's permission API; bots never.
 */
export type Who = 'reader' | 'writer';

interface CommandContext {
  readonly services: Services;
  readonly forge: Forge;
  readonly job: CommentJob;
  readonly invocation: Invocation;
  /** A UUID of this invocation, the same at each try. */
  readonly id: string;
  readonly attempt: number;
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
