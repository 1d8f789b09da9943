/** Pull requests that are empty, huge, long or made of merges alone: what each of them gets. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { PullRequest } from '../../demo/github/index.ts';
import { mergeCommit, resolve } from '../../demo/github/repository.ts';
import { appManifest } from './app-manifest.ts';
import { broken, clean, driver, functions } from './kernel-sample.ts';
import { conclusions, openReviewStage, type ReviewStage } from './review-stage.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const SIGNED = 'Signed-off-by: Some Body <somebody@example.org>';
const signed = (subject: string) => `port: ${subject}\n\nIt was time.\n\n${SIGNED}\n`;
const PASSED = ['success', 'success', 'success'];

let stage: ReviewStage;
beforeAll(async () => {
  stage = await openReviewStage();
});
afterAll(() => stage.close());
afterEach(() => {
  expect(stage.github.violations.splice(0)).toEqual([]);
});

const summaryOf = async (pull: PullRequest, checker: string) =>
  (await stage.reviewed(pull)).get(`adjutant / ${checker}`)?.summary ?? '';
const operations = () => stage.github.requests.map(({ operation }) => operation);

test('without a change: its messages are reviewed, and it passes', async () => {
  const { github } = stage;
  const repository = await stage.repository();
  const empty = { message: signed('nothing'), files: {} };
  const pull = await github.createPullRequest(repository, { commits: [empty] });
  expect(conclusions(await stage.reviewed(pull))).toEqual(PASSED);
  expect(pull.reviews).toEqual([]);
  await github.push(repository, pull.head.ref, {
    commits: [{ message: 'port: nothing again\n', files: {} }],
  });
  expect(conclusions(await stage.reviewed(pull))).toEqual(['success', 'success', 'failure']);
});

test('with findings in messages alone: the check run says them, and nobody is written to', async () => {
  const { github } = stage;
  const repository = await stage.repository();
  const pull = await github.createPullRequest(repository, {
    commits: [driver(`${clean}\nint port_count;\n`, false)],
  });
  expect(conclusions(await stage.reviewed(pull))).toEqual(['success', 'success', 'failure']);
  expect(pull.reviews).toEqual([]);
  expect(pull.comments).toEqual([]);
  expect(await summaryOf(pull, 'trailers')).toContain('Signed-off-by');
});

test('that asks for no checks: it is reviewed like any other, since its author must not decide that', async () => {
  const { github } = stage;
  const repository = await stage.repository();
  const { message, files } = driver(broken);
  const commits = [{ message: `${message}\n\nskip-checks: true\n`, files }];
  const pull = await github.createPullRequest(repository, { commits });
  expect(conclusions(await stage.reviewed(pull))[1]).toBe('failure');
});

test('of merges alone: what they bring with them is reviewed against the base, a merge of the base brings nothing', async () => {
  const { github } = stage;
  const repository = await stage.repository();
  const { gitDir, defaultBranch } = repository;
  const start = (await resolve(gitDir, defaultBranch)) as string;
  const moved = await github.push(repository, defaultBranch, {
    commits: [{ message: signed('move on'), files: { 'b.txt': 'b\n' } }],
  });
  const old = await github.push(repository, 'old', { commits: [{ message: signed('old') }], onto: start });
  const merge = await mergeCommit(gitDir, old, moved, `Merge branch '${defaultBranch}' into topic\n`);
  await github.push(repository, 'topic', { commits: [], onto: merge });
  const pull = await github.createPullRequest(repository, { head: 'topic' });
  expect(conclusions(await stage.reviewed(pull))).toEqual(PASSED);
  expect(github.reviewComments(pull)).toEqual([]);

  const side = await github.push(repository, 'side', { commits: [driver(broken)], onto: moved });
  const both = await mergeCommit(gitDir, merge, side, "Merge branch 'side' into topic\n");
  await github.push(repository, 'topic', { commits: [], onto: both });
  expect(conclusions(await stage.reviewed(pull))).toEqual(['success', 'failure', 'success']);
  expect(github.reviewComments(pull)).toHaveLength(1);
});

test('with 300 commits: GitHub lists 250, and every one is reviewed', async () => {
  const { github } = stage;
  const repository = await stage.repository();
  const commits = Array.from({ length: 299 }, (_, index) => ({
    message: signed(`note ${index}`),
    files: { [`notes/${index}.txt`]: 'x\n' },
  }));
  const from = github.requests.length;
  const pull = await github.createPullRequest(repository, { commits: [...commits, driver(broken, false)] });
  expect(conclusions(await stage.reviewed(pull))).toEqual(['success', 'failure', 'failure']);
  const summary = await summaryOf(pull, 'trailers');
  expect(summary).toContain('Reviewed 300 commits');
  expect(summary).toContain(pull.head.sha.slice(0, 12));
  expect(operations().slice(from)).not.toContain('pulls/list-commits');
});

test('with more commits than GitHub lists, and a base merged in that is far ahead: says what it could not see', async () => {
  const { github } = stage;
  const repository = await stage.repository();
  const { gitDir, defaultBranch } = repository;
  const notes = (count: number, about: string) =>
    Array.from({ length: count }, (_, index) => ({ message: signed(`${about} ${index}`), files: {} }));
  const start = (await resolve(gitDir, defaultBranch)) as string;
  const topic = await github.push(repository, 'topic', { commits: notes(255, 'topic'), onto: start });
  const moved = await github.push(repository, defaultBranch, { commits: notes(300, 'mainline') });
  const merge = await mergeCommit(gitDir, topic, moved, `Merge branch '${defaultBranch}' into topic\n`);
  await github.push(repository, 'topic', { commits: [], onto: merge });
  const pull = await github.createPullRequest(repository, { head: 'topic' });
  expect(conclusions(await stage.reviewed(pull))).toEqual(PASSED);
  expect(await summaryOf(pull, 'trailers')).toMatch(/Only 250 of the 256 commits/);
});

test('with 3,000 files, whose diff GitHub does not give: all are reviewed', async () => {
  const { github } = stage;
  const repository = await stage.repository();
  const many = Object.fromEntries(
    Array.from({ length: 2998 }, (_, index) => [
      `drivers/port/part${index}.c`,
      `int part_${index}(void)\n{\n\treturn ${index};\n}\n`,
    ]),
  );
  const files = {
    ...many,
    'drivers/a/first.c': broken,
    'drivers/z/last.c': broken.replaceAll('port', 'pipe'),
  };
  const from = github.requests.length;
  const pull = await github.createPullRequest(repository, { commits: [{ message: signed('many'), files }] });
  const runs = await stage.reviewed(pull);
  expect(conclusions(runs)).toEqual(['success', 'failure', 'success']);
  expect(runs.get('adjutant / null-deref')?.annotations.map(({ path }) => path)).toEqual([
    'drivers/a/first.c',
    'drivers/z/last.c',
  ]);
  expect(runs.get('adjutant / null-deref')?.summary).toContain('3000 files');
  expect(github.reviewComments(pull).map(({ thread }) => thread.path)).toEqual([
    'drivers/a/first.c',
    'drivers/z/last.c',
  ]);
  expect(operations().slice(from)).not.toContain('pulls/list-files');
});

test('full of findings: all of them are annotations, and the comments of one push have a limit', async () => {
  const { github } = stage;
  const many = functions(60);
  const pull = await stage.opened(`${clean}${many}`);
  const run = (await stage.reviewed(pull)).get('adjutant / null-deref');
  expect(run?.annotations).toHaveLength(60);
  expect(run?.title).toBe('60 errors introduced');
  expect(github.reviewComments(pull)).toHaveLength(20);
  await stage.pushed(pull, `${clean}${many}\nint port_count;\n`);
  expect(github.reviewComments(pull).length).toBeLessThanOrEqual(40);
});

test('many at once: no more comments than GitHub takes in a minute, and every finding in the check runs', async () => {
  const crowded = await openReviewStage(
    { ADJUTANT_WRITES_PER_MINUTE: '130' },
    { ...appManifest(), limits: { contentPerMinute: 80 } },
  );
  try {
    const { github } = crowded;
    const pulls: PullRequest[] = [];
    for (let index = 0; index < 5; index++)
      pulls.push(
        await github.createPullRequest(await crowded.repository(), {
          commits: [driver(`${clean}${functions(20)}`)],
        }),
      );
    for (const pull of pulls) {
      const run = (await crowded.reviewed(pull)).get('adjutant / null-deref');
      expect(run?.annotations).toHaveLength(20);
    }
    const comments = pulls.map((pull) => github.reviewComments(pull).length);
    expect(comments.filter((count) => count === 20).length).toBeGreaterThan(1);
    expect(comments.reduce((sum, count) => sum + count, 0)).toBeLessThan(80);
    expect(github.requests.filter(({ status }) => status === 403)).toEqual([]);
  } finally {
    await crowded.close();
  }
});
