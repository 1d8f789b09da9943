import type { Octokit } from 'octokit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PullRequest, type StandInGitHub, startGitHub } from '../../../demo/github/index.ts';
import { clientOf, refused } from './client.ts';

let github: StandInGitHub;
let pull: PullRequest;
let client: Octokit;
const at = { owner: 'owner', repo: 'tree' };

beforeEach(async () => {
  github = await startGitHub({ limits: { runsOfOneName: 2 } });
  const repository = await github.createRepository('owner/tree', { 'a.c': 'one\n' });
  pull = await github.createPullRequest(repository, {
    commits: [{ message: 'a', files: { 'a.c': 'two\n' } }],
  });
  client = await clientOf(github);
});
afterEach(() => github.close());

const annotations = (count: number) =>
  Array.from({ length: count }, () => ({
    path: 'a.c',
    start_line: 1,
    end_line: 1,
    annotation_level: 'warning' as const,
    message: 'm',
  }));

async function begin(fields: object = {}) {
  const asked = { ...at, name: 'adjutant / x', head_sha: pull.head.sha, ...fields };
  return (await client.rest.checks.create(asked)).data;
}

const update = (id: number, fields: object) =>
  client.rest.checks.update({ ...at, check_run_id: id, ...fields });

describe('a check run', () => {
  it('goes from queued to in progress to completed', async () => {
    const { id, status } = await begin();
    expect(status).toBe('queued');
    expect((await update(id, { status: 'in_progress' })).data).toMatchObject({
      status: 'in_progress',
      conclusion: null,
    });
    const ended = await update(id, { conclusion: 'success' });
    expect(ended.data).toMatchObject({ status: 'completed', conclusion: 'success' });
    expect(ended.data.completed_at).not.toBeNull();
  });

  it('needs a conclusion to be completed, and one that an App may give', async () => {
    const { id } = await begin();
    expect((await refused(update(id, { status: 'completed' }))).status).toBe(422);
    expect((await refused(update(id, { conclusion: 'stale' }))).message).toContain('stale');
    expect((await refused(update(id, { conclusion: 'fine' }))).status).toBe(422);
    expect(github.checkRuns(pull)[0]?.status).toBe('queued');
  });

  it('is of a commit that exists', async () => {
    expect((await refused(begin({ head_sha: '0'.repeat(40) }))).message).toMatch(/No commit found/);
    expect((await refused(begin({ head_sha: pull.head.sha.slice(0, 12) }))).status).toBe(422);
  });

  it('takes 50 annotations a request, and appends those of the next', async () => {
    const output = (count: number) => ({
      output: { title: 't', summary: 's', annotations: annotations(count) },
    });
    const { id } = await begin();
    expect((await refused(update(id, output(51)))).status).toBe(422);
    await update(id, output(50));
    expect((await update(id, output(3))).data.output.annotations_count).toBe(53);
    const shown = await client.paginate(client.rest.checks.listAnnotations, { ...at, check_run_id: id });
    expect(shown).toHaveLength(53);
  });

  it('has limits on the parts of an annotation', async () => {
    const { id } = await begin();
    const [one] = annotations(1);
    const annotate = (fields: object) =>
      update(id, { output: { title: 't', summary: 's', annotations: [{ ...one, ...fields }] } });
    await annotate({ start_column: 1, end_column: 2, title: 'x'.repeat(255), message: 'm'.repeat(65_536) });
    expect((await refused(annotate({ end_line: 2, start_column: 1 }))).status).toBe(422);
    expect((await refused(annotate({ start_line: 2 }))).status).toBe(422);
    expect((await refused(annotate({ title: 'x'.repeat(256) }))).status).toBe(422);
    expect((await refused(annotate({ message: 'm'.repeat(65_537) }))).status).toBe(422);
  });

  it.each(['summary', 'text'])('has a %s of at most 65,535 bytes', async (key) => {
    const { id } = await begin();
    const output = (text: string) => ({ output: { title: 't', summary: 's', [key]: text } });
    await update(id, output('x'.repeat(65_535)));
    expect((await refused(update(id, output('x'.repeat(65_536))))).status).toBe(422);
    expect((await refused(update(id, output('é'.repeat(40_000))))).status).toBe(422);
  });

  it('has at most three buttons of 20, 40 and 20 characters', async () => {
    const { id } = await begin();
    const button = { label: 'l'.repeat(20), description: 'd'.repeat(40), identifier: 'i'.repeat(20) };
    const withButtons = (...actions: object[]) => update(id, { actions });
    await withButtons(button, button, button);
    expect((await refused(withButtons(button, button, button, button))).status).toBe(422);
    for (const key of Object.keys(button)) {
      expect((await refused(withButtons({ ...button, [key]: 'x'.repeat(41) }))).status).toBe(422);
    }
  });

  it('is listed by commit, the newest of a name alone unless all are asked for', async () => {
    const first = await begin();
    const second = await begin();
    const latest = await client.rest.checks.listForRef({ ...at, ref: pull.head.sha });
    expect(latest.data.check_runs.map(({ id }) => id)).toEqual([second.id]);
    const all = await client.rest.checks.listForRef({ ...at, ref: pull.head.sha, filter: 'all' });
    expect(all.data.check_runs.map(({ id }) => id)).toEqual([second.id, first.id]);
  });

  it('is deleted when there are too many of its name', async () => {
    const [first, second, third] = [await begin(), await begin(), await begin()];
    await begin({ name: 'another' });
    const all = await client.rest.checks.listForRef({
      ...at,
      ref: pull.head.sha,
      filter: 'all',
      check_name: third.name,
    });
    expect(all.data.check_runs.map(({ id }) => id)).toEqual([third.id, second.id]);
    expect((await refused(update(first.id, { conclusion: 'success' }))).status).toBe(404);
  });

  it('names the pull requests of its commit, but not those from a fork', async () => {
    expect((await begin()).pull_requests).toHaveLength(1);
    const fork = await github.fork(pull.repository, 'contributor');
    const other = await github.createPullRequest(pull.repository, {
      from: fork,
      commits: [{ message: 'b', files: { 'a.c': 'three\n' } }],
    });
    expect((await begin({ head_sha: other.head.sha })).pull_requests).toEqual([]);
  });
});

