/** Single calls to GitHub: what is sent, and what each refusal becomes. */
import { generateKeyPairSync } from 'node:crypto';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createGitHubClient } from '../../src/app/github/client.ts';
import { createForge } from '../../src/app/github/forge.ts';
import { createLog } from '../../src/app/log.ts';
import { type Forge, Gone, NotPlaced } from '../../src/jobs/forge.ts';

const API = 'https://api.github.com';
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const repository = { installation: 3, id: 4, owner: 'torvalds', name: 'linux' };
let forge: Forge;
let asked: { repository_ids?: number[]; permissions?: object }[] = [];
let scope: nock.Scope;
/** Whether the installation may write contents. */
let mayWrite = true;

beforeAll(() => nock.disableNetConnect());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});
beforeEach(async () => {
  asked = [];
  mayWrite = true;
  scope = nock(API);
  nock(API)
    .persist()
    .post('/app/installations/3/access_tokens')
    .reply(async (request: Request) => {
      const wanted = (await request.json()) as (typeof asked)[0];
      asked.push(wanted);
      const { contents } = (wanted.permissions ?? {}) as { contents?: string };
      if (contents === 'write' && !mayWrite) return [422, { message: 'not granted' }];
      const expires_at = new Date(Date.now() + 3_600_000).toISOString();
      const token = `ghs_${asked.length}`;
      return [201, { token, expires_at, permissions: {}, repository_selection: 'selected' }];
    });
  const urls = { apiUrl: API, githubUrl: 'https://github.com', writesPerMinute: undefined };
  const log = createLog('fatal', [], () => undefined);
  forge = await createForge(createGitHubClient({ appId: 1, privateKey, webhookSecrets: ['x'] }, urls, log))(
    repository,
  );
});
afterEach(() => nock.cleanAll());

const here = '/repos/torvalds/linux';
const comment = { path: 'a.c', line: 3, side: 'RIGHT', body: 'x' } as const;

describe('tokens', () => {
  test('reach one repository, with the permissions that are needed; git has its own to read', async () => {
    scope.get(`${here}/collaborators/ann/permission`).reply(200, { permission: 'write' });
    expect(await forge.permission('ann')).toBe('write');
    expect(await forge.gitToken(false)).toBe('ghs_2');
    expect(asked).toEqual([
      {
        repository_ids: [4],
        permissions: {
          checks: 'write',
          contents: 'read',
          metadata: 'read',
          pull_requests: 'write',
          issues: 'read',
        },
      },
      { repository_ids: [4], permissions: { contents: 'read' } },
    ]);
    expect(await forge.gitToken(false)).toBe('ghs_2');
    expect(await forge.gitToken(true)).toBe('ghs_3');
  });

  test('that were revoked are replaced, once', async () => {
    scope
      .get(`${here}/collaborators/ann/permission`)
      .matchHeader('authorization', 'token ghs_1')
      .reply(401, {});
    scope
      .get(`${here}/collaborators/ann/permission`)
      .matchHeader('authorization', 'token ghs_2')
      .reply(200, { permission: 'read' });
    expect(await forge.permission('ann')).toBe('read');
    scope.get(`${here}/collaborators/bob/permission`).times(2).reply(401, {});
    await expect(forge.permission('bob')).rejects.toMatchObject({ status: 401 });
  });
});

describe('what a refusal means', () => {
  test('a user whom the repository does not know may nothing', async () => {
    scope.get(`${here}/collaborators/ann/permission`).reply(404, {});
    expect(await forge.permission('ann')).toBe('none');
  });
  test.each([404, 410])('a pull request that answers %i is gone', async (status) => {
    scope.get(`${here}/pulls/7`).reply(status, {});
    await expect(forge.pullRequest(7)).rejects.toBeInstanceOf(Gone);
  });
  test('a diff that is too large is undefined, another error is one', async () => {
    scope.get(`${here}/pulls/7`).matchHeader('accept', /diff/).reply(406, { message: 'too_large' });
    expect(await forge.diff(7)).toBeUndefined();
    scope
      .get(`${here}/pulls/7`)
      .reply(200, 'diff --git a/x b/x\n', { 'content-type': 'application/vnd.github.diff' });
    expect(await forge.diff(7)).toBe('diff --git a/x b/x\n');
    scope.get(`${here}/pulls/7`).reply(422, {});
    await expect(forge.diff(7)).rejects.toMatchObject({ status: 422 });
  });
  test('a review on a line outside the diff is not placed; one that came too quickly is tried again later', async () => {
    scope.post(`${here}/pulls/7/reviews`).reply(422, { message: 'line must be part of the diff' });
    await expect(forge.createReview(7, 'sha', 'body', [comment])).rejects.toBeInstanceOf(NotPlaced);
    scope.post(`${here}/pulls/7/reviews`).reply(422, { message: 'was submitted too quickly' });
    await expect(forge.createReview(7, 'sha', 'body', [comment])).rejects.not.toBeInstanceOf(NotPlaced);
  });
});

