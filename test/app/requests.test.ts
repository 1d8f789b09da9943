/** What a push costs: requests to GitHub, counted. Trees, commits, diff and configuration come from the mirror. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { PullRequest } from '../../demo/github/index.ts';
import { clean, driver, functions } from './kernel-sample.ts';
import { openReviewStage, type ReviewStage } from './review-stage.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

/** Of one push, by the issue of a review with ten findings. */
const BOUND = 18;

let stage: ReviewStage;
beforeAll(async () => {
  stage = await openReviewStage();
  // What the App asks when it starts is of no push: who it is, and which deliveries it missed.
  const { github } = stage;
  const isAnswered = (wanted: string) =>
    github.requests.some(({ operation, status }) => operation === wanted && status > 0);
  await stage.seen(() => isAnswered('apps/list-webhook-deliveries') && isAnswered('apps/get-authenticated'));
  await stage.quiet();
});
afterAll(async () => {
  expect(stage.github.violations).toEqual([]);
  await stage.close();
});

/** Operations of the REST and GraphQL APIs during some work; those of a slow machine's progress are left out. */
async function asked(work: () => Promise<unknown>): Promise<string[]> {
  const { github } = stage;
  const from = github.requests.length;
  await work();
  await stage.quiet();
  const own = github.requests.slice(from).filter(({ operation }) => !['git', 'page'].includes(operation));
  const steps = own.filter(({ operation, body }) => operation === 'checks/update' && isProgress(body));
  return own.filter((one) => !steps.includes(one)).map(({ operation }) => operation);
}

/** Told where a review takes more than a few seconds, and by no other. */
function isProgress(body: unknown): boolean {
  const { status, output } = body as { status?: string; output?: { title?: string } };
  return status === 'in_progress' && output?.title !== 'Reviewing';
}

describe('a push takes at most 18 requests', () => {
  let pull: PullRequest;
  const text = `${clean}${functions(10)}`;

  test('the first of a repository that the App has never seen, with ten findings', async () => {
    const repository = await stage.repository();
    const all = await asked(async () => {
      pull = await stage.github.createPullRequest(repository, { commits: [driver(text)] });
      await stage.reviewed(pull);
    });
    expect(stage.github.reviewComments(pull)).toHaveLength(10);
    // An owner with a configuration of its own has it read too, every five minutes.
    expect(all.length, all.join('\n')).toBeLessThanOrEqual(BOUND - 1);
    expect(all).not.toContain('pulls/list-commits');
    expect(all).not.toContain('pulls/list-files');
  });

  test('that mends all ten', async () => {
    const all = await asked(() => stage.pushed(pull, `${clean}\nint port_count;\n`));
    expect(stage.github.reviewComments(pull).map(({ minimized }) => minimized)).toEqual(
      Array(10).fill('resolved'),
    );
    expect(all.length, all.join('\n')).toBeLessThanOrEqual(BOUND);
  });

  test('that brings all ten back', async () => {
    const all = await asked(() => stage.pushed(pull, text));
    expect(stage.github.reviewComments(pull).map(({ minimized }) => minimized)).toEqual(
      Array(10).fill(undefined),
    );
    expect(all.length, all.join('\n')).toBeLessThanOrEqual(BOUND);
  });

  test('that changes nothing of what was said', async () => {
    const all = await asked(() => stage.pushed(pull, `${text}\nint port_count;\n`));
    expect(all.length, all.join('\n')).toBeLessThanOrEqual(BOUND - 2);
  });
});
