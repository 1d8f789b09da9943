/** Reviews and their comments: posted, and read back. */
import type { Octokit } from 'octokit';
import type { OwnComment } from '../../jobs/forge.ts';
import type { ReviewComment } from '../../report/github.ts';
import { unlessRefused } from './errors.ts';

interface PullPlace {
  readonly owner: string;
  readonly repo: string;
  readonly pull_number: number;
}

/** Always a COMMENT: a bot that requests changes blocks a pull request that nobody can unblock. */
export async function createReview(
  octokit: Octokit,
  place: PullPlace,
  head: string,
  body: string,
  comments: readonly ReviewComment[],
): Promise<void> {
  await unlessRefused(
    octokit.rest.pulls.createReview({
      ...place,
      commit_id: head,
      event: 'COMMENT',
      body,
      comments: comments.map((comment) => ({ ...comment })),
      request: { retries: 0 },
    }),
  );
}

export async function createReviewComment(
  octokit: Octokit,
  place: PullPlace,
  head: string,
  comment: ReviewComment,
): Promise<void> {
  await unlessRefused(
    octokit.rest.pulls.createReviewComment({
      ...place,
      ...comment,
      commit_id: head,
      request: { retries: 0 },
    }),
  );
}

/** The comments that `login` wrote, with whether somebody else wrote in their thread. */
export async function ownComments(octokit: Octokit, place: PullPlace, login: string): Promise<OwnComment[]> {
  const all = await octokit.paginate(octokit.rest.pulls.listReviewComments, { ...place, per_page: 100 });
  const answered = new Set(
    all.filter((comment) => comment.user?.login !== login).map((comment) => comment.in_reply_to_id),
  );
  return all
    .filter((comment) => comment.user?.login === login)
    .map((comment) => ({
      id: comment.id,
      node: comment.node_id,
      body: comment.body,
      answered: answered.has(comment.in_reply_to_id ?? comment.id),
    }));
}
