/** Reviews, comments and reactions in GitHub's JSON. */
import {
  type IssueComment,
  type Json,
  nodeId,
  type PullRequest,
  type Reaction,
  type Review,
  type ReviewComment,
  type State,
} from '../state.ts';
import { association } from './pull.ts';
import { apiUrl, appJson, htmlUrl, userJson } from './repository.ts';

const CONTENTS = ['+1', '-1', 'laugh', 'hooray', 'confused', 'heart', 'rocket', 'eyes'] as const;

export function reactionJson(state: State, reaction: Reaction): Json {
  return {
    id: reaction.id,
    node_id: nodeId('REA', reaction.id),
    user: userJson(state, reaction.user),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}

function reactionCounts(url: string, reactions: readonly Reaction[]): Json {
  const counts = CONTENTS.map((key) => [key, reactions.filter((one) => one.content === key).length]);
  return { url: `${url}/reactions`, total_count: reactions.length, ...Object.fromEntries(counts) };
}

function pullUrls(state: State, pull: PullRequest) {
  return {
    api: `${apiUrl(state, pull.repository)}/pulls/${pull.number}`,
    html: `${htmlUrl(state, pull.repository)}/pull/${pull.number}`,
  };
}

export function reviewJson(state: State, pull: PullRequest, review: Review): Json {
  const { api, html } = pullUrls(state, pull);
  const at = `${html}#pullrequestreview-${review.id}`;
  return {
    id: review.id,
    node_id: review.node,
    user: userJson(state, review.user),
    body: review.body,
    state: review.state,
    html_url: at,
    pull_request_url: api,
    author_association: association(pull.repository, review.user),
    _links: { html: { href: at }, pull_request: { href: api } },
    ...(review.submittedAt === undefined ? {} : { submitted_at: review.submittedAt }),
    commit_id: review.commit,
  };
}

export function reviewCommentJson(state: State, comment: ReviewComment): Json {
  const { thread } = comment;
  const { api, html } = pullUrls(state, thread.pull);
  const url = `${apiUrl(state, thread.pull.repository)}/pulls/comments/${comment.id}`;
  const at = `${html}#discussion_r${comment.id}`;
  const ofLine = thread.subject === 'line';
  return {
    url,
    pull_request_review_id: comment.review.id,
    id: comment.id,
    node_id: comment.node,
    diff_hunk: thread.diffHunk,
    path: thread.path,
    position: ofLine ? (thread.position ?? null) : 1,
    original_position: ofLine ? (thread.originalPosition ?? null) : 1,
    commit_id: thread.commit,
    original_commit_id: thread.originalCommit,
    ...(comment.inReplyTo === undefined ? {} : { in_reply_to_id: comment.inReplyTo }),
    user: userJson(state, comment.user),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    html_url: at,
    pull_request_url: api,
    author_association: association(thread.pull.repository, comment.user),
    _links: { self: { href: url }, html: { href: at }, pull_request: { href: api } },
    reactions: reactionCounts(url, comment.reactions),
    start_line: thread.startLine ?? null,
    original_start_line: thread.originalStartLine ?? null,
    start_side: thread.startSide ?? null,
    line: thread.line ?? null,
    original_line: thread.originalLine ?? null,
    side: thread.side,
    subject_type: thread.subject,
  };
}

export function issueCommentJson(state: State, comment: IssueComment): Json {
  const { pull } = comment;
  const api = apiUrl(state, pull.repository);
  const url = `${api}/issues/comments/${comment.id}`;
  return {
    url,
    html_url: `${pullUrls(state, pull).html}#issuecomment-${comment.id}`,
    issue_url: `${api}/issues/${pull.number}`,
    id: comment.id,
    node_id: comment.node,
    user: userJson(state, comment.user),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: association(pull.repository, comment.user),
    body: comment.body,
    reactions: reactionCounts(url, comment.reactions),
    performed_via_github_app: comment.user === state.app.bot ? appJson(state) : null,
  };
}
