import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type PullRequest,
  type Repository,
  type StandInGitHub,
  startGitHub,
} from '../../../demo/github/index.ts';
import { tokenFor } from './client.ts';

let github: StandInGitHub;
let repository: Repository;
let pull: PullRequest;
let dir: string;
const run = promisify(execFile);

beforeEach(async () => {
  github = await startGitHub();
  repository = await github.createRepository('owner/tree', { a: 'a\n' }, { private: true });
  pull = await github.createPullRequest(repository, { commits: [{ message: 'b', files: { b: 'b\n' } }] });
  dir = await mkdtemp(join(tmpdir(), 'adjutant-git-'));
  await run('git', ['init', '--quiet', '--bare', dir]);
});
afterEach(async () => {
  await github.close();
  await rm(dir, { recursive: true, force: true });
});

const env = {
  PATH: process.env.PATH,
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_NOSYSTEM: '1',
  HOME: '/nonexistent',
};

async function git(token: string | undefined, ...args: string[]): Promise<string> {
  const user = token === undefined ? '' : `x-access-token:${token}@`;
  const remote = `${github.url.replace('http://', `http://${user}`)}/owner/tree.git`;
  const { stdout } = await run('git', ['-C', dir, ...args.map((arg) => (arg === 'REMOTE' ? remote : arg))], {
    env,
  });
  return stdout.trim();
}

const fetchMaster = (token: string | undefined) => git(token, 'fetch', '--quiet', 'REMOTE', 'master:master');

it('serves a private repository for a token that may read its contents', async () => {
  await fetchMaster(await tokenFor(github, { permissions: { contents: 'read' } }));
  expect(await git(undefined, 'show', 'master:a')).toBe('a');
});

it.each<[string, () => Promise<string | undefined>]>([
  ['no token', async () => undefined],
  ['a wrong one', async () => 'ghs_wrong'],
  ['one without Contents', () => tokenFor(github, { permissions: { checks: 'write' } })],
  [
    'one for another repository',
    async () => {
      await github.createRepository('owner/other', { a: 'a\n' });
      return tokenFor(github, { repositories: ['other'] });
    },
  ],
  [
    'an expired one',
    async () => {
      const token = await tokenFor(github);
      github.expireTokens();
      return token;
    },
  ],
])('refuses it for %s', async (_, token) => {
  await expect(fetchMaster(await token())).rejects.toThrow(
    /unable to access|Authentication|could not read|not found/,
  );
});

it('serves the head of a pull request by number, also from a fork', async () => {
  const token = await tokenFor(github);
  await git(token, 'fetch', '--quiet', 'REMOTE', 'refs/pull/1/head:pull');
  expect(await git(undefined, 'rev-parse', 'pull')).toBe(pull.head.sha);
  const fork = await github.fork(repository, 'contributor');
  const commits = [{ message: 'c', files: { c: 'c\n' } }];
  const other = await github.createPullRequest(repository, { from: fork, commits });
  await git(token, 'fetch', '--quiet', 'REMOTE', 'refs/pull/2/head:fork');
  expect(await git(undefined, 'rev-parse', 'fork')).toBe(other.head.sha);
});

it('serves shallow and partial fetches, and commits by name that no branch has any more', async () => {
  const token = await tokenFor(github);
  const before = pull.head.sha;
  await github.push(repository, pull.head.ref, {
    onto: pull.base.sha,
    commits: [{ message: 'again', files: { b: '2\n' } }],
  });
  await git(token, 'fetch', '--quiet', '--depth=1', '--filter=blob:none', 'REMOTE', `${before}:old`);
  expect(await git(undefined, 'rev-list', '--count', 'old')).toBe('1');
  expect(await git(undefined, 'rev-list', '--objects', '--missing=print', 'old')).toMatch(/^\?/m);
});

it('lets nobody push', async () => {
  const token = await tokenFor(github);
  await fetchMaster(token);
  await expect(git(token, 'push', '--quiet', 'REMOTE', 'master:evil')).rejects.toThrow('403');
});
