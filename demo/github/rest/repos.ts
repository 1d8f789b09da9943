/** Repositories: commits, comparisons, contents, and who may do what. */
import { gunzipSync } from 'node:zlib';
import {
  type Answer,
  type Call,
  diffAnswer,
  type Handlers,
  list,
  mediaType,
  ok,
  repositoryOf,
} from '../call.ts';
import { parseDiff } from '../diff.ts';
import { notFound, Refusal } from '../errors.ts';
import { commitJson, fileJson, pullSummary } from '../present/pull.ts';
import { apiUrl, htmlUrl, repositoryJson, userJson } from '../present/repository.ts';
import { countBetween, diffText, fileAt, log, mergeBase, objectId, resolve } from '../repository.ts';
import { allPulls, type Repository, type Role } from '../state.ts';

const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const COMPARE_FILES = 300;

async function shaOf(call: Call, revision: string): Promise<string> {
  const sha = await resolve(repositoryOf(call).gitDir, revision);
  if (sha === undefined) throw notFound();
  return sha;
}

async function compare(call: Call): Promise<Answer> {
  const { state } = call.hub;
  const repository = repositoryOf(call);
  const { gitDir } = repository;
  const sides = /^(.+?)\.\.\.(.+)$/.exec(call.params.basehead ?? '');
  if (sides === null) throw notFound();
  // `owner:branch` names a branch of the same network; only the repository's own are served.
  const [base, head] = (await Promise.all(
    [sides[1], sides[2]].map((side = '') => shaOf(call, side.replace(/^[^:]+:/, ''))),
  )) as [string, string];
  const middle = await mergeBase(gitDir, base, head);
  if (middle === undefined) throw new Refusal(404, 'No common ancestor between the two commits.');
  if (mediaType(call.accept) === 'diff') return diffAnswer(call, await diffText(gitDir, middle, head));
  const [ahead, behind] = await Promise.all([
    countBetween(gitDir, base, head),
    countBetween(gitDir, head, base),
  ]);
  const commits = await log(gitDir, ['--reverse', '--topo-order', `${base}..${head}`], 100_000);
  const paged = call.query.page !== undefined || call.query.per_page !== undefined;
  const shown = await list(call, paged ? commits : commits.slice(-250), (one) =>
    commitJson(state, repository, one),
  );
  const first = Number(call.query.page ?? 1) === 1;
  const files = first ? parseDiff(await diffText(gitDir, middle, head)).slice(0, COMPARE_FILES) : [];
  const one = async (sha: string) => {
    const [commit] = await log(gitDir, [sha], 1);
    return commit === undefined ? undefined : commitJson(state, repository, commit);
  };
  const html = `${htmlUrl(state, repository)}/compare/${base}...${head}`;
  const status = ahead > 0 ? (behind > 0 ? 'diverged' : 'ahead') : behind > 0 ? 'behind' : 'identical';
  return ok(
    {
      url: `${apiUrl(state, repository)}/compare/${base}...${head}`,
      html_url: html,
      permalink_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      base_commit: await one(base),
      merge_base_commit: await one(middle),
      status,
      ahead_by: ahead,
      behind_by: behind,
      total_commits: ahead,
      commits: shown.body,
      files: files.map((file) => fileJson(state, repository, head, file)),
    },
    shown.headers,
  );
}

async function content(call: Call): Promise<Answer> {
  const { state } = call.hub;
  const repository = repositoryOf(call);
  const path = (call.params.path ?? '').replace(/\/$/, '');
  const ref = call.query.ref ?? repository.defaultBranch;
  const sha = await shaOf(call, ref);
  const bytes = await fileAt(repository.gitDir, sha, path);
  if (bytes === undefined) throw notFound();
  if (mediaType(call.accept) === 'raw') {
    return { status: 200, body: bytes, type: 'application/vnd.github.raw; charset=utf-8' };
  }
  const blob = await objectId(repository.gitDir, `${sha}:${path}`);
  const url = `${apiUrl(state, repository)}/contents/${path}?ref=${ref}`;
  const git = `${apiUrl(state, repository)}/git/blobs/${blob}`;
  const html = `${htmlUrl(state, repository)}/blob/${ref}/${path}`;
  return ok({
    type: 'file',
    encoding: 'base64',
    size: bytes.length,
    name: path.split('/').at(-1),
    path,
    content: bytes.toString('base64'),
    sha: blob,
    url,
    git_url: git,
    html_url: html,
    download_url: html,
    _links: { git, html, self: url },
  });
}

/** What `permission` calls each role. */
const LEGACY: Readonly<Record<Role | 'none', string>> = {
  admin: 'admin',
  maintain: 'write',
  write: 'write',
  triage: 'read',
  read: 'read',
  none: 'none',
};

