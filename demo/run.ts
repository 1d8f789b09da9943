/**
 * `npm run demo`: the App against a stand-in GitHub, on a miniature kernel tree. A pull request brings bugs in, another
 * one fixes them; what a reader on GitHub would see is printed. `--story`: one pull request over five pushes, with every
 * command. `--page FILE` writes the story as Markdown too. `--keep` leaves it running. The exit status is not 0
 * where something was not posted as it must be.
 */
import { parseArgs } from 'node:util';
import { ADMIN_TOKEN, METRICS_TOKEN } from './app-process.ts';
import { fivePushes } from './five-pushes.ts';
import { brokenPages, pageAddresses } from './pages.ts';
import { openStage, type Stage } from './stage.ts';
import { bugsAreFixed, bugsComeIn, type Chapter, isReviewed, unmet } from './story.ts';
import { transcript } from './transcript.ts';

/** Milliseconds: a review takes two seconds, on a busy machine more. */
const LIMIT = 120_000;
const { values } = parseArgs({
  options: {
    keep: { type: 'boolean', default: false },
    story: { type: 'boolean', default: false },
    page: { type: 'string' },
  },
});
let stage: Stage | undefined;
try {
  stage = await openStage();
  const wrong = await (values.story ? fivePushes(stage, values.page) : tell(stage));
  if (wrong.length > 0) fail(wrong.join('\n'), stage);
  if (values.keep) await keepOpen(stage);
} catch (error) {
  fail((error as Error).message, stage);
} finally {
  await stage?.close();
}

/** The two pull requests, one after the other. Returns what was not as it must be. */
async function tell({ github, app, repository }: Stage): Promise<string[]> {
  const wrong: string[] = [];
  const finish = async (chapter: Chapter) => {
    const { pull } = chapter;
    await github.waitFor(() => isReviewed(github.checkRuns(pull)), LIMIT);
    wrong.push(...unmet(github, chapter));
  };
  const color = process.stdout.isTTY === true;
  const print = ({ pull }: Chapter) =>
    process.stdout.write(`${transcript(pull, github.checkRuns(pull), { color })}\n`);

  const bugs = await bugsComeIn(github, repository);
  await finish(bugs);
  const question = github.comment(bugs.pull, 'tova', '/help');
  const answered = () => bugs.pull.comments.some((comment) => comment.user === github.bot);
  await github.waitFor(
    () => answered() && question.reactions.some(({ content }) => content === 'rocket'),
    LIMIT,
  );
  print(bugs);

  const fixes = await bugsAreFixed(github, repository);
  await finish(fixes);
  print(fixes);
  await github.settled();
  const pages = await pageAddresses(github.checkRuns(bugs.pull));
  wrong.push(...(await brokenPages(pages, app.url)));
  return [...wrong, ...github.violations];
}

function fail(why: string, at: Stage | undefined): void {
  process.exitCode = 1;
  process.stderr.write(`demo: ${why}\n`);
  if (at !== undefined) process.stderr.write(`\nthe App's log:\n${at.app.output()}`);
}

async function keepOpen({ github, app }: Stage): Promise<void> {
  process.stdout.write(`\nThe pull requests: ${github.url}/maintainer/linux/pull/1 and /pull/2\n`);
  const pages = await pageAddresses(
    github.allCheckRuns().filter(({ detailsUrl }) => detailsUrl.includes('/pulls/1')),
  );
  const lines = [
    ['The deadlock', pages.finding],
    ['All its findings', pages.pull],
    ['The lock graph', pages.locks],
    ['The dashboard', `${app.url}/dashboard`],
    ['  its token', ADMIN_TOKEN],
    ['Metrics', `curl -H 'Authorization: Bearer ${METRICS_TOKEN}' ${app.url}/metrics`],
    ['Health', `${app.url}/healthz and /readyz`],
  ];
  for (const [name = '', address] of lines) process.stdout.write(`${`${name}:`.padEnd(19)}${address}\n`);
  process.stdout.write('Ctrl-C ends all.\n');
  const hold = setInterval(() => undefined, 1 << 30);
  await new Promise<void>((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
  clearInterval(hold);
}
