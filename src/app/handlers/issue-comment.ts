/** `issue_comment`: a comment in a pull request's conversation that has commands for Adjutant, or has more of them now. */
import { z } from 'zod';
import { decideComment } from './comment-job.ts';
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
    const { issue, ...rest } = schema.parse(payload);
    if (issue.pull_request === undefined) return undefined;
    const pull = { repository: repositoryOf(rest), number: issue.number };
    return decideComment(pull, issue.user?.login, rest);
  },
};
