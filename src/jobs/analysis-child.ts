/** The process of one analysis: started by analysis.ts, told one request, gone afterwards. */
import { COMMIT_MESSAGE } from '../checkers/checker.ts';
import { codeCheckerNames } from '../checkers/registry.ts';
import { trailerOptions } from '../checkers/trailers/configured-options.ts';
import { correctMessages } from '../checkers/trailers/correct.ts';
import { cacheDir } from '../config/cache-dir.ts';
import { CONFIGURATION_PATH } from '../config/configuration-path.ts';
import { readConfiguration } from '../config/read-configuration.ts';
import { decodeText } from '../git/bytes.ts';
import type { Change, SourceTree } from '../git/change.ts';
import { hasHistory, historyDir } from '../git/commit-history.ts';
import { openHistory } from '../git/history.ts';
import { openRepository } from '../git/repository.ts';
import { openUpstream } from '../git/upstream.ts';
import { isIndexAtHand } from '../index/at-hand.ts';
import { affectedPaths } from '../review/affected.ts';
import { isSmallTree } from '../review/programs.ts';
import { review } from '../review/review.ts';
import type { Analysis, AnalysisMessage, AnalysisRequest } from './analysis.ts';
import { serveRequest, tell } from './child-side.ts';

async function run(request: AnalysisRequest): Promise<Analysis | undefined> {
  const { gitDir, base, head, configuration, limits, commits } = request;
  const repository = await openRepository(gitDir);
  if (repository === undefined) throw new Error(`${gitDir} is no repository`);
  const change = await repository.change({ base, head, baseName: base, headName: head }, commits);
  if (request.needsIndex && (await lacksIndex(change))) {
    repository.close();
    return undefined;
  }
  // .mailmap is read at the base: a change must not name its own people.
  // Without it, nothing is known of commits that messages name; then there is no branch to compare with either.
  const whole = (await hasHistory(gitDir, base)) ? await openRepository(historyDir(gitDir)) : undefined;
  const history = await openHistory(whole ?? repository, { at: base, ...(whole ? { lender: gitDir } : {}) });
  const {
    upstream,
    limits: ofUpstream,
    close,
  } = await openUpstream(whole ?? repository, whole && configuration.trailers.upstream, gitDir);
  const report = await review(change, {
    configuration,
    limits: [...limits, ...ofUpstream],
    history,
    ...(upstream ? { upstream } : {}),
    cacheDir: cacheDir(process.env),
    progress: (step) => void say({ kind: 'progress', step }),
  });
  const isMendable = report.findings.some(
    ({ path, suggestion }) => path === COMMIT_MESSAGE && suggestion !== undefined,
  );
  const options = { ...trailerOptions(configuration), ...(upstream ? { upstream } : {}) };
  const messages = isMendable ? await correctMessages(change.commits, history, options) : [];
  const corrections = [...messages].map(([commit, message]) => ({ commit, message }));
  await close();
  await history.close();
  whole?.close();
  const configurationProblems = await changedConfiguration(change);
  return { report, configuration, corrections, configurationProblems, diff: change.diff };
}

const say = (message: AnalysisMessage): Promise<void> => tell(message);

/** Whether its code would be analysed without the index of a large tree: messages alone need none. */
async function lacksIndex({ base, diff }: Change): Promise<boolean> {
  const { base: before, head: after } = affectedPaths(diff);
  if (base === undefined || before.length + after.length === 0 || (await isSmallTree(base))) return false;
  return !(await isIndexAtHand(base, cacheDir(process.env)));
}

async function configurationFile(tree: SourceTree | undefined): Promise<string | undefined> {
  const file = (await tree?.read([CONFIGURATION_PATH]))?.get(CONFIGURATION_PATH);
  return file === undefined ? undefined : decodeText(file);
}

/** What is wrong with the configuration of the head, where the change edits it. */
async function changedConfiguration({ diff, head }: Change): Promise<Analysis['configurationProblems']> {
  if (!diff.some(({ newPath }) => newPath === CONFIGURATION_PATH)) return undefined;
  const text = await configurationFile(head);
  return text === undefined ? undefined : readConfiguration(text, codeCheckerNames).problems;
}

serveRequest(run);
