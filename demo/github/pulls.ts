/** The life of a pull request on GitHub's side: opened, pushed to, edited, closed; and threads that move with it. */
import { anchorOf, moveLine, parseDiff, pullDiff } from './diff.ts';
import { announce, type Hub } from './hub.ts';
import { suiteJson } from './present/check.ts';
import { pullJson } from './present/pull.ts';
import { htmlUrl, userJson } from './present/repository.ts';
import { diffText, fetchInto, log, mergeBase, resolve, updateRef } from './repository.ts';
import {
  allPulls,
  type CheckSuite,
  type Json,
  type PullRequest,
  type Repository,
  type Thread,
  type User,
} from './state.ts';

export async function announcePull(
  hub: Hub,
  pull: PullRequest,
  action: string,
  sender: User,
  fields: Json = {},
): Promise<void> {
  // Made at once: what happens to the pull request before it is sent is not in it.
  const body = await pullJson(hub.state, pull);
  announce(hub, 'pull_request', action, pull.repository, sender, {
    number: pull.number,
    pull_request: body,
    ...fields,
  });
}

/** Lets `refs/pull/N/head` of the base repository name the head, wherever that lives. */
export async function writePullRef(pull: PullRequest): Promise<void> {
  const { gitDir } = pull.repository;
  const ref = `refs/pull/${pull.number}/head`;
  const from = pull.head.repository;
  if (from === undefined || from === pull.repository) await updateRef(gitDir, ref, pull.head.sha);
  else await fetchInto(gitDir, from.gitDir, `+refs/heads/${pull.head.ref}:${ref}`);
}

/** The suite of a commit; one is made at a push, before any check run asks for it. */
export function suiteOf(hub: Hub, repository: Repository, head: string, branch: string | null): CheckSuite {
  const { state } = hub;
  for (const suite of state.checkSuites.values()) {
    if (suite.repository === repository && suite.head === head) return suite;
  }
  const suite: CheckSuite = {
    id: state.nextId('suite'),
    repository,
    head,
    branch,
    runs: [],
    reset: false,
    createdAt: state.now(),
  };
  state.checkSuites.set(suite.id, suite);
  return suite;
}

export function announceSuite(hub: Hub, suite: CheckSuite, action: string, sender: User): void {
  const fields = suiteJson(hub.state, suite).then((check_suite) => ({ check_suite }));
  announce(hub, 'check_suite', action, suite.repository, sender, fields);
}

/** A branch moved: its pull requests follow, and the App hears of all that. */
export async function branchMoved(
  hub: Hub,
  repository: Repository,
  branch: string,
  before: string | undefined,
  after: string | undefined,
  sender: User,
): Promise<void> {
  const none = '0'.repeat(40);
  const push = await pushJson(hub, repository, branch, before ?? none, after ?? none, sender);
  announce(hub, 'push', null, repository, sender, push);
  if (after === undefined) return;
  if (repository.parent === undefined)
    announceSuite(hub, suiteOf(hub, repository, after, branch), 'requested', sender);
  for (const pull of allPulls(hub.state)) {
    if (pull.state !== 'open') continue;
    if (pull.repository === repository && pull.base.ref === branch) pull.base.sha = after;
    if (pull.head.repository !== repository || pull.head.ref !== branch || before === after) continue;
    pull.head.sha = after;
    pull.updatedAt = hub.state.now();
    await writePullRef(pull);
    await moveThreads(pull);
    await announcePull(hub, pull, 'synchronize', sender, { before: before ?? none, after });
  }
}

/** Threads follow their lines; one whose line changed or left the diff is outdated. */
async function moveThreads(pull: PullRequest): Promise<void> {
  if (pull.threads.length === 0) return;
  const { gitDir } = pull.repository;
  const files = parseDiff(await pullDiff(pull));
  const sinceCommit = new Map<string, ReturnType<typeof parseDiff>>();
  for (const thread of pull.threads) {
    if (thread.subject === 'file' || thread.originalLine === undefined) continue;
    if (!sinceCommit.has(thread.originalCommit)) {
      const gone = (await resolve(gitDir, thread.originalCommit)) === undefined;
      const text = gone ? '' : await diffText(gitDir, thread.originalCommit, pull.head.sha, '-U0');
      sinceCommit.set(thread.originalCommit, parseDiff(text));
    }
    const moved = (line: number) => {
      if (thread.side === 'LEFT') return line;
      const since = sinceCommit.get(thread.originalCommit)?.find(({ path }) => path === thread.path);
      return moveLine(since, line);
    };
    const line = moved(thread.originalLine);
    const file = files.find(({ path }) => path === thread.path);
    const anchor = file === undefined || line === undefined ? undefined : anchorOf(file, thread.side, line);
    place(thread, anchor === undefined ? undefined : line, anchor?.line.position, pull.head.sha);
    if (thread.originalStartLine !== undefined) {
      thread.startLine = thread.outdated ? undefined : moved(thread.originalStartLine);
    }
  }
}

function place(thread: Thread, line: number | undefined, position: number | undefined, head: string): void {
  thread.line = line;
  thread.position = position;
  thread.outdated = line === undefined;
  if (line !== undefined) thread.commit = head;
}

async function pushJson(
  hub: Hub,
  repository: Repository,
  branch: string,
  before: string,
  after: string,
  sender: User,
): Promise<Json> {
  const { state } = hub;
  const created = /^0+$/.test(before);
  const deleted = /^0+$/.test(after);
  const range = created ? [after] : [`${before}..${after}`];
  const commits = deleted ? [] : (await log(repository.gitDir, range, created ? 1 : 20)).reverse();
  const forced = !created && !deleted && (await mergeBase(repository.gitDir, before, after)) !== before;
  const html = htmlUrl(state, repository);
  const listed = commits.map((commit) => ({
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${html}/commit/${commit.sha}`,
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
    added: [],
    removed: [],
    modified: [],
  }));
  return {
    ref: `refs/heads/${branch}`,
    before,
    after,
    created,
    deleted,
    forced,
    base_ref: null,
    compare: `${html}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits: listed,
    head_commit: listed.at(-1) ?? null,
    pusher: { name: sender.login, email: `${sender.login}@example.org` },
    sender: userJson(state, sender),
  };
}
