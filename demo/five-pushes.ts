/** `npm run demo -- --story`: how a review lives over five pushes, with people who talk to it. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { applySeries } from './changes.ts';
import type { IssueComment, PullRequest, ReviewComment } from './github/index.ts';
import { isAboutFinding, recordScenes } from './scenes.ts';
import type { Stage } from './stage.ts';
import { bugsComeIn, isReviewed, START } from './story.ts';
import { storyPage } from './story-page.ts';
import { sceneText } from './story-text.ts';

const folder = (name: string) => fileURLToPath(new URL(name, import.meta.url));
/** Milliseconds: a review takes two seconds, on a busy machine more. */
const LIMIT = 120_000;
const DAY = 86_400;
const AUTHOR = 'tova';
const MAINTAINER = 'maintainer';
const SIGNED = 'Signed-off-by: Tova Berg <tova@example.org>';

/**
 * Tells it scene by scene as it happens, and writes it to a file of Markdown where one is named. Returns what was not as
 * it must be.
 */
export async function fivePushes({ github, repository }: Stage, page?: string): Promise<string[]> {
  const { gitDir } = repository;
  const wrong: string[] = [];
  const must = (what: string, holds: boolean) => {
    if (!holds) wrong.push(what);
  };
  const { pull } = await bugsComeIn(github, repository);
  const { scenes, take } = recordScenes(pull);
  const tell = (title: string, runs = github.checkRuns(pull)) => {
    take(title, runs);
    const scene = scenes.at(-1);
    if (scene) process.stdout.write(`${sceneText(scene, process.stdout.isTTY === true)}\n`);
  };
  const reviewed = async (title: string, runs = 3) => {
    await github.waitFor(
      () => github.checkRuns(pull).length >= runs && isReviewed(github.checkRuns(pull)),
      LIMIT,
    );
    // What was said before the checks ended: comments are posted first.
    tell(title);
  };
  const push = async (onto: string, only: RegExp, title: string) => {
    const tip = await applySeries(gitDir, onto, folder('changes/fixes'), (name) => only.test(name));
    await github.push(repository, pull.head.ref, { commits: [], onto: tip, user: AUTHOR });
    await reviewed(title);
  };
  const answered = async (comment: IssueComment | ReviewComment) => {
    await github.waitFor(
      () => comment.reactions.some(({ content }) => content === 'rocket' || content === 'confused'),
      LIMIT,
    );
    return comment.reactions.at(-1)?.content;
  };
  const say = (login: string, body: string) => answered(github.comment(pull, login, body));
  const about = (rule: string) => {
    const found = github.reviewComments(pull).find(({ body }) => body.includes(rule));
    if (found === undefined) throw new Error(`no comment about ${rule}`);
    return found;
  };
  /** Those about a finding: answers have no mark of one. */
  const findingsOf = ({ threads }: PullRequest) =>
    threads.flatMap(({ comments }) => comments).filter(({ body }) => isAboutFinding(body));
  const words = () => findingsOf(pull).length;
  const conclusion = (checker: string) =>
    github
      .checkRuns(pull)
      .filter(({ name }) => name === `adjutant / ${checker}`)
      .at(-1)?.conclusion;

  await reviewed('The first push: four commits with bugs');
  const bugs = pull.head.sha;
  const first = words();
  must(
    'the deadlock is told once',
    findingsOf(pull).filter(({ body }) => /deadlock/.test(body)).length === 1,
  );
  await answered(github.reply(about('lock-order/reclaim'), AUTHOR, 'I do not see it.\n\n/explain'));
  await say(
    AUTHOR,
    'What else is taken around this lock, and what does the index think of the allocator?\n\n/lockgraph rb_lock\n/why kzalloc',
  );
  tell('The author asks', []);

  await push(bugs, /^0001/, 'The second push: the deadlock is mended');
  must(
    'the comment about the deadlock says that it is gone',
    /Not found any more/.test(about('lock-order/reclaim').body),
  );

  await push(pull.head.sha, /^0003/, 'The third push: the block driver is mended');
  must('nothing was said twice', words() === first);
  const null_ = about('null-deref/known-null');
  const id = /`([0-9a-f]{8})`/.exec(null_.body)?.[1] ?? '';
  must('the author may not dismiss', (await say(AUTHOR, `/dismiss ${id} it can't be NULL`)) === 'confused');
  must('the maintainer may', (await say(MAINTAINER, `/dismiss ${id} the caller looks first`)) === 'rocket');
  await reviewed('A finding is dismissed', 5);
  must('a dismissed comment says so', /Dismissed/.test(null_.body));
  must('it can be taken back', (await say(MAINTAINER, `I was wrong.\n\n/undismiss ${id}`)) === 'rocket');
  await reviewed('And taken back', 6);

  const master = await github.push(repository, pull.base.ref, {
    commits: [
      {
        message: 'Say what this is\n\nSigned-off-by: Mara Quill <mara@example.org>\n',
        date: START + 5 * DAY,
        files: { README: 'In miniature.\n' },
      },
    ],
  });
  await push(
    await applySeries(gitDir, master, folder('changes/bugs')),
    /^000[13]/,
    'The fourth push: rebased, by force',
  );
  must('a rebase says nothing twice', words() === first);
  await say(AUTHOR, 'And the message?\n\n/trailers');
  tell('The author asks for the messages', []);

  const reworded = await applySeries(gitDir, master, folder('changes/bugs'), undefined, signed);
  await push(reworded, /./, 'The fifth push: the rest is mended');
  for (const checker of ['lock-order', 'null-deref', 'trailers'])
    must(`${checker} passes`, conclusion(checker) === 'success');
  must(
    'every comment is retired',
    findingsOf(pull).every(({ body }) => /Not found any more/.test(body)),
  );
  must('a slip is answered', (await say(AUTHOR, '/rechek')) === 'confused');
  await say(AUTHOR, '/recheck\n/adjutant help');
  await reviewed('Looked at once more', 6);
  await github.settled();
  if (page !== undefined) await writeFile(page, storyPage(scenes));
  return [...wrong.map((what) => `it does not hold that ${what}`), ...github.violations];
}

/** The message that was wrong, as its author would have it after `/trailers`. */
function signed(message: string): string {
  return message.replace(
    /^Fixes: (0+) \((.*)\)\nReviewed-By: (.*)$/m,
    `Fixes: ${'0'.repeat(12)} ("$2")\nReviewed-by: $3\n${SIGNED}`,
  );
}
