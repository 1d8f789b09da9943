/**
 * Pull requests while processes are killed and GitHub fails, and what came of them: everything that was asked for, once.
 * The tests run a short form, `npm run bench:stress` a long one.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type FaultHook,
  type PullRequest,
  type Repository,
  type StandInGitHub,
  startGitHub,
} from '../../demo/github/index.ts';
import { broken, driver, files } from '../../test/app/kernel-sample.ts';
import { type RunningApp, startApp } from '../../test/app/running-app.ts';

export interface StressOptions {
  readonly pulls: number;
  /** SIGKILLs at random moments, of one process each. */
  readonly kills: number;
  /** Part of all requests to GitHub that fail, from 0 to 1. */
  readonly faults: number;
  /** PostgreSQL; the embedded database otherwise. */
  readonly databaseUrl?: string;
  /** With PostgreSQL: processes beside one `web`; everything in one process otherwise. */
  readonly workers?: number;
  readonly random: () => number;
  /** A folder to keep what the processes said in. */
  readonly logs?: string;
  readonly progress?: (text: string) => void;
}

export interface StressResult {
  readonly pulls: number;
  readonly kills: number;
  /** Requests to GitHub, and those of them that were made to fail. */
  readonly requests: number;
  readonly faults: number;
  /** Deliveries that arrived at the first try, and those that had to be sent again. */
  readonly delivered: number;
  readonly redelivered: number;
  /** Pull requests without a completed check run of each name, or without their review. */
  readonly lost: number;
  /** Check runs, reviews and comments beyond what one review makes. */
  readonly duplicates: number;
  /** Check runs that ended otherwise than the code deserves. */
  readonly wrong: number;
  /** Those of the pull requests that are lost, as they stand. */
  readonly open: readonly string[];
  /** What broke GitHub's description. */
  readonly violations: readonly string[];
  readonly seconds: number;
}

const CHECKS = 3;
const REPOSITORIES = 5;
const CONVERGE = 600_000;

export async function stress(options: StressOptions): Promise<StressResult> {
  const { random } = options;
  const start = Date.now();
  const github = await startGitHub();
  const env = {
    ADJUTANT_SWEEP_SECONDS: '1',
    ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
  };
  const apps = await startAll(github, env, options.workers);
  let faults = 0;
  github.fault = () => {
    if (random() >= options.faults) return undefined;
    faults += 1;
    return weather(random);
  };
  try {
    const repositories: Repository[] = [];
    for (let n = 0; n < Math.min(REPOSITORIES, options.pulls); n++)
      repositories.push(await github.createRepository(`torvalds/linux-${n}`, files));
    let killed = 0;
    const killing = (async () => {
      while (killed < options.kills) {
        await sleep(random() * 5000);
        const app = apps[Math.floor(random() * apps.length)] as RunningApp;
        await app.kill();
        killed += 1;
        options.progress?.(`killed ${killed} of ${options.kills}`);
        await app.restart();
      }
    })();
    const pulls: PullRequest[] = [];
    const pause = (options.kills * 5000) / options.pulls;
    for (let n = 0; n < options.pulls; n++) {
      const repository = repositories[n % repositories.length] as Repository;
      const text = `${broken}\nint port_number${n};\n`;
      pulls.push(await github.createPullRequest(repository, { commits: [driver(text)] }));
      await sleep(pause * random() * 1.2);
    }
    await killing;
    options.progress?.('waiting for the reviews');
    await github
      .waitFor(() => pulls.every((pull) => isReviewed(github, pull)), CONVERGE)
      .catch(() => undefined);
    github.fault = undefined;
    await quiet(github);
    const wanted = github.deliveries.filter(
      ({ event, action }) => event === 'pull_request' && action === 'opened',
    );
    return {
      pulls: pulls.length,
      kills: killed,
      requests: github.requests.length,
      faults,
      delivered: wanted.filter(({ redelivery, statusCode }) => !redelivery && statusCode === 202).length,
      redelivered: wanted.filter(({ redelivery, statusCode }) => redelivery && statusCode === 202).length,
      lost: pulls.filter((pull) => !isReviewed(github, pull)).length,
      duplicates: pulls.reduce((sum, pull) => sum + duplicatesOf(github, pull), 0),
      wrong: pulls.reduce((sum, pull) => sum + wrongOf(github, pull), 0),
      open: pulls.filter((pull) => !isReviewed(github, pull)).map((pull) => describe(github, pull)),
      violations: github.violations,
      seconds: Math.round((Date.now() - start) / 1000),
    };
  } finally {
    for (const app of apps) await app.remove();
    await github.close();
    if (options.logs !== undefined) keepLogs(options.logs, apps);
  }
}

async function startAll(
  github: StandInGitHub,
  env: Readonly<Record<string, string>>,
  workers: number | undefined,
): Promise<RunningApp[]> {
  if (workers === undefined) return [await startApp(github, env)];
  const apps = [await startApp(github, env, 'web')];
  for (let n = 0; n < workers; n++) apps.push(await startApp(github, env, 'worker'));
  return apps;
}

function keepLogs(folder: string, apps: readonly RunningApp[]): void {
  mkdirSync(folder, { recursive: true });
  for (const [n, app] of apps.entries()) writeFileSync(join(folder, `${n}.log`), app.output);
}

/** What GitHub and the way to it do on a bad day; half of what is lost is lost on the way back. */
function weather(random: () => number): Awaited<ReturnType<FaultHook>> {
  const kinds = [
    () => ({ status: 500 }),
    () => ({ status: 502, after: true }),
    () => ({ status: 503 }),
    () => ({ reset: true }),
    () => ({ reset: true, after: true }),
    () => ({ half: true }),
    () => ({ delay: 500 }),
    () => ({ status: 401, message: 'Bad credentials' }),
    () => ({ status: 429, headers: { 'retry-after': '1' }, message: 'Too many requests' }),
    () => ({
      status: 403,
      headers: { 'retry-after': '1' },
      message: 'You have exceeded a secondary rate limit.',
    }),
  ];
  return kinds[Math.floor(random() * kinds.length)]?.();
}

function isReviewed(github: StandInGitHub, pull: PullRequest): boolean {
  const runs = github.checkRuns(pull);
  return runs.length >= CHECKS && runs.every((run) => run.status === 'completed') && pull.reviews.length > 0;
}

function describe(github: StandInGitHub, pull: PullRequest): string {
  const runs = github.checkRuns(pull).map(({ name, status, title }) => `${name}: ${status}, ${title}`);
  return `#${pull.number}, ${pull.reviews.length} reviews; ${runs.join('; ')}`;
}

function duplicatesOf(github: StandInGitHub, pull: PullRequest): number {
  const extra = (count: number, one: number) => Math.max(0, count - one);
  return (
    extra(github.checkRuns(pull).length, CHECKS) +
    extra(pull.reviews.length, 1) +
    extra(github.reviewComments(pull).length, 1)
  );
}

/** null-deref must fail, the others must not. */
function wrongOf(github: StandInGitHub, pull: PullRequest): number {
  return github.checkRuns(pull).filter(({ name, conclusion, annotations }) => {
    const isBroken = name === 'adjutant / null-deref';
    return conclusion !== (isBroken ? 'failure' : 'success') || annotations.length !== (isBroken ? 1 : 0);
  }).length;
}

/** Until nobody has asked GitHub about a repository for a while. */
async function quiet(github: StandInGitHub): Promise<void> {
  for (;;) {
    const count = () => github.requests.filter(({ operation }) => !operation.startsWith('apps/')).length;
    const before = count();
    await sleep(4000);
    if (count() === before) return;
  }
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
