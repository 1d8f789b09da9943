import type { Octokit } from 'octokit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type PullRequest,
  type Repository,
  type StandInGitHub,
  startGitHub,
} from '../../../demo/github/index.ts';
import { clientOf, refused } from './client.ts';

let github: StandInGitHub;
let repository: Repository;
let pull: PullRequest;
let client: Octokit;
const at = { owner: 'owner', repo: 'tree' };
const one = { ...at, pull_number: 1 };

beforeEach(async () => {
  github = await startGitHub({ limits: { diffLines: 20, diffFiles: 4, pullFiles: 4 } });
  repository = await github.createRepository('owner/tree', { 'a.c': 'one\ntwo\n', 'dir/b c.c': 'b\n' });
  const files = { 'a.c': 'one\n2\n', 'dir/b c.c': null, 'new "q".c': 'n\n' };
  pull = await github.createPullRequest(repository, { commits: [{ message: 'first', files }] });
  client = await clientOf(github);
});
afterEach(() => github.close());

const diff = (pull_number = 1) =>
  client.rest.pulls.get({ ...at, pull_number, mediaType: { format: 'diff' } });

it('gives the diff from the merge base, as text', async () => {
  await github.push(repository, 'master', { commits: [{ message: 'meanwhile', files: { other: 'x\n' } }] });
  const text = String((await diff()).data);
  expect(text).toContain('-two\n+2\n');
  expect(text).not.toContain('other');
});

it('gives no diff beyond its limits', async () => {
  const many = Array.from({ length: 30 }, (_, index) => `${index}\n`).join('');
  await github.push(repository, pull.head.ref, { commits: [{ message: 'long', files: { many } }] });
  expect(await refused(diff())).toMatchObject({ status: 406, errors: [{ code: 'too_large' }] });
  const files = Object.fromEntries([1, 2, 3, 4, 5].map((index) => [`f${index}`, 'x\n']));
  const wide = await github.createPullRequest(repository, { commits: [{ message: 'wide', files }] });
  expect((await refused(diff(wide.number))).message).toContain('number of files');
});

it('lists files with what happened to them', async () => {
  const { data } = await client.rest.pulls.listFiles(one);
  expect(
    data.map(({ filename, status, additions, deletions }) => [filename, status, additions, deletions]),
  ).toEqual([
    ['a.c', 'modified', 1, 1],
    ['dir/b c.c', 'removed', 0, 1],
    ['new "q".c', 'added', 1, 0],
  ]);
  expect(data[0]?.patch).toBe('@@ -1,2 +1,2 @@\n one\n-two\n+2');
});

it('lists so many files and no more, and leaves out the patch of a large one', async () => {
  const files = {
    ...Object.fromEntries([1, 2, 3, 4].map((index) => [`f${index}`, 'x\n'])),
    a: 'x\n'.repeat(20_001),
  };
  const { number } = await github.createPullRequest(repository, { commits: [{ message: 'wide', files }] });
  const { data } = await client.rest.pulls.listFiles({ ...at, pull_number: number });
  expect(data.map(({ filename, patch }) => [filename, patch === undefined])).toEqual([
    ['a', true],
    ['f1', false],
    ['f2', false],
    ['f3', false],
  ]);
});

it('is merged into its base branch', async () => {
  await github.merge(pull);
  await github.settled();
  const { data } = await client.rest.pulls.get(one);
  expect(data).toMatchObject({ state: 'closed', merged: true });
  const content = await client.rest.repos.getContent({ ...at, path: 'a.c', mediaType: { format: 'raw' } });
  expect(content.data).toBe('one\n2\n');
  expect(github.violations).toEqual([]);
});

it('is queued as a commit of base and head', async () => {
  await github.push(repository, 'master', { commits: [{ message: 'meanwhile', files: { other: 'x\n' } }] });
  const ref = await github.queueMerge(pull);
  const content = async (path: string) =>
    (await client.rest.repos.getContent({ ...at, path, ref, mediaType: { format: 'raw' } })).data;
  expect([await content('other'), await content('a.c')]).toEqual(['x\n', 'one\n2\n']);
});

