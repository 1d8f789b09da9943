import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkWebhook } from '../../../demo/github/contract.ts';
import { type PullRequest, type StandInGitHub, startGitHub } from '../../../demo/github/index.ts';
import { clientOf, refused, tokenFor } from './client.ts';

let github: StandInGitHub;
let pull: PullRequest;
const at = { owner: 'owner', repo: 'tree' };

beforeEach(async () => {
  github = await startGitHub();
  const repository = await github.createRepository('owner/tree', { 'a.c': 'one\n' });
  pull = await github.createPullRequest(repository, {
    commits: [{ message: 'a', files: { 'a.c': 'two\n' } }],
  });
});
afterEach(() => github.close());

it('takes what GitHub describes', async () => {
  const client = await clientOf(github);
  await client.rest.checks.create({ ...at, name: 'x', head_sha: pull.head.sha, status: 'in_progress' });
  await client.rest.pulls.listFiles({ ...at, pull_number: 1, per_page: 10 });
  await github.settled();
  expect(github.violations).toEqual([]);
});

it('refuses a body with a key, a type or a value that is not described, and keeps a record', async () => {
  const client = await clientOf(github);
  const run = { ...at, name: 'x', head_sha: pull.head.sha };
  const create = (fields: object) =>
    refused(client.request('POST /repos/{owner}/{repo}/check-runs', { ...run, ...fields }));
  expect((await create({ headSha: 'x' })).message).toContain('"headSha" is not a permitted key');
  expect((await create({ status: 'done' })).status).toBe(422);
  expect((await create({ external_id: 7 })).status).toBe(422);
  expect((await refused(client.request('POST /repos/{owner}/{repo}/check-runs', at as never))).status).toBe(
    422,
  );
  expect(github.checkRuns(pull)).toEqual([]);
  expect(github.violations.length).toBeGreaterThanOrEqual(4);
});

it('refuses a query that is not described', async () => {
  const client = await clientOf(github);
  const listing = (fields: object) => client.request('GET /repos/{owner}/{repo}/pulls', { ...at, ...fields });
  expect((await listing({ state: 'open' })).data).toHaveLength(1);
  expect((await refused(listing({ state: 'ajar' }))).status).toBe(422);
  expect((await refused(listing({ status: 'open' }))).message).toContain('no query parameter status');
});

it('refuses what is no JSON, and what is not served', async () => {
  const headers = { authorization: `token ${await tokenFor(github)}` };
  const broken = await fetch(`${github.url}/api/v3/repos/owner/tree/check-runs`, {
    method: 'POST',
    headers,
    body: '{',
  });
  expect([broken.status, await broken.json()]).toMatchObject([400, { message: 'Problems parsing JSON' }]);
  expect((await fetch(`${github.url}/api/v3/repos/owner/tree/topics`, { headers })).status).toBe(404);
  expect(github.violations.join()).toContain('/repos/owner/tree/topics is not served');
});

it('gives long lists in pages with links', async () => {
  const client = await clientOf(github);
  for (let count = 0; count < 31; count++) github.comment(pull, 'contributor', `comment ${count}`);
  const first = await client.rest.issues.listComments({ ...at, issue_number: 1 });
  expect(first.data).toHaveLength(30);
  expect(first.headers.link).toContain('rel="next"');
  const all = await client.paginate(client.rest.issues.listComments, {
    ...at,
    issue_number: 1,
    per_page: 10,
  });
  expect(all.map(({ body }) => body).slice(-1)).toEqual(['comment 30']);
});

it('holds every webhook against its description', async () => {
  expect(checkWebhook('check_run', 'rerequested', { action: 'rerequested' }).join()).toContain('check_run');
  const client = await clientOf(github);
  const { data: run } = await client.rest.checks.create({
    ...at,
    name: 'x',
    head_sha: pull.head.sha,
    actions: [{ label: 'l', description: 'd', identifier: 'i' }],
  });
  await client.rest.checks.update({ ...at, check_run_id: run.id, conclusion: 'success' });
  const [made] = github.checkRuns(pull);
  if (made === undefined) throw new Error('no check run');
  github.rerequest(made);
  github.rerequest(made.suite);
  github.requestAction(made, 'i');
  await client.rest.pulls.createReview({
    ...at,
    pull_number: 1,
    event: 'COMMENT',
    comments: [{ path: 'a.c', line: 1, body: 'b' }],
  });
  const [comment] = github.reviewComments(pull);
  if (comment === undefined) throw new Error('no comment');
  github.reply(comment, 'contributor', 'why?');
  github.resolveThread(comment.thread, 'maintainer');
  github.editComment(github.comment(pull, 'contributor', '/help'), '/help me');
  await github.edit(pull, { title: 'Another' });
  await github.setDraft(pull, true);
  await github.setDraft(pull, false);
  await github.label(pull, 'wip');
  await github.label(pull, 'wip', false);
  await github.close(pull);
  await github.reopen(pull);
  await github.queueMerge(pull);
  await github.queueMerge(pull, 'destroyed');
  await github.setInstalled(pull.repository, false);
  await github.setInstalled(pull.repository, true);
  for (const action of ['new_permissions_accepted', 'suspend', 'unsuspend', 'created', 'deleted'] as const) {
    await github.announceInstalled(action);
  }
  await github.ping();
  await github.settled();
  expect(github.violations).toEqual([]);
  expect(new Set(github.deliveries.map(({ event }) => event)).size).toBe(10);
  await github.setInstalled(pull.repository, true);
  await github.deliver('issue_comment', 'shouted', {}, pull.repository);
  expect(github.violations).toEqual(['no webhook issue-comment-shouted']);
});
