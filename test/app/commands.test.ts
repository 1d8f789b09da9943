/** Slash commands on pull requests, end to end against the stand-in GitHub. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { IssueComment, PullRequest, ReviewComment } from '../../demo/github/index.ts';
import { broken, brokenAndMoved, brokenTwice, clean, driver } from './kernel-sample.ts';
import { conclusions, openReviewStage, type ReviewStage } from './review-stage.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

let stage: ReviewStage;
beforeAll(async () => {
  stage = await openReviewStage({ ADJUTANT_URL: 'https://adjutant.example.com' });
});
afterAll(() => stage.close());
afterEach(() => {
  expect(stage.github.violations.splice(0)).toEqual([]);
});

const reactions = ({ reactions: all }: IssueComment | ReviewComment) => all.map(({ content }) => content);
const done = (comment: IssueComment | ReviewComment) => stage.seen(() => reactions(comment).length === 2);
const botSays = (pull: PullRequest) =>
  pull.comments.filter(({ user }) => user.type === 'Bot').map(({ body }) => body);

/** Says it in the conversation; resolves to how it was marked and answered. */
async function say(pull: PullRequest, login: string, body: string) {
  const before = botSays(pull).length;
  const comment = stage.github.comment(pull, login, body);
  await done(comment);
  return { comment, mark: reactions(comment)[1], answer: botSays(pull).slice(before).join('\n') };
}

/** The ID that the comment about a finding shows. */
function idOf(comment: ReviewComment | undefined): string {
  const id = /`([0-9a-f]{8})`/.exec(comment?.body ?? '')?.[1];
  if (id === undefined) throw new Error(`no ID in ${comment?.body}`);
  return id;
}

test('a dismissal needs write access and a reason, holds on later pushes, and can be taken back', async () => {
  const { github } = stage;
  const pull = await stage.opened(broken);
  const [comment] = github.reviewComments(pull);
  const id = idOf(comment);

  const refused = await say(pull, 'contributor', `/dismiss ${id} I say so`);
  expect(refused.mark).toBe('confused');
  expect(refused.answer).toMatch(/people with write access/);
  expect((await say(pull, 'maintainer', `/dismiss ${id}`)).answer).toMatch(/Why\?/);
  expect((await say(pull, 'maintainer', '/dismiss 0123456789 because')).answer).toContain(id);
  expect(github.checkRuns(pull)).toHaveLength(3);

  const dismissed = await say(pull, 'maintainer', `/dismiss ${id} port is never NULL here, @all`);
  expect(dismissed.mark).toBe('rocket');
  const runs = await stage.reviewed(pull, 4);
  expect(github.checkRuns(pull)).toHaveLength(4);
  expect(conclusions(runs)).toEqual(['success', 'success', 'success']);
  const { title, summary } = runs.get('adjutant / null-deref') ?? {};
  expect(title).toBe('Nothing found, 1 dismissed');
  expect(summary).toMatch(/dismissed by `maintainer` on \d{4}-\d\d-\d\d: port is never NULL here/);
  expect(summary).not.toContain('@all');
  expect(comment?.body).toMatch(/^🔕 \*\*Dismissed\*\* by `maintainer`/);
  expect(comment?.minimized).toBe('resolved');

  expect(conclusions(await stage.pushed(pull, brokenAndMoved))).toEqual(['success', 'success', 'success']);
  expect(github.reviewComments(pull)).toHaveLength(1);

  expect((await say(pull, 'maintainer', `/undismiss ${id}`)).mark).toBe('rocket');
  expect(conclusions(await stage.reviewed(pull, 4))).toEqual(['success', 'failure', 'success']);
  expect(comment?.body).not.toMatch(/Dismissed/);
  expect(comment?.minimized).toBeUndefined();
  expect((await say(pull, 'maintainer', `/undismiss ${id}`)).answer).toMatch(/is not dismissed/);
});

test('a dismissal that overtakes the event of a push leaves its head with all its checks', async () => {
  const { github, app } = stage;
  const pull = await stage.opened(broken);
  const id = idOf(github.reviewComments(pull)[0]);
  github.connect(undefined);
  await github.push(pull.repository, pull.head.ref, { commits: [driver(brokenAndMoved)] });
  await github.settled();
  github.connect(`http://127.0.0.1:${app.port}`);
  await say(pull, 'maintainer', `/dismiss ${id} it is known`);
  expect([...(await stage.reviewed(pull, 1)).keys()]).toEqual(['adjutant / null-deref']);
  const missed = github.deliveries.filter(
    ({ event, action }) => event === 'pull_request' && action === 'synchronize',
  );
  const [last] = missed.slice(-1);
  if (last !== undefined) await github.redeliver(last);
  expect(conclusions(await stage.reviewed(pull, 4))).toEqual(['success', 'success', 'success']);
});