it('is not found once its repository is deleted', async () => {
  expect((await client.rest.pulls.get(one)).data.state).toBe('open');
  github.deleteRepository(repository);
  expect((await refused(client.rest.pulls.get(one))).status).toBe(404);
});

it('lists commits, the oldest first, and never more than 250', async () => {
  const commits = Array.from({ length: 260 }, (_, index) => ({
    message: `c${index}\n\nbody`,
    files: { n: `${index}\n` },
  }));
  const long = await github.createPullRequest(repository, { commits });
  const all = await client.paginate(client.rest.pulls.listCommits, {
    ...at,
    pull_number: long.number,
    per_page: 100,
  });
  expect(all).toHaveLength(250);
  expect(all[0]?.commit.message).toBe('c0\n\nbody');
  expect((await client.rest.pulls.get({ ...at, pull_number: long.number })).data.commits).toBe(260);
});

it('compares: merge base, ahead and behind, files on the first page alone', async () => {
  await github.push(repository, 'master', { commits: [{ message: 'meanwhile', files: { other: 'x\n' } }] });
  const compare = (basehead: string, page = 1) =>
    client.rest.repos.compareCommitsWithBasehead({ ...at, basehead, page, per_page: 100 });
  const { data } = await compare(`master...${pull.head.sha}`);
  expect(data).toMatchObject({ status: 'diverged', ahead_by: 1, behind_by: 1, total_commits: 1 });
  expect(data.merge_base_commit.sha).toBe(await github.mergeBase(pull));
  expect(data.files).toHaveLength(3);
  expect((await compare(`master...${pull.head.sha}`, 2)).data.files).toEqual([]);
  expect((await refused(compare('master...nothing'))).status).toBe(404);
});

it('gives the contents of a file, by branch or commit', async () => {
  const content = (path: string, ref?: string) =>
    client.rest.repos.getContent({
      ...at,
      path,
      mediaType: { format: 'raw' },
      ...(ref === undefined ? {} : { ref }),
    });
  expect((await content('a.c')).data).toBe('one\ntwo\n');
  expect((await content('a.c', pull.head.sha)).data).toBe('one\n2\n');
  expect((await refused(content('dir/b c.c', pull.head.sha))).status).toBe(404);
});

it('keeps a pull request whose fork is gone', async () => {
  const fork = await github.fork(repository, 'contributor');
  const commits = [{ message: 'f', files: { 'a.c': 'fork\n' } }];
  const { number } = await github.createPullRequest(repository, { from: fork, commits });
  const get = async () => (await client.rest.pulls.get({ ...at, pull_number: number })).data;
  expect((await get()).head.repo?.full_name).toBe('contributor/tree');
  github.deleteRepository(fork);
  expect((await get()).head.repo).toBeNull();
  expect(String((await diff(number)).data)).toContain('+fork');
});

it('knows which pull requests a commit is in', async () => {
  const of = async (commit_sha: string) =>
    (await client.rest.repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha })).data.map(
      ({ number }) => number,
    );
  expect(await of(pull.head.sha)).toEqual([1]);
  expect(await of(pull.base.sha)).toEqual([]);
});

it('shows the conversation as a page', async () => {
  const comments = [{ path: 'a.c', line: 2, body: '**Bold** <script>alert(1)</script>' }];
  await client.rest.pulls.createReview({ ...one, event: 'COMMENT', body: 'See `a.c`.', comments });
  const page = await (await fetch(`${github.url}/owner/tree/pull/1`)).text();
  expect(page).toContain('<strong>Bold</strong> &lt;script&gt;');
  expect(page).toContain('See <code>a.c</code>.');
  expect(page).toMatch(/<tr class="add">.*\+<\/td><td>2<\/td>/);
  expect((await fetch(`${github.url}/owner/tree/pull/9`)).status).toBe(404);
});
