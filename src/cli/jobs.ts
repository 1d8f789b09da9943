/** `adjutant jobs`: what is in the queue, and what was given up. */
import { existsSync } from 'node:fs';
import { readEnvironment } from '../config/environment.ts';
import { UserError } from '../errors.ts';
import type { JobLine } from '../jobs/dead-letter.ts';
import { visible } from '../report/visible.ts';
import { ask } from './ask.ts';
import type { ExitStatus, Io } from './io.ts';

export interface JobsOptions {
  /** Id of a job that was given up, or `all`: it is done again. */
  readonly retry?: string;
  readonly json?: boolean;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Lists, or retries. Ends with 1 where something was given up. */
export async function runJobs({ retry, json }: JobsOptions, io: Io): Promise<ExitStatus> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const environment = readEnvironment(io.env);
  if (retry !== undefined) {
    if (retry !== 'all' && !UUID.test(retry))
      throw new UserError(`--retry takes the id of a job as adjutant jobs shows it, or all.`);
    const count = (await ask(environment, 'retry', retry === 'all' ? {} : { id: retry })) as number;
    if (count === 0) throw new UserError(`There is no job ${retry} that was given up.`);
    io.stdout.write(`${count} ${count === 1 ? 'job is' : 'jobs are'} done again.\n`);
    return 0;
  }
  const jobs = (await ask(environment, 'jobs')) as JobLine[];
  io.stdout.write(json === true ? `${JSON.stringify(jobs, null, 2)}\n` : table(jobs));
  return jobs.some(({ state }) => state === 'given up') ? 1 : 0;
}

function table(jobs: readonly JobLine[]): string {
  if (jobs.length === 0) return 'Nothing waits, and nothing was given up.\n';
  const rows = [
    ['ID', 'WHAT', 'STATE', 'TRIES', 'AGE', 'ABOUT', 'REASON'],
    ...jobs.map((job) => [
      job.id,
      job.what,
      job.state,
      job.attempts === 0 ? '' : String(job.attempts),
      age(job.age),
      visible(job.about),
      visible(job.reason.split('\n')[0] ?? ''),
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function age(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
