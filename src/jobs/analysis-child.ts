/** The process of one analysis: started by analysis.ts, told one request, gone afterwards. */
import { cacheDir } from '../config/cache-dir.ts';
import type { Configuration } from '../config/configuration.ts';
import { CONFIGURATION_PATH } from '../config/configuration-path.ts';
import { defaultConfiguration } from '../config/default-configuration.ts';
import { readConfiguration } from '../config/read-configuration.ts';
import { UserError } from '../errors.ts';
import { decodeText } from '../git/bytes.ts';
import { openHistory } from '../git/history.ts';
import { openRepository, type Repository } from '../git/repository.ts';
import { openUpstream } from '../git/upstream.ts';
import { review } from '../review/review.ts';
import type { AnalysisMessage, AnalysisRequest } from './analysis.ts';

function tell(message: AnalysisMessage): Promise<void> {
  return new Promise((resolve) => process.send?.(message, () => resolve()));
}

async function run({ gitDir, base, head, configurationAt, commits }: AnalysisRequest): Promise<void> {
  const repository = await openRepository(gitDir);
  if (repository === undefined) throw new Error(`${gitDir} is no repository`);
  const { configuration, limits } = await configurationOf(repository, configurationAt);
  await tell({ kind: 'configured', configuration });
  const change = await repository.change({ base, head, baseName: base, headName: head }, commits);
  // .mailmap is read at the base: a change must not name its own people.
  const history = await openHistory(repository, { at: base });
  const {
    upstream,
    limits: ofUpstream,
    close,
  } = await openUpstream(repository, configuration.trailers.upstream);
  const report = await review(change, {
    configuration,
    limits: [...limits, ...ofUpstream],
    history,
    ...(upstream ? { upstream } : {}),
    cacheDir: cacheDir(process.env),
    progress: (step) => void tell({ kind: 'progress', step }),
  });
  await close();
  await history.close();
  await tell({ kind: 'done', analysis: { report, configuration, diff: change.diff } });
}

/** What the base branch says. A file that can't be read changes nothing, and the report says so. */
async function configurationOf(
  repository: Repository,
  commit: string,
): Promise<{ configuration: Configuration; limits: string[] }> {
  const tree = await repository.tree(commit);
  const file = (await tree.read([CONFIGURATION_PATH])).get(CONFIGURATION_PATH);
  if (file === undefined) return { configuration: defaultConfiguration, limits: [] };
  const { configuration, problems } = readConfiguration(decodeText(file));
  if (configuration !== undefined) return { configuration, limits: [] };
  const [first] = problems;
  const place = `${CONFIGURATION_PATH}:${first?.line}:${first?.column}`;
  const limit = `The configuration of the base branch is not valid (${place}: ${first?.message}): the defaults hold.`;
  return { configuration: defaultConfiguration, limits: [limit] };
}

// The parent is gone: nobody waits for the answer.
process.on('disconnect', () => process.exit(1));
process.once('message', (request: AnalysisRequest) => {
  run(request).catch((error: Error) =>
    tell({
      kind: 'failed',
      message: error instanceof UserError ? error.message : `an error of Adjutant's own: ${error.message}`,
      user: error instanceof UserError,
    }).finally(() => process.exit(1)),
  );
});
