/** Accounts and repositories in GitHub's JSON. */
import {
  fullName,
  type Installation,
  type Json,
  nodeId,
  type Repository,
  type State,
  type User,
} from '../state.ts';

export function userJson(state: State, user: User): Json {
  const api = `${state.url}/api/v3/users/${encodeURIComponent(user.login)}`;
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId(user.type === 'Bot' ? 'BOT' : 'U', user.id),
    avatar_url: `${state.url}/avatars/u/${user.id}`,
    gravatar_id: '',
    url: api,
    html_url: `${state.url}/${user.type === 'Bot' ? 'apps/' : ''}${encodeURIComponent(user.login)}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: user.type,
    site_admin: false,
  };
}

/** Name of an address in a repository's JSON, and what follows the repository's own address in it. */
const ADDRESSES: Readonly<Record<string, string>> = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
};

export function apiUrl(state: State, repository: Repository): string {
  return `${state.url}/api/v3/repos/${fullName(repository)}`;
}

export function htmlUrl(state: State, repository: Repository): string {
  return `${state.url}/${fullName(repository)}`;
}

export function repositoryJson(state: State, repository: Repository): Json {
  const api = apiUrl(state, repository);
  const html = htmlUrl(state, repository);
  const addresses = Object.entries(ADDRESSES).map(([name, rest]) => [name, `${api}${rest}`]);
  return {
    id: repository.id,
    node_id: nodeId('R', repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.private,
    visibility: repository.private ? 'private' : 'public',
    owner: userJson(state, repository.owner),
    html_url: html,
    description: null,
    fork: repository.parent !== undefined,
    url: api,
    ...Object.fromEntries(addresses),
    clone_url: `${html}.git`,
    git_url: `${html.replace(/^https?/, 'git')}.git`,
    ssh_url: `git@github.example:${fullName(repository)}.git`,
    svn_url: html,
    mirror_url: null,
    homepage: null,
    language: 'C',
    default_branch: repository.defaultBranch,
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    pushed_at: repository.createdAt,
    size: 1,
    forks: 0,
    forks_count: 0,
    network_count: 0,
    subscribers_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    open_issues: 0,
    open_issues_count: 0,
    has_issues: true,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: false,
    disabled: false,
    is_template: false,
    topics: [],
    license: null,
    allow_forking: true,
    web_commit_signoff_required: false,
  };
}

/** The short form in which an event refers to a repository. */
export function repositoryReference(state: State, repository: Repository): Json {
  return { id: repository.id, name: repository.name, url: apiUrl(state, repository) };
}

/** What `installation` events list. */
export function repositoryListing(repository: Repository): Json {
  return {
    id: repository.id,
    node_id: nodeId('R', repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.private,
  };
}

export function appJson(state: State): Json {
  const { app, installation } = state;
  return {
    id: app.id,
    client_id: app.clientId,
    slug: app.slug,
    node_id: nodeId('A', app.id),
    owner: userJson(state, app.owner),
    name: app.slug,
    description: null,
    external_url: state.url,
    html_url: `${state.url}/apps/${app.slug}`,
    created_at: app.createdAt,
    updated_at: app.createdAt,
    permissions: installation.permissions,
    events: app.events,
  };
}

export function installationJson(state: State, installation: Installation): Json {
  const { app, url } = state;
  return {
    id: installation.id,
    client_id: app.clientId,
    account: userJson(state, installation.account),
    repository_selection: 'selected',
    access_tokens_url: `${url}/api/v3/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${url}/api/v3/installation/repositories`,
    html_url: `${url}/settings/installations/${installation.id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: installation.account.id,
    target_type: installation.account.type,
    permissions: installation.permissions,
    events: app.events,
    created_at: installation.createdAt,
    updated_at: installation.createdAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: installation.suspendedAt,
  };
}
