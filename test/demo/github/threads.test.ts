import type { Octokit } from 'octokit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type PullRequest,
  type ReviewComment,
  type StandInGitHub,
  startGitHub,
} from '../../../demo/github/index.ts';
import { clientOf, refused } from './client.ts';

let github: StandInGitHub;
let pull: PullRequest;
let client: Octokit;
let comment: ReviewComment;

const PERMISSIONS = { metadata: 'read', contents: 'read', pull_requests: 'write', issues: 'write' } as const;
const push = (content: string) =>
  github.push(pull.repository, pull.head.ref, { commits: [{ message: 'more', files: { 'a.c': content } }] });

beforeEach(async () => {
  github = await startGitHub({ permissions: PERMISSIONS });
  const repository = await github.createRepository('owner/tree', { 'a.c': 'one\ntwo\nthree\n' });
  const files = { 'a.c': 'one\nTWO\nthree\n' };
  pull = await github.createPullRequest(repository, { commits: [{ message: 'a', files }] });
  client = await clientOf(github);
  const comments = [{ path: 'a.c', line: 2, body: 'why?' }];
  await client.rest.pulls.createReview({
    owner: 'owner',
    repo: 'tree',
    pull_number: 1,
    event: 'COMMENT',
    comments,
  });
  comment = github.reviewComments(pull)[0] as ReviewComment;
});
afterEach(() => github.close());

describe('a thread', () => {
  it('moves with its line', async () => {
    await push('zero\none\nTWO\nthree\n');
    expect(comment.thread).toMatchObject({
      line: 3,
      originalLine: 2,
      outdated: false,
      commit: pull.head.sha,
    });
  });

  it.each([
    ['its line changes', 'one\n2\nthree\n'],
    ['its line leaves the diff', 'one\ntwo\nthree\n'],
  ])('is outdated when %s', async (_, content) => {
    await push(content);
    expect(comment.thread).toMatchObject({ line: undefined, outdated: true });
    const { data } = await client.rest.pulls.listReviewComments({
      owner: 'owner',
      repo: 'tree',
      pull_number: 1,
    });
    expect(data[0]).toMatchObject({ line: null, position: null, original_line: 2 });
  });

  it('comes back with its line', async () => {
    await push('one\n2\nthree\n');
    await push('one\nTWO\nthree\n');
    expect(comment.thread).toMatchObject({ line: 2, outdated: false });
  });
});

const THREADS = `query ($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 1, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { id isResolved isOutdated comments(first: 10) { totalCount nodes { ...said } } }
      }
    }
  }
}
fragment said on PullRequestReviewComment { id fullDatabaseId body isMinimized author { __typename login } }`;
const where = { owner: 'owner', name: 'tree', number: 1 };

