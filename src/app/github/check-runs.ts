/** Check runs: made, told, read back. */
import type { Octokit } from 'octokit';
import type { CheckRunStart, CheckRunState, CheckRunUpdate } from '../../jobs/forge.ts';

interface Place {
  readonly owner: string;
  readonly repo: string;
}

export async function createCheckRun(octokit: Octokit, place: Place, run: CheckRunStart): Promise<number> {
  const { data } = await octokit.rest.checks.create({
    ...place,
    name: run.name,
    head_sha: run.head,
    external_id: run.externalId,
    ...(run.detailsUrl === undefined ? {} : { details_url: run.detailsUrl }),
    status: 'queued',
    output: { title: 'Queued', summary: 'The review begins as soon as a worker is free.' },
    request: { retries: 0 },
  });
  return data.id;
}

export async function updateCheckRun(
  octokit: Octokit,
  place: Place,
  id: number,
  { status, conclusion, title, summary, detailsUrl, annotations = [], actions, once = false }: CheckRunUpdate,
): Promise<void> {
  await octokit.rest.checks.update({
    ...place,
    check_run_id: id,
    status,
    ...(detailsUrl === undefined ? {} : { details_url: detailsUrl }),
    ...(conclusion === undefined ? {} : { conclusion }),
    output: { title, summary, ...(annotations.length === 0 ? {} : { annotations: [...annotations] }) },
    ...(actions === undefined ? {} : { actions: actions.map((action) => ({ ...action })) }),
    // Annotations are appended: a request that is sent twice shows them twice.
    request: { retries: annotations.length === 0 && !once ? 3 : 0 },
  });
}

export async function checkRuns(
  octokit: Octokit,
  place: Place,
  appId: number,
  head: string,
): Promise<CheckRunState[]> {
  const runs = await octokit.paginate(octokit.rest.checks.listForRef, {
    ...place,
    ref: head,
    app_id: appId,
    filter: 'all',
    per_page: 100,
  });
  return runs.map((run) => ({
    id: run.id,
    name: run.name,
    externalId: run.external_id ?? '',
    completed: run.status === 'completed',
    annotations: run.output.annotations_count,
  }));
}
