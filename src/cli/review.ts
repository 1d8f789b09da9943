/** `adjutant review`: what a range, a patch or a mailbox introduces and fixes. */
import { cacheDir } from '../config/cache-dir.ts';
import { fails } from '../report/verdict.ts';
import { review } from '../review/review.ts';
import { failOnLevel } from './fail-on.ts';
import type { ExitStatus, Io } from './io.ts';
import { loadConfiguration } from './load-configuration.ts';
import { type ChangeOptions, openChange } from './open-change.ts';
import { parseFormat, renderReport, wantsColor } from './output.ts';
import { withHistory } from './with-history.ts';

export interface ReviewCommandOptions extends ChangeOptions {
  readonly upstream?: string;
  readonly format?: string;
  readonly failOn?: string;
  readonly config?: string;
  readonly color?: boolean;
}

/** Prints the report; 1 where a finding reaches the level. */
export async function runReview(options: ReviewCommandOptions, io: Io): Promise<ExitStatus> {
  const format = parseFormat(options.format);
  failOnLevel(options.failOn, undefined); // a wrong level is said before the work, not after it
  const { change, repository, limits } = await openChange(options, io);
  try {
    const configuration = await loadConfiguration(options.config, change.base, io);
    const report = await withHistory(
      repository,
      change.base === undefined ? undefined : change.baseName,
      { asked: options.upstream, configured: configuration?.trailers.upstream },
      (opened) =>
        review(change, {
          ...(configuration ? { configuration } : {}),
          ...opened,
          limits: [...limits, ...opened.limits],
          cacheDir: cacheDir(io.env),
        }),
    );
    io.stdout.write(await renderReport(report, format, io, wantsColor(options.color, io)));
    return fails(report.findings, failOnLevel(options.failOn, configuration)) ? 1 : 0;
  } finally {
    repository?.close();
  }
}
