/** What a check run offers, and what its buttons do. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { CheckRun, PullRequest } from '../../demo/github/index.ts';
import { broken, brokenTwice, clean } from './kernel-sample.ts';
import { openReviewStage, type ReviewStage } from './review-stage.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let stage: ReviewStage;
beforeAll(async () => {
  stage = await openReviewStage();
});
afterAll(() => stage.close());
afterEach(() => {
  expect(stage.github.violations.splice(0)).toEqual([]);
});

const buttons = (run: CheckRun | undefined) => run?.actions.map(({ identifier }) => identifier);

async function nullDeref(pull: PullRequest, runs = 3): Promise<CheckRun> {
  const run = (await stage.reviewed(pull, runs)).get('adjutant / null-deref');
  if (run === undefined) throw new Error('no run');
  return run;
}

test('a run with findings has three buttons, one without has "again"', async () => {
  const pull = await stage.opened(broken);
  const runs = await stage.reviewed(pull);
  expect(buttons(runs.get('adjutant / null-deref'))).toEqual(['rerun', 'explain', 'dismiss']);
  expect(buttons(runs.get('adjutant / lock-order'))).toEqual(['rerun']);
});

test('"Review again" makes a new run of that check', async () => {
  const pull = await stage.opened(broken);
  stage.github.requestAction(await nullDeref(pull), 'rerun', 'maintainer');
  await stage.reviewed(pull, 4);
  const named = stage.github.checkRuns(pull).filter(({ name }) => name.endsWith('null-deref'));
  expect(named.map(({ conclusion }) => conclusion)).toEqual(['failure', 'failure']);
});

test('"Explain" explains each finding of that check in one comment', async () => {
  const pull = await stage.opened(brokenTwice);
  stage.github.requestAction(await nullDeref(pull), 'explain', 'contributor');
  await stage.seen(() => pull.comments.length === 1);
  const body = pull.comments[0]?.body ?? '';
  expect(body.match(/, error, high confidence$/gm)).toHaveLength(2);
  expect(body.match(/`\/dismiss [0-9a-f]{8} reason…`/g)).toHaveLength(2);
});

test('"All false alarms" dismisses them for who may write, and for nobody else', async () => {
  const pull = await stage.opened(brokenTwice);
  stage.github.requestAction(await nullDeref(pull), 'dismiss', 'contributor');
  await stage.seen(() => pull.comments.length === 1);
  expect(pull.comments[0]?.body).toMatch(/is not for `contributor`/);
  await stage.quiet();
  expect(stage.github.checkRuns(pull)).toHaveLength(3);

  stage.github.requestAction(await nullDeref(pull), 'dismiss', 'maintainer');
  const after = await nullDeref(pull, 4);
  expect(after).toMatchObject({ conclusion: 'success', title: 'Nothing found, 2 dismissed' });
  expect(after.summary?.match(/dismissed by `maintainer`/g)).toHaveLength(2);
  expect(buttons(after)).toEqual(['rerun']);
});

test('annotations come in any number', async () => {
  const function_ = (at: number) =>
    `\nint port_${at}(struct port *port)\n{\n\tif (!port)\n\t\treturn port->width;\n\treturn ${at};\n}\n`;
  const text = `${clean}${Array.from({ length: 120 }, (_, at) => function_(at)).join('')}`;
  const pull = await stage.opened(text);
  const run = await nullDeref(pull);
  expect(run.annotations).toHaveLength(120);
  expect(new Set(run.annotations.map(({ start_line }) => start_line)).size).toBe(120);
  expect(stage.github.reviewComments(pull)).toHaveLength(20);
  const sent = stage.github.requests
    .filter(({ path }) => path.endsWith(`/check-runs/${run.id}`))
    .map(({ body }) => (body as { output: { annotations?: unknown[] } }).output.annotations?.length ?? 0);
  // Without those that say which step a slow review is at.
  expect(sent.filter((count) => count > 0)).toEqual([50, 50, 20]);
});
