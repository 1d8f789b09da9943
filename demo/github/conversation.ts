/** Comments, reviews, threads and reactions: what changes them, and the rules that GitHub keeps there. */
import { anchorOf, type FileDiff, hunkUpTo, parseDiff, pullDiff } from './diff.ts';
import { invalid, Refusal, unprocessable } from './errors.ts';
import { announce, type Hub } from './hub.ts';
import { issueCommentJson, reviewCommentJson, reviewJson } from './present/comment.ts';
import { issueJson, pullSummary } from './present/pull.ts';
import { diffText, log, mergeBase } from './repository.ts';
import {
  type IssueComment,
  nodeId,
  type PullRequest,
  type Reaction,
  type ReactionContent,
  type Review,
  type ReviewComment,
  reviewComments,
  type Side,
  type Thread,
  type User,
} from './state.ts';

const BODY_LENGTH = 65_536;
const TOO_LONG = `Body is too long (maximum is ${BODY_LENGTH} characters)`;

/** A place in the diff, as a request names it. */
export interface Place {
  readonly path: string;
  readonly line?: number;
  readonly side?: string;
  readonly start_line?: number;
  readonly start_side?: string;
  readonly position?: number;
  readonly subject_type?: string;
}

export function checkBody(body: unknown): string {
  if (typeof body !== 'string' || body.trim() === '') {
    throw invalid({ resource: 'IssueComment', code: 'missing_field', field: 'body' });
  }
  // GitHub counts characters; a UTF-16 unit is as near as its own answer is known.
  if (body.length > BODY_LENGTH) {
    const message = `body is too long (maximum is ${BODY_LENGTH} characters)`;
    throw invalid({ resource: 'IssueComment', code: 'unprocessable', field: 'data', message });
  }
  return body;
}

/** The diff of a pull request as it was at one of its commits. */
async function filesAt(pull: PullRequest, commit: string): Promise<FileDiff[]> {
  if (commit === pull.head.sha) return parseDiff(await pullDiff(pull));
  const { gitDir } = pull.repository;
  const commits = await log(gitDir, [`${pull.base.sha}..${pull.head.sha}`], 10_000);
  if (!commits.some(({ sha }) => sha === commit))
    throw unprocessable('commit_id is not part of the pull request');
  const base = (await mergeBase(gitDir, pull.base.sha, commit)) ?? pull.base.sha;
  return parseDiff(await diffText(gitDir, base, commit));
}

type NewThread = Omit<Thread, 'node' | 'pull' | 'comments' | 'resolvedBy' | 'commit' | 'originalCommit'>;

/** Where a comment would stand, or the sentence with which GitHub refuses it. */
function locate(files: readonly FileDiff[], place: Place): NewThread | string {
  const file = files.find(({ path }) => path === place.path);
  if (file === undefined) return 'Path could not be resolved';
  const common = { path: place.path, outdated: false, startSide: undefined } as const;
  if (place.subject_type === 'file') {
    return {
      ...common,
      subject: 'file',
      side: 'RIGHT',
      line: undefined,
      startLine: undefined,
      position: undefined,
      originalLine: undefined,
      originalStartLine: undefined,
      originalPosition: undefined,
      diffHunk: file.hunks[0]?.header ?? '',
    };
  }
  const found = placed(file, place);
  if (typeof found === 'string') return found;
  const { line, position, side } = found;
  const startSide = place.start_line === undefined ? undefined : sideOf(place.start_side ?? place.side);
  return {
    ...common,
    subject: 'line',
    side,
    startSide,
    line,
    startLine: place.start_line,
    position,
    originalLine: line,
    originalStartLine: place.start_line,
    originalPosition: position,
    diffHunk: found.diffHunk,
  };
}

function sideOf(side: string | undefined): Side {
  return side === 'LEFT' ? 'LEFT' : 'RIGHT';
}

/** Source of the sentences: parkerbxyz/suggest-changes #28, pr-agent #592, ubuntu/WSL #244. */
const OUTSIDE = 'Pull request review thread line must be part of the diff';
const OTHER_HUNK = 'Pull request review thread start line must be part of the same hunk as the line.';
const NOT_BEFORE = 'Pull request review thread start line must precede the end line.';
const NO_HUNK = "Pull request review thread diff hunk can't be blank";

