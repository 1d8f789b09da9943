/** `pull_request_review_comment`: a comment in a review thread that has commands, or has more of them now. */
import { z } from 'zod';
import { decideComment } from './comment-job.ts';
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
    const { pull_request: pr, ...rest } = schema.parse(payload);
    const pull = { repository: repositoryOf(rest), number: pr.number };
    return decideComment(pull, pr.user?.login, rest, rest.comment.in_reply_to_id ?? rest.comment.id);
  },
};
