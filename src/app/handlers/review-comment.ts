/** `pull_request_review_comment`: a comment in a review thread that has commands, or has more of them now. */
import { z } from 'zod';
import { type CommentJob, pullKey } from '../../jobs/job.ts';
import { commandsIn } from './commands-in.ts';
import { type Handler, payloadParts, repositoryOf } from './handler.ts';

const schema = z.object({
  installation: payloadParts.installation,
  repository: payloadParts.repository,
  pull_request: z.object({ number: z.int(), user: z.object({ login: z.string() }).nullable() }),
  comment: payloadParts.comment.extend({ in_reply_to_id: z.int().optional() }),
  sender: payloadParts.user,
  changes: payloadParts.commentChanges,
});

export const reviewComment: Handler = {
  event: 'pull_request_review_comment',
  actions: ['created', 'edited'],
  decide(payload) {
    const { pull_request: pr, comment, sender, changes, ...rest } = schema.parse(payload);
    if (comment.user?.type !== 'User' || sender.type !== 'User') return undefined;
    const invocations = commandsIn(comment.body, changes?.body?.from);
    if (invocations.length === 0) return undefined;
    const pull = { repository: repositoryOf(rest), number: pr.number };
    const data: CommentJob = {
      pull,
      comment: comment.id,
      thread: comment.in_reply_to_id ?? comment.id,
      invocations,
      author: sender.login,
      written: comment.updated_at,
      pullAuthor: pr.user?.login ?? '',
    };
    return { queue: 'comment', key: pullKey(pull), data };
  },
};