/** A public repository can be read by everybody; GitHub says so here too. */
function roleOf(repository: Repository, login: string): Role | 'none' {
  if (login.toLowerCase() === repository.owner.login.toLowerCase()) return 'admin';
  const role = [...repository.collaborators].find(
    ([name]) => name.toLowerCase() === login.toLowerCase(),
  )?.[1];
  return role ?? (repository.private ? 'none' : 'read');
}

export const repos: Handlers = {
  'repos/get': (call) => ok(repositoryJson(call.hub.state, repositoryOf(call))),
  'repos/get-collaborator-permission-level': (call) => {
    const user = call.hub.state.users.get((call.params.username ?? '').toLowerCase());
    if (user === undefined) throw notFound();
    const role = roleOf(repositoryOf(call), user.login);
    return ok({
      permission: LEGACY[role],
      role_name: role === 'none' ? '' : role,
      user: { ...userJson(call.hub.state, user), role_name: role === 'none' ? '' : role },
    });
  },
  'repos/get-branch': async (call) => {
    const { state } = call.hub;
    const repository = repositoryOf(call);
    const name = call.params.branch ?? '';
    const [commit] = await log(repository.gitDir, [await shaOf(call, `refs/heads/${name}`)], 1);
    if (commit === undefined) throw notFound();
    const api = `${apiUrl(state, repository)}/branches/${name}`;
    return ok({
      name,
      commit: commitJson(state, repository, commit),
      _links: { self: api, html: `${htmlUrl(state, repository)}/tree/${name}` },
      protected: false,
      protection: { enabled: false },
      protection_url: `${api}/protection`,
    });
  },
  'repos/get-commit': async (call) => {
    const { state } = call.hub;
    const repository = repositoryOf(call);
    const [commit] = await log(repository.gitDir, [await shaOf(call, call.params.ref ?? '')], 1);
    if (commit === undefined) throw notFound();
    const text = await diffText(repository.gitDir, commit.parents[0] ?? EMPTY_TREE, commit.sha);
    if (mediaType(call.accept) === 'diff') return diffAnswer(call, text);
    const files = parseDiff(text).slice(0, COMPARE_FILES);
    const total = (key: 'additions' | 'deletions') => files.reduce((sum, file) => sum + file[key], 0);
    const stats = { additions: total('additions'), deletions: total('deletions') };
    return ok({
      ...commitJson(state, repository, commit),
      stats: { ...stats, total: stats.additions + stats.deletions },
      files: files.map((file) => fileJson(state, repository, commit.sha, file)),
    });
  },
  'repos/list-commits': async (call) => {
    const repository = repositoryOf(call);
    const commits = await log(
      repository.gitDir,
      [await shaOf(call, call.query.sha ?? repository.defaultBranch)],
      10_000,
    );
    return list(call, commits, (one) => commitJson(call.hub.state, repository, one));
  },
  'repos/compare-commits-with-basehead': compare,
  'repos/get-content': content,
  'repos/list-pull-requests-associated-with-commit': async (call) => {
    const repository = repositoryOf(call);
    const sha = call.params.commit_sha ?? '';
    const found = [];
    for (const pull of allPulls(call.hub.state)) {
      if (pull.repository !== repository) continue;
      const commits = await log(repository.gitDir, [`${pull.base.sha}..${pull.head.sha}`], 10_000);
      if (commits.some((commit) => commit.sha === sha)) found.push(pull);
    }
    return list(call, found, (pull) => pullSummary(call.hub.state, pull));
  },

  'code-scanning/upload-sarif': async (call) => {
    const { sarif, commit_sha } = call.body as { sarif: string; commit_sha: string };
    await shaOf(call, commit_sha);
    try {
      const log = JSON.parse(gunzipSync(Buffer.from(sarif, 'base64')).toString('utf8')) as {
        version?: string;
      };
      if (log.version !== '2.1.0') throw new Error(`version ${log.version}`);
    } catch (error) {
      throw new Refusal(400, `Invalid SARIF: ${(error as Error).message}`);
    }
    const id = '47177e22-5596-11eb-80a1-c1e54ef945c6';
    return {
      status: 202,
      body: { id, url: `${apiUrl(call.hub.state, repositoryOf(call))}/code-scanning/sarifs/${id}` },
    };
  },
  'code-scanning/get-sarif': (call) =>
    ok({
      processing_status: 'complete',
      analyses_url: `${apiUrl(call.hub.state, repositoryOf(call))}/code-scanning/analyses`,
      errors: null,
    }),
};
