/**
 * A stand-in GitHub over real HTTP: REST, GraphQL, git and webhooks of one App, as strict as GitHub.
 *
 *     const github = await startGitHub();
 *     const repository = await github.createRepository('torvalds/linux', { 'Makefile': 'all:\n' });
 *     github.connect('http://127.0.0.1:3000');             // where the App listens; events before that are lost
 *     const pull = await github.createPullRequest(repository, { commits: [{ message: '…', files: { … } }] });
 *     await github.waitFor(() => github.checkRuns(pull).every((run) => run.status === 'completed'));
 *     expect(github.reviewComments(pull)).toEqual([…]);
 *     expect(github.violations).toEqual([]);               // nothing broke GitHub's published description
 *     await github.close();
 *
 * The App is told of it by its environment: `github.env` has APP_ID, PRIVATE_KEY, WEBHOOK_SECRET, GITHUB_CLIENT_ID,
 * GITHUB_CLIENT_SECRET, GHE_HOST and GHE_PROTOCOL. What the App may do is `options.permissions`. What happened is in `requests` (every request, its operation and
 * its answer), `deliveries` (every webhook and how it was answered) and the state: `checkRuns`, `reviewComments`,
 * and the fields of a pull request (`reviews`, `threads`, `comments`). `github.fault` may delay, cut or refuse any
 * request. A request that GitHub would refuse is refused here with its status and its words, and so is one with a
 * key or parameter that GitHub's description does not have; the latter are listed in `violations` too.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addIssueComment,
  addReply,
  announceIssueComment,
  announceThread,
  deleteReviewComment,
  react,
} from './conversation.ts';
import { type Hub, LIMITS, type Limits } from './hub.ts';
import { labelJson } from './present/pull.ts';
import { installationJson, repositoryListing } from './present/repository.ts';
import { announcePull, branchMoved, writePullRef } from './pulls.ts';
import {
  type CommitSpec,
  cloneRepository,
  commit,
  type Files,
  initRepository,
  mergeBase,
  mergeCommit,
  objectId,
  resolve,
  updateRef,
} from './repository.ts';
import { announceRun, rerequestRun, rerequestSuite } from './rest/checks.ts';
import { type FaultHook, type LoggedRequest, startServer } from './server.ts';
import {
  type App,
  allPulls,
  type CheckRun,
  type CheckSuite,
  type Delivery,
  fullName,
  type IssueComment,
  idSequences,
  type Json,
  type Permissions,
  type PullRequest,
  type ReactionContent,
  type Repository,
  type ReviewComment,
  type Role,
  reviewComments,
  type State,
  type Thread,
  type User,
  userNamed,
} from './state.ts';
import { createWebhooks } from './webhooks.ts';

export type { CommitSpec, Files } from './repository.ts';
export type { FaultHook } from './server.ts';
export type * from './state.ts';

export interface GitHubOptions {
  /** 0, the default: any free one. */
  readonly port?: number;
  /** What the installation was granted. */
  readonly permissions?: Permissions;
  /** What the App is subscribed to. */
  readonly events?: readonly string[];
  readonly limits?: Partial<Limits>;
  /** Milliseconds that the App has to answer a webhook: GitHub's ten seconds unless told. */
  readonly webhookTimeout?: number;
}

const PERMISSIONS: Permissions = {
  metadata: 'read',
  contents: 'read',
  checks: 'write',
  pull_requests: 'write',
  issues: 'write',
  merge_queues: 'read',
};

const EVENTS: readonly string[] = [
  'pull_request',
  'pull_request_review_comment',
  'issue_comment',
  'check_run',
  'check_suite',
  'merge_group',
  'push',
];

export interface PullRequestSpec {
  readonly title?: string;
  readonly body?: string;
  /** Login. */
  readonly user?: string;
  readonly draft?: boolean;
  /** Branch that it is for; the default branch unless told. */
  readonly base?: string;
  /** Branch of the change; made, unless it exists. */
  readonly head?: string;
  /** What the branch adds to the base. */
  readonly commits?: readonly CommitSpec[];
  /** Repository that the branch is in: a fork. */
  readonly from?: Repository;
}

export interface PushSpec {
  readonly commits: readonly CommitSpec[];
  /** Commit to build on: anything but the branch's tip is a force-push. */
  readonly onto?: string;
  readonly user?: string;
}

export type StandInGitHub = Awaited<ReturnType<typeof startGitHub>>;

