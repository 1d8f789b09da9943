/** Check runs and suites. */
import { type Answer, type Call, created, type Handlers, list, ok, page, repositoryOf } from '../call.ts';
import { invalid, notFound, Refusal } from '../errors.ts';
import { announce, type Hub } from '../hub.ts';
import { checkRunEventJson, checkRunJson, suiteJson, suiteStatus } from '../present/check.ts';
import { announceSuite, suiteOf } from '../pulls.ts';
import { resolve } from '../repository.ts';
import {
  type Annotation,
  allPulls,
  type CheckAction,
  type CheckRun,
  type CheckStatus,
  type CheckSuite,
  type Json,
  type User,
} from '../state.ts';

interface RunRequest {
  readonly name?: string;
  readonly head_sha?: string;
  readonly details_url?: string;
  readonly external_id?: string;
  readonly status?: CheckStatus;
  readonly started_at?: string;
  readonly conclusion?: string;
  readonly completed_at?: string;
  readonly output?: {
    readonly title?: string;
    readonly summary: string;
    readonly text?: string;
    readonly annotations?: readonly Annotation[];
  };
  readonly actions?: readonly CheckAction[];
}

/** Bytes of an annotation's message and of its details. */
const ANNOTATION_BYTES = 65_536;

function checkAnnotations(annotations: readonly Annotation[]): void {
  for (const one of annotations) {
    const columns = one.start_column !== undefined || one.end_column !== undefined;
    if (one.start_line < 1 || one.end_line < one.start_line) {
      throw new Refusal(422, 'Invalid request.\n\nend_line must not be before start_line.');
    }
    if (columns && one.start_line !== one.end_line) {
      throw new Refusal(422, 'Invalid request.\n\nColumns need start_line and end_line to be the same.');
    }
    const tooLong = (text: string | undefined) => Buffer.byteLength(text ?? '') > ANNOTATION_BYTES;
    if (tooLong(one.message) || tooLong(one.raw_details) || (one.title?.length ?? 0) > 255) {
      throw new Refusal(422, 'Invalid request.\n\nAn annotation is too long.');
    }
  }
}

/** The maximum of summary and text is in bytes on GitHub's side; the description's maxLength is in characters. */
function checkOutput(asked: RunRequest): void {
  for (const key of ['summary', 'text'] as const) {
    if (Buffer.byteLength(asked.output?.[key] ?? '') > 65_535) {
      throw invalid({
        resource: 'CheckRun',
        code: 'custom',
        field: key,
        message: `${key} exceeds a maximum bytesize of 65535`,
      });
    }
  }
  checkAnnotations(asked.output?.annotations ?? []);
}

function apply(hub: Hub, run: CheckRun, asked: RunRequest, sender: User): void {
  const { conclusion } = asked;
  if (conclusion === 'stale') throw new Refusal(422, 'Invalid request.\n\nstale can only be set by GitHub.');
  if (asked.status === 'completed' && conclusion === undefined) {
    throw new Refusal(422, 'Invalid request.\n\nconclusion is required when status is completed.');
  }
  const wasCompleted = run.status === 'completed';
  run.name = asked.name ?? run.name;
  run.detailsUrl = asked.details_url ?? run.detailsUrl;
  run.externalId = asked.external_id ?? run.externalId;
  run.startedAt = asked.started_at ?? run.startedAt;
  if (asked.output !== undefined) {
    run.title = asked.output.title ?? run.title;
    run.summary = asked.output.summary;
    run.text = asked.output.text ?? run.text;
    run.annotations.push(...(asked.output.annotations ?? []));
  }
  run.actions = asked.actions ?? run.actions;
  if (conclusion !== undefined) {
    run.status = 'completed';
    run.conclusion = conclusion;
    run.completedAt = asked.completed_at ?? hub.state.now();
  } else if (asked.status !== undefined) {
    run.status = asked.status;
    run.conclusion = null;
    run.completedAt = null;
  }
  hub.changed();
  if (!wasCompleted && run.status === 'completed') {
    announceRun(hub, run, 'completed', sender);
    if (suiteStatus(run.suite).status === 'completed') announceSuite(hub, run.suite, 'completed', sender);
  }
}

export function announceRun(
  hub: Hub,
  run: CheckRun,
  action: 'created' | 'completed' | 'rerequested' | 'requested_action',
  sender: User,
  fields: Json = {},
): void {
  announce(hub, 'check_run', action, run.repository, sender, {
    check_run: checkRunEventJson(hub.state, run),
    ...fields,
  });
}

