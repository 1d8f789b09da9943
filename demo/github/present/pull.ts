/** Pull requests, their commits and files in GitHub's JSON. */
import { type FileDiff, parseDiff, pullDiff } from '../diff.ts';
import { type CommitData, countBetween } from '../repository.ts';
import {
  type Json,
  nodeId,
  type PullRequest,
  type Repository,
  reviewComments,
  type State,
  type User,
} from '../state.ts';
import { apiUrl, htmlUrl, repositoryJson, userJson } from './repository.ts';

export function association(repository: Repository, user: User): string {
  if (user === repository.owner) return 'OWNER';
  // As GitHub: what a private member or a person with access through a team gets here cannot be relied on.
  return repository.collaborators.has(user.login) ? 'COLLABORATOR' : 'NONE';
}

export function labelJson(state: State, repository: Repository, name: string): Json {
  return {
    id: 8_000_000_001,
    node_id: nodeId('LA', name),
    url: `${apiUrl(state, repository)}/labels/${encodeURIComponent(name)}`,
    name,
    description: null,
    color: 'ededed',
    default: false,
  };
}

/** The form in lists. */
export function pullSummary(state: State, pull: PullRequest): Json {
  const { repository, number } = pull;
  const api = apiUrl(state, repository);
  const url = `${api}/pulls/${number}`;
  const html = `${htmlUrl(state, repository)}/pull/${number}`;
  const side = (place: { ref: string; sha: string }, of: Repository | undefined, owner: User) => ({
    label: `${owner.login}:${place.ref}`,
    ref: place.ref,
    sha: place.sha,
    user: userJson(state, owner),
    repo: of === undefined ? null : repositoryJson(state, of),
  });
  const address = {
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${api}/issues/${number}/comments`,
    statuses_url: `${api}/statuses/${pull.head.sha}`,
  };
  return {
    url,
    id: pull.id,
    node_id: nodeId('PR', pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: `${api}/issues/${number}`,
    ...address,
    number,
    state: pull.state,
    locked: false,
    active_lock_reason: null,
    title: pull.title,
    user: userJson(state, pull.user),
    body: pull.body,
    labels: pull.labels.map((name) => labelJson(state, repository, name)),
    milestone: null,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.mergedAs === null ? null : pull.closedAt,
    merge_commit_sha: pull.mergedAs,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head: side(pull.head, pull.head.repository, pull.head.owner),
    base: side(pull.base, repository, repository.owner),
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: `${api}/issues/${number}` },
      comments: { href: address.comments_url },
      review_comments: { href: address.review_comments_url },
      review_comment: { href: address.review_comment_url },
      commits: { href: address.commits_url },
      statuses: { href: address.statuses_url },
    },
    author_association: association(repository, pull.user),
    auto_merge: null,
    draft: pull.draft,
  };
}

/** The form of one pull request by itself, and of webhooks. */
export async function pullJson(state: State, pull: PullRequest): Promise<Json> {
  const files = parseDiff(await pullDiff(pull));
  const total = (key: 'additions' | 'deletions') => files.reduce((sum, file) => sum + file[key], 0);
  return {
    ...pullSummary(state, pull),
    merged: pull.mergedAs !== null,
    mergeable: true,
    rebaseable: true,
    mergeable_state: 'clean',
    merged_by: pull.mergedAs === null ? null : userJson(state, pull.repository.owner),
    comments: pull.comments.length,
    review_comments: reviewComments(pull).length,
    maintainer_can_modify: false,
    commits: await countBetween(pull.repository.gitDir, pull.base.sha, pull.head.sha),
    additions: total('additions'),
    deletions: total('deletions'),
    changed_files: files.length,
  };
}

/** A pull request as an issue: what `issue_comment` carries. */
export function issueJson(state: State, pull: PullRequest): Json {
  const summary = pullSummary(state, pull);
  const api = `${apiUrl(state, pull.repository)}/issues/${pull.number}`;
  return {
    url: api,
    repository_url: apiUrl(state, pull.repository),
    labels_url: `${api}/labels{/name}`,
    comments_url: `${api}/comments`,
    events_url: `${api}/events`,
    timeline_url: `${api}/timeline`,
    html_url: summary.html_url,
    id: pull.id + 1,
    node_id: summary.node_id,
    number: pull.number,
    title: pull.title,
    user: summary.user,
    labels: summary.labels,
    state: pull.state,
    state_reason: null,
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: pull.comments.length,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    author_association: summary.author_association,
    active_lock_reason: null,
    draft: pull.draft,
    pull_request: {
      url: summary.url,
      html_url: summary.html_url,
      diff_url: summary.diff_url,
      patch_url: summary.patch_url,
      merged_at: pull.mergedAs === null ? null : pull.closedAt,
    },
    body: pull.body,
    reactions: noReactions(`${api}/reactions`),
    performed_via_github_app: null,
  };
}

function noReactions(url: string): Json {
  const counts = ['+1', '-1', 'laugh', 'hooray', 'confused', 'heart', 'rocket', 'eyes'].map((key) => [
    key,
    0,
  ]);
  return { url, total_count: 0, ...Object.fromEntries(counts) };
}

export function commitJson(state: State, repository: Repository, commit: CommitData): Json {
  const api = apiUrl(state, repository);
  const html = htmlUrl(state, repository);
  return {
    sha: commit.sha,
    node_id: nodeId('C', commit.sha),
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      url: `${api}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: {
        verified: false,
        reason: 'unsigned',
        signature: null,
        payload: null,
        verified_at: null,
      },
    },
    url: `${api}/commits/${commit.sha}`,
    html_url: `${html}/commit/${commit.sha}`,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    author: null,
    committer: null,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${html}/commit/${sha}`,
    })),
  };
}

/** A file with more than this has no `patch`. Source: "Repository limits", GitHub documentation. */
const PATCH_LINES = 20_000;
const PATCH_BYTES = 500_000;

export function fileJson(state: State, repository: Repository, head: string, file: FileDiff): Json {
  const path = file.path.split('/').map(encodeURIComponent).join('/');
  const changes = file.additions + file.deletions;
  const shown = file.patch !== '' && changes <= PATCH_LINES && Buffer.byteLength(file.patch) <= PATCH_BYTES;
  return {
    sha: head,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes,
    blob_url: `${htmlUrl(state, repository)}/blob/${head}/${path}`,
    raw_url: `${htmlUrl(state, repository)}/raw/${head}/${path}`,
    contents_url: `${apiUrl(state, repository)}/contents/${path}?ref=${head}`,
    ...(shown ? { patch: file.patch } : {}),
    ...(file.previousPath === undefined ? {} : { previous_filename: file.previousPath }),
  };
}