export async function startGitHub(options: GitHubOptions = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'adjutant-github-'));
  const changes = new EventEmitter().setMaxListeners(0);
  const changed = () => changes.emit('change');
  const requests: LoggedRequest[] = [];
  const violations: string[] = [];
  const state = createState(options);
  const webhooks = createWebhooks(state, { timeout: options.webhookTimeout ?? 10_000, violations, changed });
  const limits = { ...LIMITS, ...options.limits };
  const hub: Hub = {
    state,
    limits,
    tokens: new Map(),
    userTokens: new Map(),
    codes: new Map(),
    issued: [],
    webhooks,
    violations,
    changed,
  };
  let fault: FaultHook | undefined;
  const { server, url } = await startServer(hub, { port: options.port ?? 0, requests, fault: () => fault });
  state.url = url;
  const { app, installation } = state;
  const sender = (login: string | undefined) => (login === undefined ? app.owner : userNamed(state, login));

  async function register(name: string, parent: Repository | undefined, isPrivate: boolean, branch: string) {
    const [owner = '', short = ''] = name.split('/');
    const id = state.nextId('repository');
    const repository: Repository = {
      id,
      owner: userNamed(state, owner),
      name: short,
      private: isPrivate,
      defaultBranch: branch,
      gitDir: join(dir, `${id}.git`),
      parent,
      collaborators: new Map(),
      pulls: new Map(),
      createdAt: state.now(),
    };
    if (parent === undefined) await initRepository(repository.gitDir, branch);
    else await cloneRepository(parent.gitDir, repository.gitDir);
    state.repositories.set(name.toLowerCase(), repository);
    return repository;
  }

  async function push(repository: Repository, branch: string, spec: PushSpec): Promise<string> {
    const before = await resolve(repository.gitDir, `refs/heads/${branch}`);
    const after = await commit(repository.gitDir, branch, spec.onto ?? before, spec.commits);
    await branchMoved(hub, repository, branch, before, after, sender(spec.user));
    return after;
  }

  async function announceInstallation(event: string, action: string, fields: Json): Promise<void> {
    const body = { installation: installationJson(state, installation), ...fields };
    await webhooks.send({ event, action, repository: undefined, sender: app.owner, fields: body });
  }

  return {
    url,
    app: { id: app.id, privateKey: app.privateKey, webhookSecret: app.webhookSecret },
    installation,
    bot: app.bot,
    /** All that must never be seen anywhere else: tokens as they are issued, the key, the secrets. */
    secrets: () => [...hub.tokens.keys(), ...hub.issued, app.privateKey, app.webhookSecret, app.clientSecret],
    /** Users' tokens that nobody revoked. */
    userTokens: () => [...hub.userTokens.keys()],
    /** Addresses to which people may be sent back: the App's settings page has them. */
    callbackUrls: app.callbackUrls,
    /** For the App's process. */
    env: {
      APP_ID: String(app.id),
      PRIVATE_KEY: app.privateKey,
      WEBHOOK_SECRET: app.webhookSecret,
      GITHUB_CLIENT_ID: app.clientId,
      GITHUB_CLIENT_SECRET: app.clientSecret,
      GHE_HOST: url.replace('http://', ''),
      GHE_PROTOCOL: 'http',
    },
    requests,
    violations,
    deliveries: state.deliveries as readonly Delivery[],

    /** Where the App listens, without a path; undefined when it is down. */
    connect(target: string | undefined): void {
      webhooks.target = target;
    },
    set fault(hook: FaultHook | undefined) {
      fault = hook;
    },

    /** A repository with one commit of these files, in which the App is installed (without an event). */
    async createRepository(
      name: string,
      files: Files,
      about: { private?: boolean; branch?: string; commit?: Partial<CommitSpec> } = {},
    ): Promise<Repository> {
      const branch = about.branch ?? 'master';
      const repository = await register(name, undefined, about.private ?? false, branch);
      await commit(repository.gitDir, branch, undefined, [{ message: 'Start\n', ...about.commit, files }]);
      installation.repositories.add(repository);
      return repository;
    },
    /** A fork, in which the App is not installed. */
    fork(parent: Repository, owner: string): Promise<Repository> {
      return register(`${owner}/${parent.name}`, parent, parent.private, parent.defaultBranch);
    },
    setRole(repository: Repository, login: string, role: Role | undefined): void {
      userNamed(state, login);
      if (role === undefined) repository.collaborators.delete(login);
      else repository.collaborators.set(login, role);
    },
    /** The App's rights from now on; tokens that were issued keep theirs. */
    setPermissions(permissions: Permissions): void {
      installation.permissions = permissions;
    },

    /** Adds commits to a branch (made where it is new) and returns its tip. */
    push,
    async deleteBranch(repository: Repository, branch: string): Promise<void> {
      const before = await resolve(repository.gitDir, `refs/heads/${branch}`);
      await updateRef(repository.gitDir, `refs/heads/${branch}`, undefined);
      await branchMoved(hub, repository, branch, before, undefined, app.owner);
    },
    async createPullRequest(repository: Repository, spec: PullRequestSpec = {}): Promise<PullRequest> {
      const number = repository.pulls.size + 1;
      const base = spec.base ?? repository.defaultBranch;
      const from = spec.from ?? repository;
      const branch = spec.head ?? `change-${number}`;
      const baseSha = await resolve(repository.gitDir, `refs/heads/${base}`);
      if (baseSha === undefined) throw new Error(`no branch ${base}`);
      let head = await resolve(from.gitDir, `refs/heads/${branch}`);
      if (spec.commits !== undefined) {
        const user = spec.user ?? 'contributor';
        head = await push(from, branch, { commits: spec.commits, onto: head ?? baseSha, user });
      }
      if (head === undefined) throw new Error(`no branch ${branch}, and no commits for it`);
      const pull: PullRequest = {
        id: state.nextId('pull'),
        number,
        repository,
        user: sender(spec.user ?? 'contributor'),
        title: spec.title ?? (spec.commits?.at(-1)?.message.split('\n')[0] || 'A change'),
        body: spec.body ?? null,
        draft: spec.draft ?? false,
        state: 'open',
        labels: [],
        base: { ref: base, sha: baseSha },
        head: { repository: from, owner: from.owner, ref: branch, sha: head },
        reviews: [],
        threads: [],
        comments: [],
        createdAt: state.now(),
        updatedAt: state.now(),
        closedAt: null,
        mergedAs: null,
      };
      repository.pulls.set(number, pull);
      await writePullRef(pull);
      await announcePull(hub, pull, 'opened', pull.user);
      return pull;
    },
    async close(pull?: PullRequest): Promise<void> {
      if (pull !== undefined) {
        pull.state = 'closed';
        pull.closedAt = state.now();
        return announcePull(hub, pull, 'closed', pull.user);
      }
      await stop();
    },
    async reopen(pull: PullRequest): Promise<void> {
      pull.state = 'open';
      pull.closedAt = null;
      await announcePull(hub, pull, 'reopened', pull.user);
    },
    async setDraft(pull: PullRequest, draft: boolean): Promise<void> {
      pull.draft = draft;
      await announcePull(hub, pull, draft ? 'converted_to_draft' : 'ready_for_review', pull.user);
    },
    /** Another title, body or base branch. */
    async edit(pull: PullRequest, to: { title?: string; body?: string; base?: string }): Promise<void> {
      const edits: Record<string, unknown> = {};
      if (to.title !== undefined) edits.title = { from: pull.title };
      if (to.body !== undefined) edits.body = { from: pull.body ?? '' };
      pull.title = to.title ?? pull.title;
      pull.body = to.body ?? pull.body;
      if (to.base !== undefined) {
        const sha = await resolve(pull.repository.gitDir, `refs/heads/${to.base}`);
        if (sha === undefined) throw new Error(`no branch ${to.base}`);
        edits.base = { ref: { from: pull.base.ref }, sha: { from: pull.base.sha } };
        pull.base.ref = to.base;
        pull.base.sha = sha;
      }
      await announcePull(hub, pull, 'edited', pull.user, { changes: edits });
    },
    async label(pull: PullRequest, name: string, present = true): Promise<void> {
      if (present) pull.labels.push(name);
      else pull.labels.splice(pull.labels.indexOf(name), 1);
      const label = labelJson(state, pull.repository, name);
      await announcePull(hub, pull, present ? 'labeled' : 'unlabeled', app.owner, { label });
    },
    /** Merges it into its base branch, as the button does. */
    async merge(pull: PullRequest): Promise<void> {
      const { gitDir } = pull.repository;
      const before = pull.base.sha;
      const merged = await mergeCommit(gitDir, before, pull.head.sha, `Merge pull request #${pull.number}`);
      await updateRef(gitDir, `refs/heads/${pull.base.ref}`, merged);
      Object.assign(pull, { state: 'closed', closedAt: state.now(), mergedAs: merged });
      await announcePull(hub, pull, 'closed', app.owner);
      await branchMoved(hub, pull.repository, pull.base.ref, before, merged, app.owner);
    },
    /** It is gone, without a word. Pull requests from a fork stay, and so do their commits under refs/pull. */
    deleteRepository(repository: Repository): void {
      state.repositories.delete(fullName(repository).toLowerCase());
      installation.repositories.delete(repository);
      for (const pull of allPulls(state)) {
        if (pull.head.repository === repository) pull.head.repository = undefined;
      }
    },

    /** A comment of a person in the conversation. */
    comment(pull: PullRequest, login: string, body: string): IssueComment {
      return addIssueComment(hub, pull, userNamed(state, login), body);
    },
    editComment(comment: IssueComment, body: string): void {
      const before = comment.body;
      comment.body = body;
      comment.updatedAt = state.now();
      announceIssueComment(hub, 'edited', comment, comment.user, before);
    },
    /** An answer of a person in a review thread. */
    reply(to: ReviewComment, login: string, body: string): ReviewComment {
      const first = to.thread.comments[0] ?? to;
      return addReply(hub, first, userNamed(state, login), body);
    },
    deleteReviewComment(comment: ReviewComment, login: string): void {
      deleteReviewComment(hub, comment, userNamed(state, login));
    },
    react(comment: IssueComment | ReviewComment, login: string, content: ReactionContent): void {
      react(hub, comment, userNamed(state, login), content);
    },
    resolveThread(thread: Thread, login: string): void {
      thread.resolvedBy = userNamed(state, login);
      announceThread(hub, 'resolved', thread, thread.resolvedBy);
    },
    /** "Re-run" beside a check run, or "Re-run all checks". */
    rerequest(what: CheckRun | CheckSuite, login?: string): void {
      if ('runs' in what) rerequestSuite(hub, what, sender(login));
      else rerequestRun(hub, what, sender(login));
    },
    /** A press of one of a check run's buttons. */
    requestAction(run: CheckRun, identifier: string, login?: string): void {
      if (!run.actions.some((action) => action.identifier === identifier))
        throw new Error(`no button ${identifier}`);
      announceRun(hub, run, 'requested_action', sender(login), { requested_action: { identifier } });
    },
    /** A merge queue builds a commit of base and head, and asks for its checks. Returns the commit. */
    async queueMerge(
      pull: PullRequest,
      action: 'checks_requested' | 'destroyed' = 'checks_requested',
    ): Promise<string> {
      const { repository } = pull;
      const { gitDir } = repository;
      const ref = `refs/heads/gh-readonly-queue/${pull.base.ref}/pr-${pull.number}-${pull.base.sha}`;
      const message = `Merge pull request #${pull.number}`;
      const known = await resolve(gitDir, ref);
      const head = known ?? (await mergeCommit(gitDir, pull.base.sha, pull.head.sha, message));
      await updateRef(gitDir, ref, action === 'destroyed' ? undefined : head);
      const merge_group = {
        head_sha: head,
        head_ref: ref,
        base_ref: `refs/heads/${pull.base.ref}`,
        base_sha: pull.base.sha,
        head_commit: {
          id: head,
          tree_id: await objectId(gitDir, `${head}^{tree}`),
          message,
          timestamp: state.now(),
          author: { name: 'GitHub', email: 'noreply@github.com' },
          committer: { name: 'GitHub', email: 'noreply@github.com' },
        },
      };
      const fields = { merge_group, ...(action === 'destroyed' ? { reason: 'dequeued' } : {}) };
      await webhooks.send({ event: 'merge_group', action, repository, sender: app.owner, fields });
      return head;
    },
    /** The App is taken away from a repository, or given one more. */
    async setInstalled(repository: Repository, installed: boolean): Promise<void> {
      if (installed) installation.repositories.add(repository);
      else installation.repositories.delete(repository);
      const listed = [repositoryListing(repository)];
      await announceInstallation('installation_repositories', installed ? 'added' : 'removed', {
        repository_selection: 'selected',
        repositories_added: installed ? listed : [],
        repositories_removed: installed ? [] : listed,
        requester: null,
      });
    },
    async announceInstalled(
      action: 'created' | 'deleted' | 'suspend' | 'unsuspend' | 'new_permissions_accepted',
    ) {
      if (action === 'suspend') installation.suspendedAt = state.now();
      if (action === 'unsuspend') installation.suspendedAt = null;
      const repositories = [...installation.repositories].map(repositoryListing);
      if (action === 'deleted') installation.repositories.clear();
      await announceInstallation('installation', action, {
        repositories,
        ...(action === 'created' ? { requester: null } : {}),
      });
    },
    ping(): Promise<Delivery | undefined> {
      const hook = { type: 'App', id: app.id, name: 'web', active: true, events: app.events, app_id: app.id };
      const config = {
        content_type: 'json',
        insecure_ssl: '0',
        secret: '********',
        url: `${webhooks.target ?? url}/api/github/webhooks`,
      };
      const times = { updated_at: app.createdAt, created_at: app.createdAt };
      const fields = {
        zen: 'Keep it logically awesome.',
        hook_id: app.id,
        hook: { ...hook, config, ...times },
      };
      return webhooks.send({ event: 'ping', action: null, repository: undefined, sender: app.owner, fields });
    },
    /** Sends any event, as it is; one that is not described is a violation. */
    deliver(
      event: string,
      action: string | null,
      fields: Json,
      repository?: Repository,
    ): Promise<Delivery | undefined> {
      return webhooks.send({ event, action, repository, sender: app.owner, fields });
    },
    /** Sends a delivery again, with the same id. */
    redeliver: webhooks.redeliver,
    /** Takes the validity from every installation token that was issued. */
    expireTokens(): void {
      for (const token of hub.tokens.values()) token.expiresAt = 0;
    },

    /** All check runs of a pull request's head, oldest first. */
    checkRuns(pull: PullRequest): CheckRun[] {
      return [...state.checkRuns.values()].filter(
        (run) => run.head === pull.head.sha && run.repository === pull.repository,
      );
    },
    allCheckRuns: () => [...state.checkRuns.values()],
    /** Comments in review threads that are submitted, oldest first. */
    reviewComments: (pull: PullRequest) =>
      reviewComments(pull).filter(({ review }) => review.state !== 'PENDING'),
    mergeBase: (pull: PullRequest) => mergeBase(pull.repository.gitDir, pull.base.sha, pull.head.sha),
    /** Resolves when no webhook is under way. */
    settled: () => webhooks.settled(),
    /** Resolves when `seen` holds; looks again at every change. Rejects after `timeout` milliseconds. */
    async waitFor(seen: () => boolean | Promise<boolean>, timeout = 20_000): Promise<void> {
      const signal = AbortSignal.timeout(timeout);
      while (!(await seen())) {
        await once(changes, 'change', { signal }).catch(() => {
          const last = requests.slice(-8).map((one) => `${one.status} ${one.method} ${one.path}`);
          throw new Error(
            `not seen within ${timeout} ms; last requests:\n${last.join('\n')}\n${violations.join('\n')}`,
          );
        });
      }
    },
  };

  async function stop(): Promise<void> {
    webhooks.target = undefined;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await webhooks.settled();
    await rm(dir, { recursive: true, force: true });
  }
}

/** One pair for the process: it takes long to make. */
const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

function createState(options: GitHubOptions): State {
  const nextId = idSequences();
  const users = new Map<string, User>();
  const now = () => `${new Date().toISOString().slice(0, 19)}Z`;
  const owner = userNamed({ users, nextId }, 'maintainer');
  const app: App = {
    id: 1_234_567,
    slug: 'adjutant',
    owner,
    ...keys,
    webhookSecret: randomBytes(20).toString('hex'),
    clientId: `Iv23li${randomBytes(7).toString('hex')}`,
    clientSecret: randomBytes(20).toString('hex'),
    callbackUrls: [],
    bot: userNamed({ users, nextId }, 'adjutant[bot]'),
    events: options.events ?? EVENTS,
    createdAt: now(),
  };
  const installation = {
    id: nextId('installation'),
    account: owner,
    repositories: new Set<Repository>(),
    permissions: options.permissions ?? PERMISSIONS,
    suspendedAt: null,
    createdAt: now(),
  };
  return {
    app,
    installation,
    users,
    repositories: new Map(),
    checkRuns: new Map(),
    checkSuites: new Map(),
    deliveries: [],
    url: '',
    nextId,
    now,
  };
}