async function createRun(call: Call): Promise<Answer> {
  const { hub } = call;
  const { state } = hub;
  const repository = repositoryOf(call);
  const asked = call.body as RunRequest;
  const head = asked.head_sha ?? '';
  if (!/^[0-9a-f]{40}$/.test(head) || (await resolve(repository.gitDir, head)) === undefined) {
    throw new Refusal(422, `No commit found for SHA: ${head}`);
  }
  checkOutput(asked);
  const branch = allPulls(state).find(
    (pull) => pull.head.sha === head && pull.head.repository === repository,
  );
  const suite = suiteOf(hub, repository, head, branch?.head.ref ?? null);
  const run: CheckRun = {
    id: state.nextId('check'),
    suite,
    repository,
    head,
    name: asked.name ?? '',
    status: 'queued',
    conclusion: null,
    detailsUrl: state.url,
    externalId: '',
    title: null,
    summary: null,
    text: null,
    annotations: [],
    actions: [],
    startedAt: state.now(),
    completedAt: null,
  };
  apply(hub, run, asked, state.app.bot);
  state.checkRuns.set(run.id, run);
  suite.runs.push(run);
  suite.reset = false;
  const same = suite.runs.filter(({ name }) => name === run.name);
  const oldest = same.length > hub.limits.runsOfOneName ? same[0] : undefined;
  if (oldest !== undefined) {
    suite.runs.splice(suite.runs.indexOf(oldest), 1);
    state.checkRuns.delete(oldest.id);
  }
  announceRun(hub, run, 'created', state.app.bot);
  hub.changed();
  return created(checkRunJson(state, run));
}

function runOf(call: Call): CheckRun {
  const run = call.hub.state.checkRuns.get(Number(call.params.check_run_id));
  if (run === undefined || run.repository !== repositoryOf(call)) throw notFound();
  return run;
}

function foundSuite(call: Call): CheckSuite {
  const suite = call.hub.state.checkSuites.get(Number(call.params.check_suite_id));
  if (suite === undefined || suite.repository !== repositoryOf(call)) throw notFound();
  return suite;
}

function listRuns(call: Call, all: readonly CheckRun[]): Answer {
  const { check_name, status, filter = 'latest', app_id } = call.query;
  let runs = all.filter(
    (run) =>
      (check_name === undefined || run.name === check_name) &&
      (status === undefined || run.status === status) &&
      (app_id === undefined || Number(app_id) === call.hub.state.app.id),
  );
  if (filter === 'latest') runs = [...new Map(runs.map((run) => [run.name, run])).values()];
  runs = [...runs].sort((a, b) => b.id - a.id);
  const shown = page(call, runs);
  const check_runs = shown.items.map((run) => checkRunJson(call.hub.state, run));
  return ok({ total_count: runs.length, check_runs }, shown.headers);
}

async function shaOf(call: Call): Promise<string> {
  const ref = call.params.ref ?? '';
  const sha = await resolve(repositoryOf(call).gitDir, ref);
  if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${ref}`);
  return sha;
}

async function suitesFor(call: Call): Promise<CheckSuite[]> {
  const sha = await shaOf(call);
  const suites = [...call.hub.state.checkSuites.values()];
  return suites.filter((suite) => suite.repository === repositoryOf(call) && suite.head === sha);
}

export const checks: Handlers = {
  'checks/create': createRun,
  'checks/update': (call) => {
    const run = runOf(call);
    const asked = call.body as RunRequest;
    checkOutput(asked);
    apply(call.hub, run, asked, call.hub.state.app.bot);
    return ok(checkRunJson(call.hub.state, run));
  },
  'checks/get': (call) => ok(checkRunJson(call.hub.state, runOf(call))),
  'checks/list-annotations': (call) => {
    const run = runOf(call);
    return list(call, run.annotations, (one) => ({
      path: one.path,
      start_line: one.start_line,
      end_line: one.end_line,
      start_column: one.start_column ?? null,
      end_column: one.end_column ?? null,
      annotation_level: one.annotation_level,
      title: one.title ?? null,
      message: one.message,
      raw_details: one.raw_details ?? null,
      blob_href: `${call.hub.state.url}/${one.path}`,
    }));
  },
  'checks/list-for-ref': async (call) =>
    listRuns(
      call,
      (await suitesFor(call)).flatMap((suite) => suite.runs),
    ),
  'checks/list-for-suite': (call) => listRuns(call, foundSuite(call).runs),
  'checks/get-suite': async (call) => ok(await suiteJson(call.hub.state, foundSuite(call))),
  'checks/list-suites-for-ref': async (call) => {
    const suites = await suitesFor(call);
    const shown = page(call, suites);
    const check_suites = await Promise.all(shown.items.map((suite) => suiteJson(call.hub.state, suite)));
    return ok({ total_count: suites.length, check_suites }, shown.headers);
  },
  'checks/create-suite': async (call) => {
    const { head_sha } = call.body as { head_sha: string };
    const repository = repositoryOf(call);
    if ((await resolve(repository.gitDir, head_sha)) === undefined) {
      throw new Refusal(422, `No commit found for SHA: ${head_sha}`);
    }
    const suite = suiteOf(call.hub, repository, head_sha, null);
    return created(await suiteJson(call.hub.state, suite));
  },
  // A re-request by the API reaches the App as one by a person does.
  'checks/rerequest-run': (call) => {
    rerequestRun(call.hub, runOf(call), call.hub.state.app.bot);
    return created({});
  },
  'checks/rerequest-suite': (call) => {
    rerequestSuite(call.hub, foundSuite(call), call.hub.state.app.bot);
    return created({});
  },
};

/** Resets the suite, not the run: the App must make a new one. */
export function rerequestRun(hub: Hub, run: CheckRun, sender: User): void {
  run.suite.reset = true;
  announceRun(hub, run, 'rerequested', sender);
}

export function rerequestSuite(hub: Hub, suite: CheckSuite, sender: User): void {
  suite.reset = true;
  announceSuite(hub, suite, 'rerequested', sender);
}