describe('a rate limit', () => {
  const limited = (seconds: number) => ({
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + seconds),
    date: new Date().toUTCString(),
  });
  const permission = `${here}/collaborators/ann/permission`;

  test('that is over soon is waited for, as its headers say', async () => {
    scope.get(permission).reply(403, { message: 'API rate limit exceeded' }, limited(0));
    scope.get(permission).reply(200, { permission: 'read' });
    expect(await forge.permission('ann')).toBe('read');
  });

  test('that lasts is not waited for: the queue has the job again later', async () => {
    scope.get(permission).reply(403, { message: 'API rate limit exceeded' }, limited(3600));
    await expect(forge.permission('ann')).rejects.toMatchObject({ status: 403 });
    // Nor is GitHub asked anything in the meantime: nock has no further answer.
    await expect(forge.permission('ann')).rejects.toThrow(/API rate limit exceeded/);
    expect(scope.isDone()).toBe(true);
  });

  test('of GraphQL alone keeps nothing else waiting', async () => {
    const headers = { ...limited(3600), 'x-ratelimit-resource': 'graphql' };
    scope.get(permission).reply(403, { message: 'API rate limit exceeded' }, headers);
    scope.get(permission).reply(200, { permission: 'read' });
    await expect(forge.permission('ann')).rejects.toMatchObject({ status: 403 });
    expect(await forge.permission('ann')).toBe('read');
  });

  test('as 429 is waited for also by what is never repeated', async () => {
    scope.post(`${here}/check-runs`).reply(429, { message: 'Slow down' }, { 'retry-after': '1' });
    scope.post(`${here}/check-runs`).reply(201, { id: 9 });
    expect(await forge.createCheckRun({ name: 'n', head: 'sha', externalId: 'id' })).toBe(9);
  });

  test('of too many writes is waited for as long as GitHub says', async () => {
    const message = 'You have exceeded a secondary rate limit';
    scope.get(permission).reply(403, { message }, { 'retry-after': '1' });
    scope.get(permission).reply(200, { permission: 'read' });
    expect(await forge.permission('ann')).toBe('read');
  });
});

describe('what must not happen twice is not tried again by itself', () => {
  test.each([
    ['a review', `${here}/pulls/7/reviews`, () => forge.createReview(7, 'sha', 'body', [comment])],
    ['a comment', `${here}/pulls/7/comments`, () => forge.createReviewComment(7, 'sha', comment)],
    ['an answer', `${here}/issues/7/comments`, () => forge.reply(7, 'body')],
    [
      'a check run',
      `${here}/check-runs`,
      () => forge.createCheckRun({ name: 'n', head: 'sha', externalId: 'id' }),
    ],
  ])('%s', async (_, path, send) => {
    let tries = 0;
    scope
      .persist()
      .post(path)
      .reply(() => {
        tries++;
        return [502, {}];
      });
    await expect(send()).rejects.toMatchObject({ status: 502 });
    expect(tries).toBe(1);
  });
});

test('a review is a COMMENT on the head, with its comments', async () => {
  const sent = { commit_id: 'sha', event: 'COMMENT', body: 'body', comments: [comment] };
  scope.post(`${here}/pulls/7/reviews`, sent).reply(200, {});
  await forge.createReview(7, 'sha', 'body', [comment]);
  expect(scope.isDone()).toBe(true);
});

test('a branch of any name is compared by its name', async () => {
  scope
    .get(`${here}/compare/${encodeURIComponent('topic/a#b')}...sha`)
    .query(true)
    .reply(200, { merge_base_commit: { sha: 'm' }, base_commit: { sha: 'b' }, ahead_by: 2 });
  expect(await forge.compare('topic/a#b', 'sha')).toEqual({ mergeBase: 'm', base: 'b', ahead: 2 });
});

