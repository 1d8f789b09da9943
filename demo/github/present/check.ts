/** Check runs and suites in GitHub's JSON. */
import { log } from '../repository.ts';
import {
  allPulls,
  type CheckRun,
  type CheckSuite,
  type Json,
  nodeId,
  type PullRequest,
  type Repository,
  type State,
} from '../state.ts';
import { apiUrl, appJson, htmlUrl, repositoryJson, repositoryReference } from './repository.ts';

/** Pull requests whose head is this commit and in this repository: those of forks are not listed. */
function pullsOf(state: State, repository: Repository, head: string): PullRequest[] {
  return allPulls(state).filter(
    (pull) =>
      pull.head.sha === head &&
      pull.head.repository === repository &&
      pull.repository === repository &&
      pull.state === 'open',
  );
}

function pullReference(state: State, pull: PullRequest): Json {
  const side = (place: { ref: string; sha: string }, repository: Repository) => ({
    ref: place.ref,
    sha: place.sha,
    repo: repositoryReference(state, repository),
  });
  return {
    url: `${apiUrl(state, pull.repository)}/pulls/${pull.number}`,
    id: pull.id,
    number: pull.number,
    head: side(pull.head, pull.repository),
    base: side(pull.base, pull.repository),
  };
}

export function checkRunJson(state: State, run: CheckRun): Json {
  const api = `${apiUrl(state, run.repository)}/check-runs/${run.id}`;
  const html = `${htmlUrl(state, run.repository)}/runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId('CR', run.id),
    name: run.name,
    head_sha: run.head,
    external_id: run.externalId,
    url: api,
    html_url: html,
    details_url: run.detailsUrl,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${api}/annotations`,
    },
    check_suite: { id: run.suite.id },
    app: appJson(state),
    pull_requests: pullsOf(state, run.repository, run.head).map((pull) => pullReference(state, pull)),
  };
}

export function suiteStatus(suite: CheckSuite): { status: string; conclusion: string | null } {
  if (suite.reset || suite.runs.length === 0) return { status: 'queued', conclusion: null };
  const newest = new Map(suite.runs.map((run) => [run.name, run]));
  const runs = [...newest.values()];
  if (runs.some((run) => run.status !== 'completed')) {
    const started = runs.some((run) => run.status !== 'queued');
    return { status: started ? 'in_progress' : 'queued', conclusion: null };
  }
  const order = ['failure', 'timed_out', 'action_required', 'cancelled', 'success', 'neutral', 'skipped'];
  const worst = order.find((conclusion) => runs.some((run) => run.conclusion === conclusion));
  return { status: 'completed', conclusion: worst ?? 'neutral' };
}

/** A suite without its repository and commit: what a check run's event carries. */
function suiteCore(state: State, suite: CheckSuite): Json {
  return {
    id: suite.id,
    node_id: nodeId('CS', suite.id),
    head_branch: suite.branch,
    head_sha: suite.head,
    ...suiteStatus(suite),
    url: `${apiUrl(state, suite.repository)}/check-suites/${suite.id}`,
    before: null,
    after: suite.head,
    created_at: suite.createdAt,
    updated_at: suite.createdAt,
    app: appJson(state),
    pull_requests: pullsOf(state, suite.repository, suite.head).map((pull) => pullReference(state, pull)),
  };
}

export async function suiteJson(state: State, suite: CheckSuite): Promise<Json> {
  const core = suiteCore(state, suite);
  const [commit] = await log(suite.repository.gitDir, [suite.head], 1);
  const person = ({ name, email }: { name: string; email: string }) => ({ name, email });
  return {
    ...core,
    repository: repositoryJson(state, suite.repository),
    rerequestable: true,
    runs_rerequestable: true,
    latest_check_runs_count: suite.runs.length,
    check_runs_url: `${apiUrl(state, suite.repository)}/check-suites/${suite.id}/check-runs`,
    head_commit: {
      id: suite.head,
      tree_id: commit?.tree,
      message: commit?.message,
      timestamp: commit?.committer.date,
      author: commit && person(commit.author),
      committer: commit && person(commit.committer),
    },
  };
}

/** A check run as its webhooks carry it. */
export function checkRunEventJson(state: State, run: CheckRun): Json {
  return { ...checkRunJson(state, run), check_suite: suiteCore(state, run.suite) };
}
