/**
 * `npm run demo`: the App against a stand-in GitHub, on a miniature kernel tree. A pull request brings bugs in, another
 * one fixes them; what a reader on GitHub would see is printed. `--keep` leaves both running. The exit status is not 0
 * where something was not posted as it must be.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type AppProcess, startApp } from './app-process.ts';
import { type Repository, type StandInGitHub, startGitHub } from './github/index.ts';
import { bugsAreFixed, bugsComeIn, type Chapter, createTree, isReviewed, unmet } from './story.ts';
import { transcript } from './transcript.ts';

const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
const dir = await mkdtemp(join(tmpdir(), 'adjutant-demo-'));
const github = await startGitHub();
let app: AppProcess | undefined;
try {
  const [started, repository] = await Promise.all([startApp(github.env, dir), createTree(github)]);
  app = started;
  github.connect(app.url);
  const wrong = await tell(github, repository);
  for (const sentence of wrong) process.stderr.write(`demo: ${sentence}\n`);
  if (wrong.length > 0) {
    process.exitCode = 1;
    process.stderr.write(`\nthe App's log:\n${app.output()}`);
  }
  if (values.keep) await keepOpen(app);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(
    `demo: ${(error as Error).message}\n${app === undefined ? '' : `\nthe App's log:\n${app.output()}`}`,
  );
} finally {
  await app?.stop();
  await github.close();
  await rm(dir, { recursive: true, force: true });
}

/** The two pull requests, one after the other. Returns what was not as it must be. */
async function tell(hub: StandInGitHub, repository: Repository): Promise<string[]> {
  await hub.announceInstalled('created');
  const wrong: string[] = [];
  const finish = async (chapter: Chapter) => {
    const { pull } = chapter;
    await hub.waitFor(() => isReviewed(hub.checkRuns(pull)));
    await hub.settled();
    wrong.push(...unmet(hub, chapter));
  };
  const print = ({ pull }: Chapter) =>
    process.stdout.write(
      `${transcript(pull, hub.checkRuns(pull), { color: process.stdout.isTTY === true })}\n`,
    );

  const bugs = await bugsComeIn(hub, repository);
  await finish(bugs);
  const question = hub.comment(bugs.pull, 'tova', '/help');
  const answered = () => bugs.pull.comments.some((comment) => comment.user === hub.bot);
  await hub.waitFor(() => answered() && question.reactions.some(({ content }) => content === 'rocket'));
  print(bugs);

  const fixes = await bugsAreFixed(hub, repository);
  await finish(fixes);
  print(fixes);
  return [...wrong, ...hub.violations];
}

async function keepOpen(running: AppProcess): Promise<void> {
  process.stdout.write(`The pull requests: ${github.url}/maintainer/linux/pull/1 and /pull/2\n`);
  process.stdout.write(`The App:           ${running.url}\n`);
  process.stdout.write('Ctrl-C ends both.\n');
  const hold = setInterval(() => undefined, 1 << 30);
  await new Promise<void>((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
  clearInterval(hold);
}
