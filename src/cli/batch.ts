/** `adjutant batch`: the commits of a range as a Markdown document, each with its findings. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { cacheDir } from '../config/cache-dir.ts';
import { UserError } from '../errors.ts';
import { decodeText } from '../git/bytes.ts';
import { openRepository } from '../git/repository.ts';
import { type BatchEntry, batchDocument } from '../report/batch.ts';
import { review } from '../review/review.ts';
import type { ExitStatus, Io } from './io.ts';
import { loadConfiguration } from './load-configuration.ts';
import { withHistory } from './with-history.ts';

export interface BatchCommandOptions {
  readonly range: string;
  readonly repo?: string;
  readonly out?: string;
  readonly config?: string;
}

/** Writes the document to --out or standard output, the newest commit first. Findings do not change its status. */
export async function runBatch(options: BatchCommandOptions, io: Io): Promise<ExitStatus> {
  const repository = await openRepository(resolve(io.cwd, options.repo ?? '.'));
  if (!repository)
    throw new UserError(`${options.repo ?? 'This folder'} is not a git repository; give --repo DIR.`);
  try {
    const range = await repository.range(options.range);
    const commits = await repository.commits(range.base, range.head);
    if (commits.length === 0)
      throw new UserError(`${range.headName} has no commits beyond ${range.baseName}: nothing to analyse.`);
    const configuration = await loadConfiguration(options.config, await repository.tree(range.base), io);
    const entries: BatchEntry[] = [];
    await withHistory(
      repository,
      range.base,
      { configured: configuration?.trailers.upstream },
      async (opened) => {
        for (const commit of commits.toReversed()) {
          const change = await repository.commitChange(commit);
          const report = await review(change, {
            ...(configuration ? { configuration } : {}),
            ...opened,
            cacheDir: cacheDir(io.env),
          });
          entries.push({ commit, report, diff: decodeText(await repository.commitDiffText(commit.id)) });
        }
      },
    );
    const text = batchDocument(entries);
    if (options.out === undefined) io.stdout.write(text);
    else await writeOut(resolve(io.cwd, options.out), text);
    return 0;
  } finally {
    repository.close();
  }
}

async function writeOut(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new UserError(`${path} can't be written (${(error as NodeJS.ErrnoException).code}).`);
  }
}
