/** Whatever happens to a pull request, and in whatever order: what holds at the end. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { IssueComment, PullRequest, ReviewComment } from '../../demo/github/index.ts';
import { readFindingMark } from '../../src/report/github.ts';
import { appManifest } from './app-manifest.ts';
import { broken, brokenAndMoved, brokenTwice, clean, driver } from './kernel-sample.ts';
import { conclusions, openReviewStage, type ReviewStage } from './review-stage.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });

const TEXTS = { clean: `${clean}\nint port_count;\n`, broken, brokenAndMoved, brokenTwice };
const text = fc.constantFrom(...(Object.keys(TEXTS) as (keyof typeof TEXTS)[]));
const finding = fc.nat(1);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('push' as const), text }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('force-push' as const), text }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('recheck' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('dismiss' as const), finding }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('undismiss' as const), finding }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('re-run' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('redeliver' as const), which: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reply' as const), finding }) },
  // Until then one event overtakes the next.
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

let stage: ReviewStage;
beforeAll(async () => {
  // Threads are resolved too where the App may do that.
  const { permissions, events } = appManifest();
  stage = await openReviewStage({}, { events, permissions: { ...permissions, contents: 'write' } });
});
afterAll(() => stage.close());

/** Nothing is under way any more. */
async function settle(pull: PullRequest): Promise<void> {
  const { github } = stage;
  for (let before = -1; before !== github.requests.length; ) {
    before = github.requests.length;
    await github.settled();
    await stage.seen(() =>
      github.allCheckRuns().every((run) => run.repository !== pull.repository || run.status === 'completed'),
    );
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

const comments = (pull: PullRequest) =>
  stage.github.reviewComments(pull).flatMap((comment) => {
    const fingerprint = readFindingMark(comment.body);
    return fingerprint === undefined ? [] : [{ comment, fingerprint }];
  });
const live = (pull: PullRequest) => comments(pull).filter(({ comment }) => !/^(?:✅|🔕)/u.test(comment.body));

async function play(steps: readonly Step[]): Promise<void> {
  const { github } = stage;
  const repository = await stage.repository();
  const pull = await github.createPullRequest(repository, { commits: [driver(broken)] });
  let last: string = broken;
  const said: { comment: IssueComment; fingerprint: string; dismisses: boolean }[] = [];
  const replies: ReviewComment[] = [];
  for (const one of steps) {
    // A reply that crosses a review which folds its thread away is seen by the next one.
    if (one.kind === 'reply') await settle(pull);
    const known = comments(pull)[('finding' in one ? one.finding : 0) % Math.max(1, comments(pull).length)];
    if (one.kind === 'push' || one.kind === 'force-push') {
      last = TEXTS[one.text];
      const onto = one.kind === 'force-push' ? { onto: pull.base.sha } : {};
      await github.push(repository, pull.head.ref, { commits: [driver(last)], ...onto });
    } else if (one.kind === 'recheck') github.comment(pull, 'contributor', '/recheck');
    else if (one.kind === 'dismiss' || one.kind === 'undismiss') {
      if (known === undefined) continue;
      const { fingerprint } = known;
      const comment = github.comment(
        pull,
        'maintainer',
        `/${one.kind} ${fingerprint.slice(0, 8)} it is known`,
      );
      said.push({ comment, fingerprint, dismisses: one.kind === 'dismiss' });
    } else if (one.kind === 're-run') {
      const [run] = github.checkRuns(pull);
      if (run !== undefined) github.rerequest(run);
    } else if (one.kind === 'redeliver') {
      const own = github.deliveries.filter(({ repositoryId }) => repositoryId === repository.id);
      const delivery = own[one.which % Math.max(1, own.length)];
      if (delivery !== undefined) await github.redeliver(delivery);
    } else if (one.kind === 'reply') {
      if (known !== undefined && known.comment.minimized === undefined)
        replies.push(github.reply(known.comment, 'contributor', 'Is it so?'));
    } else await settle(pull);
  }
  await settle(pull);

  const fingerprints = comments(pull).map(({ fingerprint }) => fingerprint);
  expect(new Set(fingerprints).size).toBe(fingerprints.length);
  expect(github.checkRuns(pull).length).toBeGreaterThanOrEqual(3);
  const dismissed = new Set<string>();
  for (const { comment, fingerprint, dismisses } of said) {
    if (!comment.reactions.some(({ content }) => content === 'rocket')) continue;
    if (dismisses) dismissed.add(fingerprint);
    else dismissed.delete(fingerprint);
  }
  const fresh = await stage.opened(last);
  const expected = live(fresh)
    .map((one) => one.fingerprint)
    .filter((one) => !dismissed.has(one));
  expect(
    live(pull)
      .map((one) => one.fingerprint)
      .toSorted(),
  ).toEqual(expected.toSorted());
  const wanted = conclusions(await stage.reviewed(fresh));
  if (expected.length === 0) wanted[1] = 'success';
  expect(conclusions(await stage.reviewed(pull))).toEqual(wanted);
  for (const { comment } of comments(pull)) {
    const { thread, minimized } = comment;
    if (thread.comments.some(({ user }) => user.login === 'contributor')) expect(minimized).toBeUndefined();
    expect(thread.resolvedBy !== undefined).toBe(minimized !== undefined);
  }
  for (const reply of replies) {
    expect(reply).toMatchObject({ body: 'Is it so?', minimized: undefined });
    expect(github.reviewComments(pull)).toContain(reply);
  }
  expect(github.violations).toEqual([]);
}

test('nothing is said twice, no check stays open, and what stands is what a fresh review says', async () => {
  const sequence = fc.array(step, { minLength: 4, maxLength: 8 });
  await fc.assert(fc.asyncProperty(sequence, play), { numRuns: 2, endOnFailure: true });
});
