/** A question about the tree that a pull request starts from, answered from its index in a process of its own. */
import { UserError } from '../errors.ts';
import { mirrorDir } from '../git/mirror.ts';
import { ChildStopped, runChild } from './child.ts';
import type { CommandContext } from './command.ts';

export type Question =
  | { readonly kind: 'locks'; readonly name: string }
  | { readonly kind: 'symbol'; readonly name: string };

export interface QuestionRequest {
  readonly gitDir: string;
  /** SHA of the commit whose tree is asked about. */
  readonly commit: string;
  readonly question: Question;
}

const CHILD = new URL('./question-child.ts', import.meta.url);
const MAX_NAME = 200;

/** The answer as Markdown. Rejects with a UserError where there is none. */
export async function askTree(
  { services, job, report }: CommandContext,
  question: Question,
): Promise<string> {
  if (question.name.length > MAX_NAME) throw new UserError('No name is that long.');
  const { base } = await report();
  const gitDir = mirrorDir(services.dataDir, job.pull.repository.id);
  const request: QuestionRequest = { gitDir, commit: base, question };
  try {
    return await runChild<string>({
      module: CHILD,
      what: 'look-up',
      request,
      limits: { ...services.limits, seconds: Math.min(services.limits.seconds, 120) },
    });
  } catch (error) {
    if (!(error instanceof ChildStopped)) throw error;
    services.log.error({ err: error, pull: job.pull.number }, 'a question about a tree was not answered');
    throw new UserError('The tree could not be asked now; the log of Adjutant has the reason.');
  }
}
