/** The process of one analysis: started by analysis.ts, told one request, gone afterwards. */
import { type Configuration, defaultConfiguration } from '../config/configuration.ts';
import { UserError } from '../errors.ts';
import { openRepository } from '../git/repository.ts';
import { review } from '../review/review.ts';
import type { AnalysisMessage, AnalysisRequest } from './analysis.ts';

function tell(message: AnalysisMessage): Promise<void> {
  return new Promise((resolve) => process.send?.(message, () => resolve()));
}

async function run(request: AnalysisRequest): Promise<void> {
  const repository = await openRepository(request.gitDir);
  if (repository === undefined) throw new Error(`${request.gitDir} is no repository`);
  const { base, head, ahead } = request;
  const configuration: Configuration = defaultConfiguration;
  await tell({ kind: 'configured', configuration });
  const whole = await repository.change({ base, head, baseName: base, headName: head });
  const change = ahead === 0 ? { ...whole, commits: [] } : whole;
  const report = await review(change, {
    configuration,
    progress: (step) => void tell({ kind: 'progress', step }),
  });
  await tell({ kind: 'done', analysis: { report, configuration, diff: change.diff } });
}

// The parent is gone: nobody waits for the answer.
process.on('disconnect', () => process.exit(1));
process.once('message', (request: AnalysisRequest) => {
  run(request).catch((error: Error) =>
    tell({
      kind: 'failed',
      message: error instanceof UserError ? error.message : `Adjutant's own fault: ${error.message}`,
      user: error instanceof UserError,
    }).finally(() => process.exit(1)),
  );
});