test('comments of others are told from our own, and answers to ours are seen', async () => {
  scope.get('/app').reply(200, { slug: 'adjutant' });
  const user = (login: string) => ({ user: { login } });
  scope
    .get(`${here}/pulls/7/comments`)
    .query(true)
    .reply(200, [
      { id: 1, node_id: 'n1', body: 'one', ...user('adjutant[bot]') },
      { id: 2, node_id: 'n2', body: 'two', ...user('adjutant[bot]') },
      { id: 3, node_id: 'n3', body: 'forged', ...user('mallory') },
      { id: 4, node_id: 'n4', body: 'no', in_reply_to_id: 2, ...user('ann') },
    ]);
  expect(await forge.reviewComments(7)).toEqual([
    { id: 1, node: 'n1', body: 'one', answered: false },
    { id: 2, node: 'n2', body: 'two', answered: true },
  ]);
});

describe('what stands is changed by GraphQL', () => {
  const edits = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ node: `n${index}`, body: 'x' }));
  /** Answers one document; resolves to its variables. */
  const answered = (answer: object) =>
    new Promise<Record<string, unknown>>((resolve) => {
      scope.post('/graphql').reply(200, async (request: Request) => {
        resolve(((await request.json()) as { variables: Record<string, unknown> }).variables);
        return answer;
      });
    });

  test('ten comments a request', async () => {
    const requests = [answered({ data: {} }), answered({ data: {} })];
    await forge.editReviewComments(edits(12));
    const [first = {}, second = {}] = await Promise.all(requests);
    expect(Object.keys(first)).toHaveLength(10);
    expect(first.i0).toEqual({ pullRequestReviewCommentId: 'n0', body: 'x' });
    expect(Object.keys(second)).toHaveLength(2);
  });

  test('one that was deleted meanwhile is left out, another error is one', async () => {
    const failure = (type: string) => ({ data: null, errors: [{ type, path: ['m0'], message: type }] });
    void answered(failure('NOT_FOUND'));
    await forge.editReviewComments(edits(1));
    void answered(failure('FORBIDDEN'));
    await expect(forge.editReviewComments(edits(1))).rejects.toThrow('FORBIDDEN');
  });
});

describe('threads are resolved', () => {
  const folds = [
    { node: 'mine', away: true },
    { node: 'back', away: false },
  ];
  const thread = (id: string, isResolved: boolean, first: string) => ({
    id,
    isResolved,
    comments: { nodes: [{ id: first }] },
  });
  const page = (nodes: readonly object[], endCursor: string | null) => ({
    data: {
      repository: {
        pullRequest: { reviewThreads: { pageInfo: { hasNextPage: endCursor !== null, endCursor }, nodes } },
      },
    },
  });

  test('with a token of their own, which no other request has', async () => {
    const seen: { token: string | null; body: { query: string; variables: Record<string, unknown> } }[] = [];
    const pages = [
      page([thread('t1', false, 'theirs'), thread('t2', false, 'mine')], 'more'),
      page([thread('t3', true, 'back'), thread('t4', true, 'other')], null),
      { data: {} },
    ];
    scope
      .post('/graphql')
      .times(3)
      .reply(200, async (request: Request) => {
        seen.push({
          token: request.headers.get('authorization'),
          body: (await request.json()) as (typeof seen)[0]['body'],
        });
        return pages[seen.length - 1];
      });
    expect(await forge.resolveThreads(7, folds)).toBe(true);
    expect(asked).toEqual([
      { repository_ids: [4], permissions: { contents: 'write', pull_requests: 'write' } },
    ]);
    expect(seen.map(({ token }) => token)).toEqual(Array(3).fill('token ghs_1'));
    const mutation = seen[2]?.body;
    expect(mutation?.query).toMatch(/m0: resolveReviewThread.*m1: unresolveReviewThread/);
    expect(mutation?.variables).toEqual({ i0: { threadId: 't2' }, i1: { threadId: 't3' } });
  });

  test('not where the installation does not give one, and that is not asked at each push', async () => {
    mayWrite = false;
    expect(await forge.resolveThreads(7, folds)).toBe(false);
    expect(await forge.resolveThreads(8, folds)).toBe(false);
    expect(asked).toHaveLength(1);
  });
});
