/** `issue_comment`: a comment in a pull request's conversation that has commands for Adjutant, or has more of them now. */
import { z } from 'zod';
import { type CommentJob, pullKey } from '../../jobs/job.ts';
import { commandsIn } from './commands-in.ts';
import { type Handler, payloadParts, repositoryOf } from './handler.ts';

const schema = z.object({
  installation: payloadParts.installation,
  repository: payloadParts.repository,
  issue: z.object({
    number: z.int(),
    user: z.object({ login: z.string() }).nullable(),
    pull_request: z.object({}).optional(),
  }),
  comment: payloadParts.comment,
  sender: payloadParts.user,
  changes: payloadParts.commentChanges,
});

export const issueComment: Handler = {
  event: 'issue_comment',
  actions: ['created', 'edited'],
  decide(payload) {
    const { issue, comment, sender, changes, ...rest } = schema.parse(payload);
    // Two bots that answer each other never stop; Adjutant itself is one.
    if (issue.pull_request === undefined || comment.user?.type !== 'User' || sender.type !== 'User')
      return undefined;
    const invocations = commandsIn(comment.body, changes?.body?.from);
    if (invocations.length === 0) return undefined;
    const pull = { repository: repositoryOf(rest), number: issue.number };
    const data: CommentJob = {
      pull,
      comment: comment.id,
      invocations,
      author: sender.login,
      written: comment.updated_at,
      pullAuthor: issue.user?.login ?? '',
    };
    return { queue: 'comment', key: pullKey(pull), data };
  },
};
