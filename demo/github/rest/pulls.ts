/** Pull requests, reviews and review comments. */
import {
  actorOf,
  type Call,
  created,
  diffAnswer,
  type Handlers,
  list,
  mediaType,
  noContent,
  ok,
  pullOf,
  repositoryOf,
} from '../call.ts';
import {
  addReply,
  addReview,
  addReviewComment,
  announceReviewComment,
  checkBody,
  checkEvent,
  deleteReviewComment,
  type Place,
  type ReviewRequest,
  submitReview,
} from '../conversation.ts';
import { parseDiff, pullDiff } from '../diff.ts';
import { notAccessible, notFound, Refusal, unprocessable } from '../errors.ts';
import { reviewCommentJson, reviewJson } from '../present/comment.ts';
import { commitJson, fileJson, pullJson, pullSummary } from '../present/pull.ts';
import { log } from '../repository.ts';
import { type Review, type ReviewComment, reviewComments } from '../state.ts';

function reviewOf(call: Call): Review {
  const review = pullOf(call).reviews.find(({ id }) => id === Number(call.params.review_id));
  if (review === undefined) throw notFound();
  return review;
}

export function commentOf(call: Call): ReviewComment {
  const id = Number(call.params.comment_id);
  for (const pull of repositoryOf(call).pulls.values()) {
    const found = reviewComments(pull).find((comment) => comment.id === id);
    if (found !== undefined) return found;
  }
  throw notFound();
}

/** An App may change what it wrote itself; what others wrote needs more than Pull requests: write. */
export function own<T extends { readonly user: unknown }>(call: Call, remark: T): T {
  if (remark.user !== actorOf(call)) throw notAccessible('pull_requests=write');
  return remark;
}

const submitted = (comment: ReviewComment) => comment.review.state !== 'PENDING';

export const pulls: Handlers = {
  'pulls/list': (call) => {
    const { state = 'open', head, base } = call.query;
    const all = [...repositoryOf(call).pulls.values()].filter(
      (pull) =>
        (state === 'all' || pull.state === state) &&
        (base === undefined || pull.base.ref === base) &&
        (head === undefined || `${pull.head.owner.login}:${pull.head.ref}` === head),
    );
    return list(call, all.reverse(), (pull) => pullSummary(call.hub.state, pull));
  },
  'pulls/get': async (call) => {
    const pull = pullOf(call);
    if (mediaType(call.accept) === 'diff') return diffAnswer(call, await pullDiff(pull));
    return ok(await pullJson(call.hub.state, pull));
  },
  'pulls/list-files': async (call) => {
    const pull = pullOf(call);
    const files = parseDiff(await pullDiff(pull)).slice(0, call.hub.limits.pullFiles);
    return list(call, files, (file) => fileJson(call.hub.state, pull.repository, pull.head.sha, file));
  },
  'pulls/list-commits': async (call) => {
    const { repository, base, head } = pullOf(call);
    const commits = await log(
      repository.gitDir,
      ['--reverse', '--topo-order', `${base.sha}..${head.sha}`],
      100_000,
    );
    return list(call, commits.slice(0, call.hub.limits.pullCommits), (one) =>
      commitJson(call.hub.state, repository, one),
    );
  },

  'pulls/list-reviews': (call) => {
    const pull = pullOf(call);
    return list(call, pull.reviews, (review) => reviewJson(call.hub.state, pull, review));
  },
  'pulls/get-review': (call) => ok(reviewJson(call.hub.state, pullOf(call), reviewOf(call))),
  'pulls/create-review': async (call) => {
    const pull = pullOf(call);
    const review = await addReview(call.hub, pull, actorOf(call), (call.body ?? {}) as ReviewRequest);
    return ok(reviewJson(call.hub.state, pull, review));
  },
  'pulls/update-review': (call) => {
    const review = own(call, reviewOf(call));
    review.body = checkBody((call.body as { body: string }).body);
    call.hub.changed();
    return ok(reviewJson(call.hub.state, pullOf(call), review));
  },
  'pulls/submit-review': (call) => {
    const pull = pullOf(call);
    const review = own(call, reviewOf(call));
    const { event, body = '' } = call.body as Required<Pick<ReviewRequest, 'event'>> & { body?: string };
    if (review.state !== 'PENDING') throw unprocessable('Can not submit a review that is not pending');
    review.body = body || review.body;
    const comments = reviewComments(pull).filter((comment) => comment.review === review).length;
    checkEvent(pull, review.user, event, review.body, comments);
    submitReview(call.hub, pull, review, event);
    return ok(reviewJson(call.hub.state, pull, review));
  },
  'pulls/delete-pending-review': (call) => {
    const pull = pullOf(call);
    const review = own(call, reviewOf(call));
    if (review.state !== 'PENDING')
      throw new Refusal(422, 'Can not delete a non-pending pull request review');
    pull.reviews.splice(pull.reviews.indexOf(review), 1);
    const kept = pull.threads.filter((thread) =>
      thread.comments.every((comment) => comment.review !== review),
    );
    pull.threads.splice(0, pull.threads.length, ...kept);
    return ok(reviewJson(call.hub.state, pull, review));
  },
  'pulls/list-comments-for-review': (call) => {
    const review = reviewOf(call);
    const comments = reviewComments(pullOf(call)).filter((comment) => comment.review === review);
    return list(call, comments, (comment) => reviewCommentJson(call.hub.state, comment));
  },

  'pulls/list-review-comments': (call) => {
    const { since, sort = 'created', direction = 'asc' } = call.query;
    const key = sort === 'updated' ? 'updatedAt' : 'createdAt';
    const comments = reviewComments(pullOf(call))
      .filter(submitted)
      .filter((comment) => since === undefined || comment.updatedAt >= since)
      .sort((a, b) => a[key].localeCompare(b[key]) || a.id - b.id);
    if (direction === 'desc') comments.reverse();
    return list(call, comments, (comment) => reviewCommentJson(call.hub.state, comment));
  },
  'pulls/get-review-comment': (call) => ok(reviewCommentJson(call.hub.state, commentOf(call))),
  'pulls/create-review-comment': async (call) => {
    const pull = pullOf(call);
    const asked = call.body as Place & { body: string; commit_id: string; in_reply_to?: number };
    if (asked.in_reply_to !== undefined) {
      const to = reviewComments(pull).find(({ id }) => id === asked.in_reply_to);
      if (to === undefined) throw notFound();
      return created(reviewCommentJson(call.hub.state, addReply(call.hub, to, actorOf(call), asked.body)));
    }
    const comment = await addReviewComment(call.hub, pull, actorOf(call), asked);
    return created(reviewCommentJson(call.hub.state, comment));
  },
  'pulls/create-reply-for-review-comment': (call) => {
    const to = commentOf(call);
    if (to.thread.pull !== pullOf(call)) throw notFound();
    const reply = addReply(call.hub, to, actorOf(call), (call.body as { body: string }).body);
    return created(reviewCommentJson(call.hub.state, reply));
  },
  'pulls/update-review-comment': (call) => {
    const comment = own(call, commentOf(call));
    const before = comment.body;
    comment.body = checkBody((call.body as { body: string }).body);
    comment.updatedAt = call.hub.state.now();
    announceReviewComment(call.hub, 'edited', comment, actorOf(call), before);
    return ok(reviewCommentJson(call.hub.state, comment));
  },
  'pulls/delete-review-comment': (call) => {
    deleteReviewComment(call.hub, own(call, commentOf(call)), actorOf(call));
    return noContent;
  },
};
