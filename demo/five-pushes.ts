/** `npm run demo -- --story`: how a review lives over five pushes, with people who talk to it. */
import { fileURLToPath } from 'node:url';
import { readFindingMark } from '../src/report/github.ts';
import { applySeries } from './changes.ts';
import type { IssueComment, PullRequest, ReviewComment } from './github/index.ts';

import type { Stage } from './stage.ts';
import { bugsComeIn, isReviewed } from './story.ts';
import { transcript } from './transcript.ts';

const folder = (name: string) => fileURLToPath(new URL(name, import.meta.url));
/** Milliseconds: a review takes two seconds, on a busy machine more. */
const LIMIT = 60_000;
const AUTHOR = 'tova';
const MAINTAINER = 'maintainer';

/** Tells it, and prints each push and the whole conversation at the end. Returns what was not as it must be. */
export async function fivePushes({ github, repository }: Stage): Promise<string[]> {
  const { gitDir } = repository;
  const color = process.stdout.isTTY === true;
  const print = (text: string) => process.stdout.write(`${text}\n`);
  const wrong: string[] = [];
  const must = (what: string, holds: boolean) => {
    if (!holds) wrong.push(what);
  };
  const { pull } = await bugsComeIn(github, repository);
  const bugs = pull.head.sha;

  const reviewed = async (title: string, runs = 3) => {
    await github.waitFor(
      () => github.checkRuns(pull).length >= runs && isReviewed(github.checkRuns(pull)),
      LIMIT,
    );
    const newest = new Map(github.checkRuns(pull).map((run) => [run.name, run]));
    print(`── ${title} (${pull.head.sha.slice(0, 7)})`);
    for (const run of newest.values())
      print(`   ${run.conclusion === 'success' ? '✓' : '✗'} ${run.name.padEnd(24)} ${run.title ?? ''}`);
    return newest;
  };
  const push = async (onto: string, only: RegExp, title: string) => {
    const tip = await applySeries(gitDir, onto, folder('changes/fixes'), (name) => only.test(name));
    await github.push(repository, pull.head.ref, { commits: [], onto: tip, user: AUTHOR });
    return reviewed(title);
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
    threads.flatMap(({ comments }) => comments).filter(({ body }) => readFindingMark(body) !== undefined);
  const words = () => findingsOf(pull).length;

  await reviewed('1st push: four commits with bugs');
  const first = words();
  await answered(github.reply(about('lock-order/reclaim'), AUTHOR, 'I do not see it.\n\n/explain'));
  await say(
    AUTHOR,
    'What else is taken around this lock, and what does the index think of the allocator?\n\n/lockgraph rb_lock\n/why kzalloc',
  );

  await push(bugs, /^0001/, '2nd push: the deadlock is mended');
  must(
    'the comment about the deadlock says that it is gone',
    /Not found any more/.test(about('lock-order/reclaim').body),
  );

  await push(pull.head.sha, /^0003/, '3rd push: the block driver is mended');
  must('nothing was said twice', words() === first);
  const null_ = about('null-deref/known-null');
  const id = /`([0-9a-f]{8})`/.exec(null_.body)?.[1] ?? '';
  must('the author may not dismiss', (await say(AUTHOR, `/dismiss ${id} it can't be NULL`)) === 'confused');
  must('the maintainer may', (await say(MAINTAINER, `/dismiss ${id} the caller looks first`)) === 'rocket');
  await reviewed('a finding is dismissed', 6);
  must('a dismissed comment says so', /Dismissed/.test(null_.body));
  must('it can be taken back', (await say(MAINTAINER, `I was wrong.\n\n/undismiss ${id}`)) === 'rocket');
  await reviewed('and taken back', 9);

  const master = await github.push(repository, pull.base.ref, {
    commits: [
      {
        message: 'Kconfig: say more\n\nSigned-off-by: Mara <mara@example.org>\n',
        files: { README: 'In miniature.\n' },
      },
    ],
  });
  const rebased = await applySeries(gitDir, master, folder('changes/bugs'));
  await push(rebased, /^000[13]/, '4th push: rebased, by force');
  must('a rebase says nothing twice', words() === first);
  await say(AUTHOR, '/trailers');

  const fixed = await push(pull.head.sha, /^000[24]/, '5th push: the rest is mended');
  must('the code passes', fixed.get('adjutant / null-deref')?.conclusion === 'success');
  must(
    'every comment is retired',
    findingsOf(pull).every(({ body }) => /Not found any more/.test(body)),
  );
  must('a slip is answered', (await say(AUTHOR, '/rechek')) === 'confused');
  await say(AUTHOR, '/recheck\n/adjutant help');
  await reviewed('looked at once more', 6);
  print(
    `\n${transcript(pull, [...new Map(github.checkRuns(pull).map((run) => [run.name, run])).values()], { color })}`,
  );
  await github.settled();
  return [...wrong.map((what) => `it does not hold that ${what}`), ...github.violations];
}