test('an answer in the thread of a finding needs no ID, and is answered there', async () => {
  const { github } = stage;
  const pull = await stage.opened(brokenTwice);
  const [first, second] = github.reviewComments(pull);
  if (first === undefined || second === undefined) throw new Error('no comments');
  const question = github.reply(second, 'contributor', '/explain');
  await done(question);
  expect(reactions(question)).toEqual(['eyes', 'rocket']);
  const answer = second.thread.comments.at(-1);
  expect(answer?.user.type).toBe('Bot');
  expect(answer?.body).toContain(`/dismiss ${idOf(second)} `);
  expect(answer?.body).toContain('https://adjutant.example.com/repositories/');
  const reply = github.reply(second, 'maintainer', '/dismiss it is guarded elsewhere');
  await done(reply);
  expect(conclusions(await stage.reviewed(pull, 4))).toEqual(['success', 'failure', 'success']);
  expect(second.body).toMatch(/Dismissed/);
  // A person wrote there.
  expect(second.minimized).toBeUndefined();
  expect(first.body).not.toMatch(/Dismissed/);
  expect(pull.comments).toEqual([]);
});

test('--always says what the configuration must have, and that is right', async () => {
  const pull = await stage.opened(broken);
  const [comment] = stage.github.reviewComments(pull);
  const { answer } = await say(pull, 'maintainer', `/dismiss ${idOf(comment)} "known": see docs --always`);
  const yaml = /```yaml\n([\s\S]*?)\n```/.exec(answer)?.[1] ?? '';
  expect(yaml).toContain('see docs');
  const other = await stage.opened(broken, { '.github/adjutant.yml': `${yaml}\n` });
  expect(conclusions(await stage.reviewed(other))).toEqual(['success', 'success', 'success']);
  expect(stage.github.reviewComments(other)).toEqual([]);
});

test('several commands in one comment, addressed or not, get one answer; quotes and code are not commands', async () => {
  const pull = await stage.opened(broken);
  const { comment, answer } = await say(
    pull,
    'contributor',
    '> /recheck\n\n/explain\n/adjutant why port_speed\n```\n/recheck\n```\n/lockgraph nothing_of_that_name',
  );
  expect(reactions(comment)).toEqual(['eyes', 'confused']);
  expect(botSays(pull)).toHaveLength(1);
  expect(answer).toMatch(/\| ID \| severity \| place \| finding \|/);
  expect(answer).toMatch(/defined at drivers\/port\/port\.c/);
  expect(answer).toMatch(/Nothing is taken under or over a lock of that name/);
  expect(stage.github.checkRuns(pull)).toHaveLength(3);
});

test('/lockgraph draws what the base tree takes under a lock', async () => {
  const locks = `#include <linux/mutex.h>
static DEFINE_MUTEX(outer_lock);
static DEFINE_MUTEX(inner_lock);
void both(void)
{
	mutex_lock(&outer_lock);
	mutex_lock(&inner_lock);
	mutex_unlock(&inner_lock);
	mutex_unlock(&outer_lock);
}
`;
  const pull = await stage.opened(clean.replace('speed', 'pace'), { 'drivers/port/locks.c': locks });
  const { answer, mark } = await say(pull, 'contributor', '/lockgraph outer_lock');
  expect(answer).toMatch(/```mermaid\nflowchart LR/);
  expect(answer).toMatch(/inner_lock/);
  expect(answer).toMatch(/both\(\)/);
  expect(mark).toBe('rocket');
});

test('/trailers writes out the corrected messages, and so does the check run', async () => {
  const { github } = stage;
  const repository = await stage.repository();
  const { files } = driver(broken);
  const message =
    'port: change the driver.\n\nIt was time.\n\nSigned-off-by : Some Body <somebody@example.org>\n';
  const pull = await github.createPullRequest(repository, { commits: [{ message, files }] });
  const runs = await stage.reviewed(pull);
  const { answer } = await say(pull, 'contributor', '/trailers');
  for (const text of [answer, runs.get('adjutant / trailers')?.summary ?? '', pull.reviews[0]?.body ?? '']) {
    expect(text).toMatch(/adjutant trailers --fix [0-9a-f]{12}\.\.HEAD/);
    expect(text).toMatch(/^Signed-off-by: Some Body <somebody@example.org>$/m);
  }
});

test('an edited comment runs only what it did not have before', async () => {
  const { github } = stage;
  const pull = await stage.opened(broken);
  const { comment } = await say(pull, 'contributor', '/help');
  expect(botSays(pull)).toHaveLength(1);
  github.editComment(comment, 'Thank you.\n/help');
  await stage.quiet();
  expect(botSays(pull)).toHaveLength(1);
  github.editComment(comment, '/help\n/recheck');
  await stage.reviewed(pull, 6);
  expect(botSays(pull)).toHaveLength(1);
});