describe('a check suite', () => {
  it('is one for a commit and ends with its runs', async () => {
    const one = await begin({ name: 'one' });
    const two = await begin({ name: 'two' });
    expect(one.check_suite?.id).toBe(two.check_suite?.id);
    const suite = async () => {
      const answer = await client.rest.checks.getSuite({ ...at, check_suite_id: one.check_suite?.id ?? 0 });
      return [answer.data.status, answer.data.conclusion];
    };
    await update(one.id, { conclusion: 'success' });
    expect(await suite()).toEqual(['in_progress', null]);
    await update(two.id, { conclusion: 'failure' });
    expect(await suite()).toEqual(['completed', 'failure']);
  });

  it('is reset by a re-request, which leaves the run as it was until there is a new one', async () => {
    const { id, check_suite } = await begin();
    await update(id, { conclusion: 'failure' });
    const [run] = github.checkRuns(pull);
    if (run === undefined) throw new Error('no run');
    await github.settled();
    github.rerequest(run, 'contributor');
    await github.settled();
    expect(github.deliveries.at(-1)).toMatchObject({ event: 'check_run', action: 'rerequested' });
    expect(run.status).toBe('completed');
    const suite = () => client.rest.checks.getSuite({ ...at, check_suite_id: check_suite?.id ?? 0 });
    expect((await suite()).data.status).toBe('queued');
    await update((await begin()).id, { conclusion: 'success' });
    expect((await suite()).data.conclusion).toBe('success');
  });
});

it('tells the App which button was pressed, and knows no other', async () => {
  const { id } = await begin({ actions: [{ label: 'Again', description: 'd', identifier: 'rerun' }] });
  const run = github.checkRuns(pull).find((one) => one.id === id);
  if (run === undefined) throw new Error('no run');
  github.requestAction(run, 'rerun', 'contributor');
  await github.settled();
  expect(github.deliveries.at(-1)?.payload).toMatchObject({
    action: 'requested_action',
    requested_action: { identifier: 'rerun' },
    sender: { login: 'contributor' },
  });
  expect(() => github.requestAction(run, 'other')).toThrow('no button other');
});