describe('GraphQL', () => {
  it('gives threads with their comments, a page at a time', async () => {
    const comments = [{ path: 'a.c', line: 3, body: 'and this?' }];
    await client.rest.pulls.createReview({
      owner: 'owner',
      repo: 'tree',
      pull_number: 1,
      event: 'COMMENT',
      comments,
    });
    type Page = {
      repository: { pullRequest: { reviewThreads: { pageInfo: { endCursor: string }; nodes: unknown[] } } };
    };
    const first = (await client.graphql<Page>(THREADS, where)).repository.pullRequest.reviewThreads;
    expect(first).toMatchObject({
      pageInfo: { hasNextPage: true },
      nodes: [{ id: comment.thread.node, isResolved: false, comments: { totalCount: 1 } }],
    });
    expect(JSON.stringify(first)).toContain('"author":{"__typename":"Bot","login":"adjutant"}');
    const second = await client.graphql<Page>(THREADS, { ...where, after: first.pageInfo.endCursor });
    expect(JSON.stringify(second)).toContain('and this?');
    expect(second.repository.pullRequest.reviewThreads.pageInfo).toMatchObject({ hasNextPage: false });
  });

  it.each([
    ['a field that there is not', '{ viewer { shoeSize } }', "Field 'shoeSize' doesn't exist on type 'User'"],
    ['an argument that there is not', '{ node(id: "x", of: 1) { id } }', "doesn't accept argument 'of'"],
    ['an object without a selection', '{ viewer }', 'must have selections'],
    ['a required argument left out', '{ repository(owner: "o") { id } }', 'missing required arguments: name'],
    ['what is no GraphQL', '{ viewer ', 'Parse error'],
  ])('refuses %s', async (_, query, why) => {
    await expect(client.graphql(query)).rejects.toThrow(why);
    expect(github.violations).toHaveLength(1);
  });

  it('wants a bound for a list', async () => {
    const query = (bound: string) =>
      `{ repository(owner: "owner", name: "tree") { pullRequest(number: 1) { comments${bound} { totalCount } } } }`;
    await expect(client.graphql(query(''))).rejects.toThrow('You must provide a `first` or `last` value');
    await expect(client.graphql(query('(first: 200)'))).rejects.toThrow('exceeds the `first` limit of 100');
    await expect(client.graphql(query('(first: 100)'))).resolves.toBeDefined();
  });

  it('checks the type of a variable', async () => {
    await expect(client.graphql(THREADS, { ...where, number: '1' })).rejects.toThrow('invalid value');
    await expect(client.graphql(THREADS, { owner: 'owner', name: 'tree' })).rejects.toThrow('$number');
  });

  it('folds comments away and unfolds them', async () => {
    const minimize = (subject: string, classifier = 'RESOLVED') =>
      client.graphql(
        `mutation ($id: ID!) { minimizeComment(input: { subjectId: $id, classifier: ${classifier} }) {
          minimizedComment { isMinimized minimizedReason } } }`,
        { id: subject },
      );
    await minimize(comment.node);
    expect(comment.minimized).toBe('resolved');
    await expect(minimize('PRRC_unknown')).rejects.toThrow('Could not resolve to a node');
    await expect(minimize(comment.node, 'BORING')).rejects.toThrow('invalid value');
    const unminimize =
      'mutation ($id: ID!) { unminimizeComment(input: { subjectId: $id }) { clientMutationId } }';
    await client.graphql(unminimize, { id: comment.node });
    expect(comment.minimized).toBeUndefined();
    github.setPermissions({ ...PERMISSIONS, pull_requests: 'read', issues: 'read' });
    await expect((await clientOf(github)).graphql(unminimize, { id: comment.node })).rejects.toThrow(
      'not accessible',
    );
  });

  it('resolves a thread only for an App that may write contents', async () => {
    const mutation =
      'mutation ($id: ID!) { resolveReviewThread(input: { threadId: $id }) { thread { isResolved } } }';
    await expect(client.graphql(mutation, { id: comment.thread.node })).rejects.toThrow(
      'Resource not accessible by integration',
    );
    expect(comment.thread.resolvedBy).toBeUndefined();
    github.setPermissions({ ...PERMISSIONS, contents: 'write' });
    await (await clientOf(github)).graphql(mutation, { id: comment.thread.node });
    expect(comment.thread.resolvedBy).toBe(github.bot);
  });

  it('edits only what the App wrote', async () => {
    const theirs = github.reply(comment, 'contributor', 'because');
    const edit = (id: string) =>
      client.graphql(
        `mutation ($id: ID!) { updatePullRequestReviewComment(input: { pullRequestReviewCommentId: $id, body: "x" }) {
          pullRequestReviewComment { body } } }`,
        { id },
      );
    await edit(comment.node);
    await expect(edit(theirs.node)).rejects.toThrow('Resource not accessible by integration');
    expect([comment.body, theirs.body]).toEqual(['x', 'because']);
  });
});

describe('the conversation', () => {
  const at = { owner: 'owner', repo: 'tree' };

  it('takes comments of up to 65,536 characters', async () => {
    const say = (body: string) => client.rest.issues.createComment({ ...at, issue_number: 1, body });
    await say('x'.repeat(65_536));
    expect((await refused(say('x'.repeat(65_537)))).status).toBe(422);
    expect((await refused(say(' '))).status).toBe(422);
    expect(
      (await refused(client.rest.issues.createComment({ ...at, issue_number: 9, body: 'x' }))).status,
    ).toBe(404);
  });

  it('lets the App change its own comments alone', async () => {
    const theirs = github.comment(pull, 'contributor', '/help');
    const { data: own } = await client.rest.issues.createComment({ ...at, issue_number: 1, body: 'x' });
    await client.rest.issues.updateComment({ ...at, comment_id: own.id, body: 'y' });
    const others = client.rest.issues.updateComment({ ...at, comment_id: theirs.id, body: 'y' });
    expect((await refused(others)).status).toBe(403);
    expect(pull.comments.map(({ body }) => body)).toEqual(['/help', 'y']);
  });

  it('has each reaction of an account once', async () => {
    const { id: comment_id } = github.comment(pull, 'contributor', '/help');
    const react = (content: 'eyes') =>
      client.rest.reactions.createForIssueComment({ ...at, comment_id, content });
    expect((await react('eyes')).status).toBe(201);
    expect((await react('eyes')).status).toBe(200);
    expect(pull.comments[0]?.reactions).toHaveLength(1);
    expect((await refused(react('shrug' as 'eyes'))).status).toBe(422);
  });

  it('says who may do what by the permission, not by the association', async () => {
    github.setRole(pull.repository, 'trusted', 'maintain');
    const ask = (username: string) => client.rest.repos.getCollaboratorPermissionLevel({ ...at, username });
    expect((await ask('trusted')).data).toMatchObject({ permission: 'write', role_name: 'maintain' });
    expect((await ask('owner')).data.permission).toBe('admin');
    expect((await ask('contributor')).data.permission).toBe('read');
    expect((await refused(ask('nobody'))).status).toBe(404);
  });
});
