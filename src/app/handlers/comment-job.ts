/** The work that a comment asks for, wherever in a pull request it stands. */
import type { z } from 'zod';
import { type CommentJob, pullKey } from '../../jobs/job.ts';
import { commandsIn } from './commands-in.ts';
import type { Decision, payloadParts } from './handler.ts';

/** What both events say of a comment. */
export interface WrittenComment {
  readonly comment: z.infer<typeof payloadParts.comment>;
  readonly sender: z.infer<typeof payloadParts.user>;
  readonly changes?: z.infer<typeof payloadParts.commentChanges>;
}

/** Undefined for a comment without commands, without new ones after an edit, or by no person. */
export function decideComment(
  pull: CommentJob['pull'],
  pullAuthor: string | undefined,
  { comment, sender, changes }: WrittenComment,
  thread?: number,
): Decision | undefined {
  // Two bots that answer each other never stop; Adjutant itself is one.
  if (comment.user?.type !== 'User' || sender.type !== 'User') return undefined;
  const invocations = commandsIn(comment.body, changes?.body?.from);
  if (invocations.length === 0) return undefined;
  const data: CommentJob = {
    pull,
    comment: comment.id,
    ...(thread === undefined ? {} : { thread }),
    invocations,
    author: sender.login,
    written: comment.updated_at,
    pullAuthor: pullAuthor ?? '',
  };
  const turn = { installation: pull.repository.installation, repository: pull.repository.id };
  return { queue: 'comment', key: pullKey(pull), data, turn };
}
