import type { Octokit } from 'octokit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PullRequest, type StandInGitHub, startGitHub } from '../../../demo/github/index.ts';
import { clientOf, refused } from './client.ts';

let github: StandInGitHub;
let pull: PullRequest;
let client: Octokit;
const repo = { owner: 'owner', repo: 'tree' };
const at = { ...repo, pull_number: 1 };

const lines = (change: Record<number, string> = {}) =>
  Array.from({ length: 40 }, (_, index) => change[index + 1] ?? `line ${index + 1}`).join('\n');

// Two hunks: lines 2 to 8 and 27 to 33. Line 5 is changed, line 30 is.
beforeEach(async () => {
  github = await startGitHub();
  const repository = await github.createRepository('owner/tree', { 'a.c': lines(), 'same.c': 'x\n' });
  const files = { 'a.c': lines({ 5: 'FIVE', 30: 'THIRTY' }) };
  pull = await github.createPullRequest(repository, { commits: [{ message: 'a', files }] });
  client = await clientOf(github);
});
afterEach(() => github.close());

type Comment = {
  path?: string;
  body?: string;
  line?: number;
  side?: string;
  start_line?: number;
  start_side?: string;
};

const review = (...comments: Comment[]) =>
  client.rest.pulls.createReview({
    ...at,
    event: 'COMMENT',
    body: 'a review',
    comments: comments.map((comment) => ({ path: 'a.c', body: 'b', ...comment })),
  });

describe('a comment of a review', () => {
  it.each<[string, Comment]>([
    ['an added line', { line: 5 }],
    ['a line of context', { line: 2, side: 'RIGHT' }],
    ['a deleted line', { line: 5, side: 'LEFT' }],
    ['several lines of a hunk', { start_line: 3, line: 8 }],
    ['from a deleted line to an added one', { start_line: 5, start_side: 'LEFT', line: 5, side: 'RIGHT' }],
  ])('stands on %s', async (_, comment) => {
    await review(comment);
    const [made] = github.reviewComments(pull);
    expect(made?.thread).toMatchObject({ path: 'a.c', line: comment.line, startLine: comment.start_line });
  });

  it.each<[string, Comment, string]>([
    [
      'a line before the hunk',
      { line: 1 },
      "thread line must be part of the diff and Pull request review thread diff hunk can't be blank",
    ],
    ['a line between hunks', { line: 20 }, 'thread line must be part of the diff'],
    ['a line that does not exist', { line: 4000 }, 'thread line must be part of the diff'],
    ['a file that is not changed', { path: 'same.c', line: 1 }, 'Path could not be resolved'],
    ['a start behind its end', { start_line: 6, line: 4 }, 'start line must precede the end line'],
    ['a start that is its end', { start_line: 4, line: 4 }, 'start line must precede the end line'],
    ['a start in another hunk', { start_line: 3, line: 30 }, 'same hunk'],
    ['a start outside the diff', { start_line: 1, line: 5 }, 'start line must be part of the same hunk'],
    ['a side that there is not', { line: 5, side: 'BOTH' }, 'side is not included'],
    ['no line', {}, 'could not be resolved'],
  ])('does not stand on %s', async (_, comment, why) => {
    const answer = await refused(review(comment));
    expect(answer).toMatchObject({ status: 422, message: 'Unprocessable Entity' });
    expect(String(answer.errors)).toContain(why);
  });

  it('takes the whole review with it when it is refused', async () => {
    await refused(review({ line: 5 }, { line: 30 }, { line: 20 }));
    expect([pull.reviews, pull.threads]).toEqual([[], []]);
    await review({ line: 5 }, { line: 30 });
    expect(github.reviewComments(pull)).toHaveLength(2);
  });

  it('has at most 65,536 characters, as the review has', async () => {
    await review({ line: 5, body: 'x'.repeat(65_536) });
    expect((await refused(review({ line: 5, body: 'x'.repeat(65_537) }))).status).toBe(422);
    const long = client.rest.pulls.createReview({ ...at, event: 'COMMENT', body: 'x'.repeat(65_537) });
    expect((await refused(long)).status).toBe(422);
  });

  it('is of a commit of the pull request', async () => {
    const of = (commit_id: string) =>
      client.rest.pulls.createReview({
        ...at,
        commit_id,
        event: 'COMMENT',
        comments: [{ path: 'a.c', line: 5, body: 'b' }],
      });
    await of(pull.head.sha);
    expect((await refused(of(pull.base.sha))).status).toBe(422);
  });
});