function placed(file: FileDiff, place: Place) {
  if (place.side !== undefined && place.side !== 'LEFT' && place.side !== 'RIGHT') {
    return 'Pull request review thread side is not included in the list';
  }
  if (place.line === undefined) {
    const lines = file.hunks.flatMap((hunk) => hunk.lines.map((line) => ({ hunk, line })));
    const at = lines.find(({ line }) => line.position === place.position);
    if (at === undefined) return 'Position could not be resolved';
    const side: Side = at.line.sign === '-' ? 'LEFT' : 'RIGHT';
    const line = (side === 'LEFT' ? at.line.left : at.line.right) as number;
    return { line, position: at.line.position, side, diffHunk: hunkUpTo(at) };
  }
  const side = sideOf(place.side);
  const anchor = anchorOf(file, side, place.line);
  if (anchor === undefined) {
    if (place.start_line === undefined) return `${OUTSIDE} and ${NO_HUNK}`;
    return `${OUTSIDE}, ${OTHER_HUNK}, and ${NO_HUNK}`;
  }
  if (place.start_line !== undefined) {
    const start = anchorOf(file, sideOf(place.start_side ?? place.side), place.start_line);
    if (start?.hunk !== anchor.hunk) return OTHER_HUNK;
    if (start.line.position >= anchor.line.position) return NOT_BEFORE;
  }
  return { line: place.line, position: anchor.line.position, side, diffHunk: hunkUpTo(anchor) };
}

export function addIssueComment(hub: Hub, pull: PullRequest, user: User, body: string): IssueComment {
  const { state } = hub;
  const id = state.nextId('comment');
  const comment: IssueComment = {
    id,
    node: nodeId('IC', id),
    pull,
    user,
    body: checkBody(body),
    minimized: undefined,
    reactions: [],
    createdAt: state.now(),
    updatedAt: state.now(),
  };
  pull.comments.push(comment);
  announceIssueComment(hub, 'created', comment, user);
  return comment;
}

export function announceIssueComment(
  hub: Hub,
  action: 'created' | 'edited' | 'deleted',
  comment: IssueComment,
  sender: User,
  before?: string,
): void {
  announce(hub, 'issue_comment', action, comment.pull.repository, sender, {
    issue: issueJson(hub.state, comment.pull),
    comment: issueCommentJson(hub.state, comment),
    ...(before === undefined ? {} : { changes: { body: { from: before } } }),
  });
}

export function announceReviewComment(
  hub: Hub,
  action: 'created' | 'edited' | 'deleted',
  comment: ReviewComment,
  sender: User,
  before?: string,
): void {
  const { pull } = comment.thread;
  announce(hub, 'pull_request_review_comment', action, pull.repository, sender, {
    comment: reviewCommentJson(hub.state, comment),
    pull_request: pullSummary(hub.state, pull),
    ...(before === undefined ? {} : { changes: { body: { from: before } } }),
  });
}

export function announceThread(
  hub: Hub,
  action: 'resolved' | 'unresolved',
  thread: Thread,
  sender: User,
): void {
  announce(hub, 'pull_request_review_thread', action, thread.pull.repository, sender, {
    pull_request: pullSummary(hub.state, thread.pull),
    thread: {
      node_id: thread.node,
      comments: thread.comments.map((comment) => reviewCommentJson(hub.state, comment)),
    },
  });
}

export interface ReviewRequest {
  readonly body?: string;
  readonly event?: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT';
  readonly commit_id?: string;
  readonly comments?: readonly (Place & { readonly body: string })[];
}

const REVIEW_STATE = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
} as const;

/** All or nothing: one comment that can't stand refuses the whole review. */
export async function addReview(
  hub: Hub,
  pull: PullRequest,
  user: User,
  asked: ReviewRequest,
): Promise<Review> {
  const comments = asked.comments ?? [];
  const body = asked.body ?? '';
  if (body.length > BODY_LENGTH)
    throw unprocessable(`Body is too long (maximum is ${BODY_LENGTH} characters)`);
  if (asked.event !== undefined) checkEvent(pull, user, asked.event, body, comments.length);
  else if (pull.reviews.some((review) => review.user === user && review.state === 'PENDING')) {
    throw unprocessable('User can only have one pending review per pull request');
  }
  const commit = asked.commit_id ?? pull.head.sha;
  const files = await filesAt(pull, commit);
  const threads: { at: NewThread; body: string }[] = [];
  for (const comment of comments) {
    if (comment.body.trim() === '') throw unprocessable("Body can't be blank");
    if (comment.body.length > BODY_LENGTH) throw unprocessable(TOO_LONG);
    const at = locate(files, comment);
    // Which comment it was is not said.
    if (typeof at === 'string') throw unprocessable(at);
    threads.push({ at, body: comment.body });
  }
  const review = newReview(hub, pull, user, body, asked.event, commit);
  for (const thread of threads) startThread(hub, pull, user, review, thread.at, commit, thread.body);
  if (review.state !== 'PENDING') announceReview(hub, pull, review);
  return review;
}

export function checkEvent(
  pull: PullRequest,
  user: User,
  event: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT',
  body: string,
  comments: number,
): void {
  if (event !== 'COMMENT' && user === pull.user) {
    const what = event === 'APPROVE' ? 'approve' : 'request changes on';
    throw unprocessable(`Can not ${what} your own pull request`);
  }
  if (event === 'REQUEST_CHANGES' && body === '') throw unprocessable("Body can't be blank");
  if (event === 'COMMENT' && body === '' && comments === 0) {
    throw unprocessable('Body or comments must be present');
  }
}

