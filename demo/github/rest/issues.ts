/** The conversation of a pull request, and reactions in it. */
import {
  type Answer,
  actorOf,
  type Call,
  created,
  type Handlers,
  list,
  noContent,
  ok,
  pullOf,
  repositoryOf,
} from '../call.ts';
import { addIssueComment, announceIssueComment, checkBody, react } from '../conversation.ts';
import { notFound } from '../errors.ts';
import { issueCommentJson, reactionJson } from '../present/comment.ts';
import { issueJson } from '../present/pull.ts';
import type { IssueComment, ReactionContent, ReviewComment } from '../state.ts';
import { own, commentOf as reviewCommentOf } from './pulls.ts';

function commentOf(call: Call): IssueComment {
  const id = Number(call.params.comment_id);
  for (const pull of repositoryOf(call).pulls.values()) {
    const found = pull.comments.find((comment) => comment.id === id);
    if (found !== undefined) return found;
  }
  throw notFound();
}

function addReaction(call: Call, on: IssueComment | ReviewComment): Answer {
  const { content } = call.body as { content: ReactionContent };
  const done = react(call.hub, on, actorOf(call), content);
  const body = reactionJson(call.hub.state, done.reaction);
  return done.created ? created(body) : ok(body);
}

function listReactions(call: Call, on: IssueComment | ReviewComment): Promise<Answer> {
  const { content } = call.query;
  const all = on.reactions.filter((one) => content === undefined || one.content === content);
  return list(call, all, (one) => reactionJson(call.hub.state, one));
}

function removeReaction(call: Call, on: IssueComment | ReviewComment): Answer {
  const at = on.reactions.findIndex(({ id }) => id === Number(call.params.reaction_id));
  if (at === -1) throw notFound();
  own(call, on.reactions[at] as { user: unknown });
  on.reactions.splice(at, 1);
  call.hub.changed();
  return noContent;
}

export const issues: Handlers = {
  'issues/get': (call) => ok(issueJson(call.hub.state, pullOf(call))),
  'issues/list-comments': (call) => {
    const { since } = call.query;
    const comments = pullOf(call).comments.filter(
      ({ updatedAt }) => since === undefined || updatedAt >= since,
    );
    return list(call, comments, (comment) => issueCommentJson(call.hub.state, comment));
  },
  'issues/get-comment': (call) => ok(issueCommentJson(call.hub.state, commentOf(call))),
  'issues/create-comment': (call) => {
    const { body } = call.body as { body: string };
    return created(
      issueCommentJson(call.hub.state, addIssueComment(call.hub, pullOf(call), actorOf(call), body)),
    );
  },
  'issues/update-comment': (call) => {
    const comment = own(call, commentOf(call));
    const before = comment.body;
    comment.body = checkBody((call.body as { body: string }).body);
    comment.updatedAt = call.hub.state.now();
    announceIssueComment(call.hub, 'edited', comment, actorOf(call), before);
    return ok(issueCommentJson(call.hub.state, comment));
  },
  'issues/delete-comment': (call) => {
    const comment = own(call, commentOf(call));
    const { comments } = comment.pull;
    comments.splice(comments.indexOf(comment), 1);
    announceIssueComment(call.hub, 'deleted', comment, actorOf(call));
    return noContent;
  },

  'reactions/create-for-issue-comment': (call) => addReaction(call, commentOf(call)),
  'reactions/list-for-issue-comment': (call) => listReactions(call, commentOf(call)),
  'reactions/delete-for-issue-comment': (call) => removeReaction(call, commentOf(call)),
  'reactions/create-for-pull-request-review-comment': (call) => addReaction(call, reviewCommentOf(call)),
  'reactions/list-for-pull-request-review-comment': (call) => listReactions(call, reviewCommentOf(call)),
  'reactions/delete-for-pull-request-comment': (call) => removeReaction(call, reviewCommentOf(call)),
};
