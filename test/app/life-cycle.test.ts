/** What a repository's configuration, people's buttons and unusual pull requests make of reviews, end to end. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { PullRequest, ReviewComment, Thread } from '../../demo/github/index.ts';
import { appManifest } from './app-manifest.ts';
import { broken, brokenTwice, clean, driver } from './kernel-sample.ts';
import { conclusions, openReviewStage, type ReviewStage } from './review-stage.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const CONFIGURATION = '.github/adjutant.yml';

let stage: ReviewStage;
beforeAll(async () => {
  stage = await openReviewStage();
});
afterAll(() => stage.close());
afterEach(() => {
  expect(stage.github.violations.splice(0)).toEqual([]);
});

describe('the configuration', () => {
  test('that a pull request edits is checked with line and column, and does not hold yet', async () => {
    const { github } = stage;
    const repository = await stage.repository();
    const wrong = 'fail-on: never\nchekers:\n  null-deref:\n    enabled: false\n';
    const { message, files } = driver(broken);
    const pull = await github.createPullRequest(repository, {
      commits: [{ message, files: { ...files, [CONFIGURATION]: wrong } }],
    });
    const runs = await stage.reviewed(pull);
    expect(conclusions(runs)).toEqual(['failure', 'failure', 'failure']);
    const trailers = runs.get('adjutant / trailers');
    expect(trailers?.summary).toMatch(/line 2, column 1: unknown key/);
    expect(trailers?.annotations).toMatchObject([{ path: CONFIGURATION, start_line: 2, start_column: 1 }]);
    expect(runs.get('adjutant / null-deref')?.annotations).toHaveLength(1);

    await github.push(repository, pull.head.ref, {
      commits: [{ message, files: { [CONFIGURATION]: 'fail-on: never\n' } }],
    });
    const later = await stage.reviewed(pull);
    expect(conclusions(later)).toEqual(['success', 'failure', 'success']);
    expect(later.get('adjutant / lock-order')?.summary).toMatch(/is valid\. It holds once it is merged/);
  });

  test('that nobody can read leaves the defaults, and says so', async () => {
    const pull = await stage.opened(broken, { [CONFIGURATION]: 'fail-on: [\n' });
    const runs = await stage.reviewed(pull);
    expect(conclusions(runs)).toEqual(['success', 'failure', 'success']);
    expect(runs.get('adjutant / trailers')?.summary).toMatch(/configuration of the base branch is not valid/);
  });

  test('that is advisory fails nothing', async () => {
    const pull = await stage.opened(broken, { [CONFIGURATION]: 'advisory: true\n' });
    expect(conclusions(await stage.reviewed(pull))).toEqual(['success', 'success', 'success']);
    expect(stage.github.reviewComments(pull)).toHaveLength(1);
  });

  test('may want the findings in code scanning too', async () => {
    const { github } = stage;
    const repository = await stage.repository({ [CONFIGURATION]: 'upload-sarif: true\n' });
    const pull = await github.createPullRequest(repository, { commits: [driver(broken, false)] });
    await stage.reviewed(pull);
    const upload = () => github.requests.find(({ operation }) => operation === 'code-scanning/upload-sarif');
    await stage.seen(() => upload() !== undefined);
    const body = upload()?.body as { sarif: string; ref: string; commit_sha: string };
    expect(body).toMatchObject({ ref: `refs/pull/${pull.number}/head`, commit_sha: pull.head.sha });
    const log = JSON.parse(gunzipSync(Buffer.from(body.sarif, 'base64')).toString('utf8'));
    // Of the message that is not signed off there is nothing: it is in no file.
    expect(log.runs[0].results).toMatchObject([{ ruleId: 'null-deref/known-null' }]);
    expect(upload()?.status).toBe(202);
  });

  test('of the organisation holds where a repository has none', async () => {
    const { github } = stage;
    await github.createRepository('acme/.github', { [CONFIGURATION]: 'comment-limit: 1\nfail-on: never\n' });
    const repository = await github.createRepository('acme/linux', driver(clean).files);
    const pull = await github.createPullRequest(repository, { commits: [driver(brokenTwice)] });
    expect(conclusions(await stage.reviewed(pull))).toEqual(['success', 'success', 'success']);
    expect(github.reviewComments(pull)).toHaveLength(1);
    const own = await github.createRepository('acme/stable', {
      ...driver(clean).files,
      [CONFIGURATION]: 'comment-limit: 5\n',
    });
    const other = await github.createPullRequest(own, { commits: [driver(brokenTwice)] });
    expect(conclusions(await stage.reviewed(other))).toEqual(['success', 'failure', 'success']);
    expect(github.reviewComments(other)).toHaveLength(2);
  });

  test('may leave drafts and labels alone, until they are ready or the label is gone', async () => {
    const { github } = stage;
    const repository = await stage.repository({
      [CONFIGURATION]: 'drafts: skip\nskip-labels: [no-review]\n',
    });
    const draft = await github.createPullRequest(repository, { commits: [driver(broken)], draft: true });
    const skipped = await stage.reviewed(draft);
    expect(conclusions(skipped)).toEqual(['neutral', 'neutral', 'neutral']);
    expect(skipped.get('adjutant / trailers')).toMatchObject({ title: 'Not reviewed' });
    expect(github.reviewComments(draft)).toEqual([]);
    await github.setDraft(draft, false);
    expect(conclusions(await stage.reviewed(draft, 6))).toEqual(['success', 'failure', 'success']);

    await github.label(draft, 'No-Review');
    expect(conclusions(await stage.pushed(draft, brokenTwice))).toEqual(['neutral', 'neutral', 'neutral']);
    await github.label(draft, 'No-Review', false);
    expect(conclusions(await stage.reviewed(draft, 6))).toEqual(['success', 'failure', 'success']);
    await github.label(draft, 'other');
    await github.label(draft, 'other', false);
    await stage.quiet();
    expect(github.checkRuns(draft)).toHaveLength(6);
  });
});

describe('a merge queue', () => {
  test('gets its checks on the commit that it built, and no comment', async () => {
    const { github } = stage;
    const pull = await stage.opened(broken);
    const head = await github.queueMerge(pull);
    const runs = () => github.allCheckRuns().filter((run) => run.head === head);
    await stage.seen(() => runs().length === 3 && runs().every((run) => run.status === 'completed'));
    expect(conclusions(new Map(runs().map((run) => [run.name, run])))).toEqual([
      'success',
      'failure',
      'success',
    ]);
    expect(github.reviewComments(pull)).toHaveLength(1);
    expect(pull.comments).toEqual([]);
    await github.queueMerge(pull, 'destroyed');
    await stage.quiet();
    expect(runs()).toHaveLength(3);
  });

  test('that gives a commit up leaves no check open', async () => {
    const { github } = stage;
    const pull = await stage.opened(clean.replace('speed', 'pace'));
    github.fault = ({ operation }) => (operation === 'checks/create' ? { delay: 700 } : undefined);
    const head = await github.queueMerge(pull);
    await github.queueMerge(pull, 'destroyed');
    github.fault = undefined;
    const runs = () => github.allCheckRuns().filter((run) => run.head === head);
    await stage.seen(() => runs().length === 3 && runs().every((run) => run.status === 'completed'));
  });

  test('lets through what was dismissed on the pull request', async () => {
    const { github } = stage;
    const pull = await stage.opened(broken);
    const run = (await stage.reviewed(pull)).get('adjutant / null-deref');
    if (run !== undefined) github.requestAction(run, 'dismiss', 'maintainer');
    await stage.reviewed(pull, 4);
    const head = await github.queueMerge(pull);
    const runs = () => github.allCheckRuns().filter((one) => one.head === head);
    await stage.seen(() => runs().length === 3 && runs().every((one) => one.status === 'completed'));
    expect(runs().map(({ conclusion }) => conclusion)).toEqual(['success', 'success', 'success']);
  });
});

test('a push to the base branch brings its tip into the mirror, one to another branch does not', async () => {
  const { github } = stage;
  const pull = await stage.opened(broken);
  const { repository } = pull;
  const fetched = () => github.requests.filter(({ path }) => path.includes(`${repository.name}.git`)).length;
  const before = fetched();
  await github.push(repository, 'topic', { commits: [driver(brokenTwice)], onto: pull.base.sha });
  await stage.quiet();
  expect(fetched()).toBe(before);
  await github.push(repository, 'master', { commits: [driver(brokenTwice)] });
  await stage.seen(() => fetched() > before);
});

test('a repository from which the App is taken away is forgotten', async () => {
  const { github, app } = stage;
  const pull = await stage.opened(broken);
  const mirror = join(app.dataDir, 'data/mirrors', `${pull.repository.id}.git`);
  expect(existsSync(mirror)).toBe(true);
  await github.setInstalled(pull.repository, false);
  await expect.poll(() => existsSync(mirror), { timeout: 60_000, interval: 100 }).toBe(false);
  await github.setInstalled(pull.repository, true);
  github.deleteReviewComment(github.reviewComments(pull)[0] as ReviewComment, 'maintainer');
  await stage.pushed(pull, broken, pull.base.sha);
  // What was said before is not known any more.
  expect(github.reviewComments(pull)).toHaveLength(1);
});

describe('threads', () => {
  const threadOf = (pull: PullRequest) => pull.threads[0] as Thread;
  const mended = `${clean}\nint port_count;\n`;

  test('are left to people where the App may not write contents, as app.yml has it', async () => {
    const pull = await stage.opened(broken);
    await stage.pushed(pull, mended);
    expect(threadOf(pull).comments[0]?.minimized).toBe('resolved');
    expect(threadOf(pull).resolvedBy).toBeUndefined();
  });

  test('are resolved and opened again where it may, but for those in which a person wrote', async () => {
    const { permissions, events } = appManifest();
    const more = await openReviewStage({}, { events, permissions: { ...permissions, contents: 'write' } });
    try {
      const pull = await more.opened(broken);
      await more.pushed(pull, mended);
      expect(threadOf(pull).resolvedBy).toBe(more.github.bot);
      await more.pushed(pull, broken);
      expect(threadOf(pull).resolvedBy).toBeUndefined();
      more.github.reply(threadOf(pull).comments[0] as ReviewComment, 'contributor', 'On purpose.');
      await more.pushed(pull, mended);
      expect(threadOf(pull).comments[0]?.body).toMatch(/Not found any more/);
      expect(threadOf(pull).resolvedBy).toBeUndefined();
      expect(more.github.violations).toEqual([]);
    } finally {
      await more.close();
    }
  });
});

test('two findings of a rule at one line have one comment; the second gets its own when the first is gone', async () => {
  const { github } = stage;
  const sum = (test: string) => `${clean}
int port_sum(struct port *a, struct port *b)
{
	if (${test})
		return a->speed + b->speed;
	return 0;
}
`;
  const pull = await stage.opened(sum('!a && !b'));
  expect((await stage.reviewed(pull)).get('adjutant / null-deref')?.annotations).toHaveLength(2);
  expect(github.reviewComments(pull)).toHaveLength(1);
  const [first] = github.reviewComments(pull);
  expect(first?.body).toContain('1 more of this rule at this line');
  await stage.pushed(pull, sum('!a && b'));
  expect(first?.body).toMatch(/Not found any more/);
  expect(github.reviewComments(pull)).toHaveLength(2);
  expect(pull.reviews.at(-1)?.body).toBe('1 error introduced.');
});

test('what one commit breaks and a later one mends is a note of the check run, and no comment', async () => {
  const { github } = stage;
  const repository = await stage.repository();
  const mended = driver(`${clean}\nint port_count;\n`);
  const pull = await github.createPullRequest(repository, { commits: [driver(broken), mended] });
  const runs = await stage.reviewed(pull);
  expect(conclusions(runs)).toEqual(['success', 'success', 'success']);
  const run = runs.get('adjutant / null-deref');
  expect(run).toMatchObject({ title: 'Nothing found, 1 broken in between', annotations: [] });
  expect(run?.summary).toMatch(/Broken in between[\s\S]*port\.c:11[\s\S]*since[\s\S]*mends it/);
  expect(pull.reviews).toEqual([]);
});

test.each([
  ['failure', ''],
  ['neutral', 'on-error: neutral'],
])('a review that can not be done ends as %s where the base branch says "%s"', async (conclusion, text) => {
  // Too little for the analysis to begin: what the configuration says is known all the same.
  const starved = await openReviewStage({ ADJUTANT_REVIEW_MEMORY: '64' });
  try {
    const repository = await starved.repository({ [CONFIGURATION]: text });
    const pull = await starved.github.createPullRequest(repository, { commits: [driver(broken)] });
    const runs = await starved.reviewed(pull);
    expect(conclusions(runs)).toEqual([conclusion, conclusion, conclusion]);
    for (const run of runs.values()) expect(run.title).toBe('could not review');
  } finally {
    await starved.close();
  }
});
