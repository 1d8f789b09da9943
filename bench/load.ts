/**
 * Many pull requests at once: `npm run bench:load -- [--events 1000] [--repositories 50] [--workers 1,2,4]`. One web and
 * so many workers on PostgreSQL, against the stand-in GitHub on the same machine. Prints how long webhooks took to be
 * answered, reviews a minute, the memory of the processes over the run, and how busy the machine was.
 */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type PullRequest, startGitHub } from '../demo/github/index.ts';
import { broken, driver, files } from '../test/app/kernel-sample.ts';
import { type RunningApp, startApp } from '../test/app/running-app.ts';
import { startPostgres } from '../test/store/postgres.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000' },
    repositories: { type: 'string', default: '50' },
    workers: { type: 'string', default: '1,2,4' },
  },
});
const events = Number(values.events);
const SAMPLE = 2000;
const PARTS = 10;
const LIMIT = 3 * 3_600_000;

const postgres = await startPostgres();
const rows: Record<string, string | number>[] = [];
for (const workers of values.workers.split(',').map(Number)) rows.push(await load(workers));
await postgres.stop();
console.table(rows);

async function load(workers: number): Promise<Record<string, string | number>> {
  // All repositories are of one installation, which has 5,000 requests an hour on GitHub: 350 reviews.
  const github = await startGitHub({ limits: { requests: 1_000_000 } });
  const env = { DATABASE_URL: await postgres.createDatabase() };
  const apps = [await startApp(github, env, 'web')];
  for (let n = 0; n < workers; n++) apps.push(await startApp(github, env, 'worker'));
  /** MiB of the web, and of the workers together, over the run. */
  const memory: { readonly web: number; readonly workers: number }[] = [];
  const busy: number[] = [];
  const sampling = setInterval(() => {
    const [web = 0, ...others] = apps.map(residentMiB);
    memory.push({ web, workers: others.reduce((sum, mib) => sum + mib, 0) });
    busy.push(loadavg()[0] ?? 0);
  }, SAMPLE);
  try {
    const repositories = [];
    for (let n = 0; n < Number(values.repositories); n++)
      repositories.push(await github.createRepository(`torvalds/linux-${n}`, files));
    const start = Date.now();
    const pulls: PullRequest[] = [];
    for (let n = 0; n < events; n++) {
      const repository = repositories[n % repositories.length];
      if (repository === undefined) throw new Error('no repository');
      const text = `${broken}\nint port_number${n};\n`;
      pulls.push(await github.createPullRequest(repository, { commits: [driver(text)] }));
    }
    const opened = Date.now() - start;
    let finished = 0;
    const isFinished = (pull: PullRequest) => {
      const runs = github.checkRuns(pull);
      return runs.length === 3 && runs.every((run) => run.status === 'completed');
    };
    // Asked after each request: what is finished stays so, and is not looked at again.
    const done = () => {
      for (let next = pulls[finished]; next !== undefined && isFinished(next); next = pulls[finished])
        finished += 1;
      return finished === pulls.length;
    };
    await github.waitFor(done, LIMIT);
    const took = Date.now() - start;
    const answers = github.deliveries
      .filter(({ event, statusCode }) => event === 'pull_request' && statusCode === 202)
      .map(({ duration }) => duration * 1000)
      .sort((a, b) => a - b);
    const [web] = apps;
    const own = [...(web?.output ?? '').matchAll(/POST \/api\/github\/webhooks 202 - (\d+)ms/g)]
      .map(([, milliseconds]) => Number(milliseconds))
      .sort((a, b) => a - b);
    for (const role of ['web', 'workers'] as const) {
      const parts = inParts(memory.map((sample) => sample[role]));
      process.stdout.write(`${workers} workers: memory of ${role} over the run (MiB): ${parts.join(' ')}\n`);
    }
    return {
      workers,
      events,
      'answered 202': answers.length,
      'answer p50 (ms)': percentile(answers, 0.5),
      'answer p99 (ms)': percentile(answers, 0.99),
      "p99 in the web's log (ms)": percentile(own, 0.99),
      'events a minute': Math.round((events / opened) * 60_000),
      'reviews a minute': Math.round((events / took) * 60_000),
      'load average': mean(busy),
      violations: github.violations.length,
    };
  } finally {
    clearInterval(sampling);
    for (const app of apps) await app.remove();
    await github.close();
  }
}

function residentMiB({ pid }: RunningApp): number {
  const text = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(text)?.[1] ?? 0) / 1024;
}

/** Means of ten parts of the run. */
function inParts(numbers: readonly number[]): number[] {
  const size = Math.max(1, Math.ceil(numbers.length / PARTS));
  const parts: number[] = [];
  for (let from = 0; from < numbers.length; from += size) parts.push(mean(numbers.slice(from, from + size)));
  return parts;
}

function percentile(sorted: readonly number[], part: number): number {
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
}

function mean(numbers: readonly number[]): number {
  return Math.round(numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length));
}