describe('a review', () => {
  it('says something', async () => {
    expect((await refused(client.rest.pulls.createReview({ ...at, event: 'COMMENT' }))).status).toBe(422);
    await client.rest.pulls.createReview({ ...at, event: 'COMMENT', body: 'x' });
  });

  it('is no approval of the own pull request', async () => {
    await client.rest.pulls.createReview({ ...at, event: 'APPROVE' });
    const own = await github.createPullRequest(pull.repository, {
      user: 'adjutant[bot]',
      commits: [{ message: 'b', files: { 'a.c': lines({ 5: 'V' }) } }],
    });
    const approve = client.rest.pulls.createReview({ ...at, pull_number: own.number, event: 'APPROVE' });
    expect((await refused(approve)).errors).toEqual(['Can not approve your own pull request']);
  });

  it('stays hidden until it is submitted, and there is one of those', async () => {
    const comments = [{ path: 'a.c', line: 5, body: 'b' }];
    const { data: pending } = await client.rest.pulls.createReview({ ...at, comments });
    expect(pending.state).toBe('PENDING');
    expect((await client.rest.pulls.listReviewComments(at)).data).toEqual([]);
    expect((await refused(client.rest.pulls.createReview({ ...at, comments }))).status).toBe(422);
    await client.rest.pulls.submitReview({ ...at, review_id: pending.id, event: 'COMMENT' });
    expect((await client.rest.pulls.listReviewComments(at)).data).toHaveLength(1);
    expect(
      (await refused(client.rest.pulls.deletePendingReview({ ...at, review_id: pending.id }))).status,
    ).toBe(422);
  });
});

describe('a comment by itself', () => {
  const comment = (fields: object) =>
    client.rest.pulls.createReviewComment({
      ...at,
      commit_id: pull.head.sha,
      path: 'a.c',
      body: 'b',
      ...fields,
    });

  it('stands on a line of the diff or on a changed file', async () => {
    expect((await comment({ line: 5, side: 'RIGHT' })).data.line).toBe(5);
    const { data } = await comment({ subject_type: 'file' });
    expect(data).toMatchObject({ subject_type: 'file', line: null });
    expect((await refused(comment({ line: 20, side: 'RIGHT' }))).message).toBe('Validation Failed');
    expect((await refused(comment({ path: 'same.c', subject_type: 'file' }))).status).toBe(422);
  });

  it('is answered at the first of its thread', async () => {
    const { data: first } = await comment({ line: 5, side: 'RIGHT' });
    const reply = (comment_id: number) =>
      client.rest.pulls.createReplyForReviewComment({ ...at, comment_id, body: 'answer' });
    const { data: second } = await reply(first.id);
    expect(second.in_reply_to_id).toBe(first.id);
    expect((await refused(reply(second.id))).status).toBe(422);
    expect((await refused(reply(1))).status).toBe(404);
  });

  it('is changed and deleted by who wrote it', async () => {
    const { data: own } = await comment({ line: 5, side: 'RIGHT' });
    const [first] = github.reviewComments(pull);
    if (first === undefined) throw new Error('no comment');
    const theirs = github.reply(first, 'contributor', 'why?');
    const update = (comment_id: number) =>
      client.rest.pulls.updateReviewComment({ ...repo, comment_id, body: 'c' });
    expect((await update(own.id)).data.body).toBe('c');
    expect((await refused(update(theirs.id))).status).toBe(403);
    expect(
      (await refused(client.rest.pulls.deleteReviewComment({ ...repo, comment_id: theirs.id }))).status,
    ).toBe(403);
    await client.rest.pulls.deleteReviewComment({ ...repo, comment_id: own.id });
    expect(github.reviewComments(pull).map(({ id }) => id)).toEqual([theirs.id]);
  });
});
