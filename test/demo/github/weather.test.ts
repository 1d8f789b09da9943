import type { Octokit } from 'octokit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PullRequest, type StandInGitHub, startGitHub } from '../../../demo/github/index.ts';
import { clientOf, refused } from './client.ts';

let github: StandInGitHub;
let pull: PullRequest;
let client: Octokit;
const at = { owner: 'owner', repo: 'tree' };

async function start(limits = {}): Promise<void> {
  github = await startGitHub({ limits });
  const repository = await github.createRepository('owner/tree', { a: 'a\n' });
  pull = await github.createPullRequest(repository, { commits: [{ message: 'b', files: { a: 'b\n' } }] });
  client = await clientOf(github);
}
beforeEach(() => start());
afterEach(() => github.close());

const say = (body: string) => client.rest.issues.createComment({ ...at, issue_number: 1, body });
const onComment = (fault: object) => {
  github.fault = ({ operation }) => (operation === 'issues/create-comment' ? fault : undefined);
};

describe('a fault', () => {
  it('answers in place of GitHub', async () => {
    onComment({ status: 503, headers: { 'retry-after': '7' }, message: 'Unicorn' });
    expect(await refused(say('x'))).toMatchObject({ status: 503, message: 'Unicorn' });
    expect(pull.comments).toEqual([]);
    expect((await client.rest.pulls.get({ ...at, pull_number: 1 })).status).toBe(200);
  });

  it('cuts the connection', async () => {
    onComment({ reset: true });
    await expect(say('x')).rejects.toThrow();
    expect([pull.comments, github.requests.at(-1)?.status]).toEqual([[], 0]);
  });

  it('loses the answer to what took effect', async () => {
    onComment({ status: 502, after: true });
    expect((await refused(say('x'))).status).toBe(502);
    expect(pull.comments).toHaveLength(1);
  });

  it('may wait, and may be taken away', async () => {
    let asked = 0;
    github.fault = ({ operation }) => {
      if (operation === 'issues/create-comment') asked++;
      return { delay: 1 };
    };
    await say('x');
    github.fault = undefined;
    await say('y');
    expect([asked, pull.comments.length]).toEqual([1, 2]);
  });
});

describe('limits', () => {
  it('are in the headers of every answer', async () => {
    const { headers } = await say('x');
    expect(Number(headers['x-ratelimit-limit'])).toBe(5000);
    const next = (await say('y')).headers;
    expect(Number(next['x-ratelimit-remaining'])).toBe(Number(headers['x-ratelimit-remaining']) - 1);
  });

  it('end an hour of too many requests', async () => {
    await github.close();
    await start({ requests: 4 });
    for (let count = 0; count < 4; count++) await say('x');
    expect(await refused(say('y'))).toMatchObject({
      status: 403,
      message: expect.stringContaining('rate limit exceeded'),
    });
  });

  it('count every comment of a review as content', async () => {
    await github.close();
    await start({ contentPerMinute: 4 });
    const review = (count: number) =>
      client.rest.pulls.createReview({
        ...at,
        pull_number: 1,
        event: 'COMMENT',
        comments: Array.from({ length: count }, () => ({ path: 'a', line: 1, body: 'b' })),
      });
    expect((await refused(review(4))).message).toContain('secondary rate limit');
    await review(3);
    expect((await refused(say('x'))).status).toBe(403);
    expect([github.reviewComments(pull).length, pull.comments.length]).toEqual([3, 0]);
  });
});