function newReview(
  hub: Hub,
  pull: PullRequest,
  user: User,
  body: string,
  event: ReviewRequest['event'],
  commit: string,
): Review {
  const id = hub.state.nextId('review');
  const review: Review = {
    id,
    node: nodeId('PRR', id),
    user,
    body,
    state: event === undefined ? 'PENDING' : REVIEW_STATE[event],
    commit,
    submittedAt: event === undefined ? undefined : hub.state.now(),
  };
  pull.reviews.push(review);
  return review;
}

export function submitReview(
  hub: Hub,
  pull: PullRequest,
  review: Review,
  event: NonNullable<ReviewRequest['event']>,
): void {
  review.state = REVIEW_STATE[event];
  review.submittedAt = hub.state.now();
  announceReview(hub, pull, review);
}

function announceReview(hub: Hub, pull: PullRequest, review: Review): void {
  const { state } = hub;
  const sent = reviewJson(state, pull, review);
  announce(hub, 'pull_request_review', 'submitted', pull.repository, review.user, {
    review: {
      ...sent,
      body: review.body || null,
      state: review.state.toLowerCase(),
      updated_at: review.submittedAt,
    },
    pull_request: pullSummary(state, pull),
  });
  for (const comment of reviewComments(pull)) {
    if (comment.review === review) announceReviewComment(hub, 'created', comment, review.user);
  }
}

function startThread(
  hub: Hub,
  pull: PullRequest,
  user: User,
  review: Review,
  at: NewThread,
  commit: string,
  body: string,
): ReviewComment {
  const thread: Thread = {
    ...at,
    node: nodeId('PRRT', hub.state.nextId('comment')),
    pull,
    commit,
    originalCommit: commit,
    resolvedBy: undefined,
    comments: [],
  };
  pull.threads.push(thread);
  return addToThread(hub, thread, user, review, body);
}

function addToThread(hub: Hub, thread: Thread, user: User, review: Review, body: string): ReviewComment {
  const id = hub.state.nextId('comment');
  const comment: ReviewComment = {
    id,
    node: nodeId('PRRC', id),
    thread,
    review,
    user,
    body,
    inReplyTo: thread.comments[0]?.id,
    minimized: undefined,
    reactions: [],
    createdAt: hub.state.now(),
    updatedAt: hub.state.now(),
  };
  thread.comments.push(comment);
  return comment;
}

/** A comment by itself: GitHub makes a review of one comment for it. */
export async function addReviewComment(
  hub: Hub,
  pull: PullRequest,
  user: User,
  asked: Place & { readonly body: string; readonly commit_id: string },
): Promise<ReviewComment> {
  const body = checkBody(asked.body);
  const at = locate(await filesAt(pull, asked.commit_id), asked);
  if (typeof at === 'string') {
    const field = at.startsWith('Path')
      ? 'pull_request_review_thread.path'
      : 'pull_request_review_thread.line';
    const message = at.startsWith('Path') ? `${field} is invalid` : `${field} must be part of the diff`;
    throw invalid({ resource: 'PullRequestReviewComment', code: 'custom', field, message });
  }
  const review = newReview(hub, pull, user, '', 'COMMENT', asked.commit_id);
  const comment = startThread(hub, pull, user, review, at, asked.commit_id, body);
  announceReviewComment(hub, 'created', comment, user);
  return comment;
}

/** An answer in a thread; `to` must be its first comment. */
export function addReply(hub: Hub, to: ReviewComment, user: User, body: string): ReviewComment {
  if (to.inReplyTo !== undefined) {
    throw new Refusal(422, 'Validation Failed', [
      { resource: 'PullRequestReviewComment', code: 'invalid', field: 'in_reply_to' },
    ]);
  }
  const { pull } = to.thread;
  const review = newReview(hub, pull, user, '', 'COMMENT', to.thread.commit);
  const comment = addToThread(hub, to.thread, user, review, checkBody(body));
  announceReviewComment(hub, 'created', comment, user);
  return comment;
}

/** The reaction, and whether it is new: the same one again by the same user is the old one. */
export function react(
  hub: Hub,
  on: IssueComment | ReviewComment,
  user: User,
  content: ReactionContent,
): { reaction: Reaction; created: boolean } {
  const known = on.reactions.find((one) => one.user === user && one.content === content);
  if (known !== undefined) return { reaction: known, created: false };
  const { state } = hub;
  const reaction = { id: state.nextId('reaction'), user, content, createdAt: state.now() };
  on.reactions.push(reaction);
  hub.changed();
  return { reaction, created: true };
}

/** Takes a comment out of its thread, and the thread with its last comment. */
export function deleteReviewComment(hub: Hub, comment: ReviewComment, sender: User): void {
  const { thread } = comment;
  thread.comments.splice(thread.comments.indexOf(comment), 1);
  const { threads } = thread.pull;
  if (thread.comments.length === 0) threads.splice(threads.indexOf(thread), 1);
  announceReviewComment(hub, 'deleted', comment, sender);
}
