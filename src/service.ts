/** The GitHub App as a service: everything in one process, or the web and the workers apart. */
import { getPriority, setPriority } from 'node:os';
import { commands } from './app/commands/index.ts';
import { startControl } from './app/control.ts';
import { recordBudgets } from './app/github/budget.ts';
import { createGitHubClient, type GitHubClient } from './app/github/client.ts';
import { deliveryRecord } from './app/github/deliveries.ts';
import { createForge } from './app/github/forge.ts';
import { createIdentity, createMayRead } from './app/github/identity.ts';
import { createLog } from './app/log.ts';
import { questionsOf } from './app/questions.ts';
import { startServer } from './app/server.ts';
import { isHandled } from './app/webhook.ts';
import type { AppCredentials, Environment } from './config/environment.ts';
import { UserError } from './errors.ts';
import { mirrorDir } from './git/mirror.ts';
import { forgetCompiled } from './jobs/child.ts';
import { failedDeliveries } from './jobs/deliveries.ts';
import { recordDurations } from './jobs/durations.ts';
import { createIndexer } from './jobs/indexer.ts';
import { createLinks, type Links, linkKey } from './jobs/links.ts';
import { createLockGraphs } from './jobs/lock-graphs.ts';
import { alone, takePlace } from './jobs/placement.ts';
import { NICE } from './jobs/priority.ts';
import type { Log } from './jobs/services.ts';
import { startSweeping } from './jobs/sweep.ts';
import { startTidying } from './jobs/tidying.ts';
import { startWorker } from './jobs/worker.ts';
import { drawSvg } from './report/lock-graph-svg.ts';
import { openDatabase } from './store/database.ts';
import { forgetReports } from './store/findings.ts';
import { migrate } from './store/migrations.ts';
import { ownDataDir } from './store/owner.ts';
import { startQueue } from './store/queue.ts';
import { createPagesHandler } from './web/handler.ts';
import { createPages, type SignInWithGitHub } from './web/pages.ts';

/** `web` takes deliveries and shows pages, `worker` reviews; any number of each, on one PostgreSQL. */
export type Role = 'all' | 'web' | 'worker';

/** Milliseconds that running reviews get to end by themselves once the process is asked to stop. */
const GRACE = 20_000;
const DAY = 86_400_000;
/** Milliseconds for which the dashboard shows the same of GitHub's record of deliveries, which is many pages. */
const FRESH = 120_000;

/** Bytes of the disk that mirrors leave free: the embedded database must never find it full. */
const FREE_DISK = 512 * 2 ** 20;

/** Runs until SIGTERM or SIGINT. Rejects with a UserError where it can't start. */
export async function runService(
  role: Role,
  environment: Environment,
  credentials: AppCredentials,
): Promise<void> {
  const { dataDir, databaseUrl } = environment;
  if (role !== 'all' && databaseUrl === undefined) {
    throw new UserError(
      `adjutant ${role} shares its work through PostgreSQL: set DATABASE_URL, or run adjutant serve, which is everything in one process.`,
    );
  }
  const secrets = [
    credentials.privateKey.trim(),
    ...credentials.webhookSecrets,
    ...passwordOf(databaseUrl),
    ...tokensOf(environment),
  ];
  const log = createLog(environment.logLevel, secrets);
  /** What is stopped, the last that was started first. */
  const stops: (() => unknown)[] = [];
  const hasData = role !== 'web';
  if (role === 'worker') setPriority(Math.max(NICE.worker, getPriority()));
  if (hasData) {
    const owner = ownDataDir(dataDir);
    stops.unshift(() => owner.release());
  }
  const database = await openDatabase(databaseUrl, dataDir);
  stops.unshift(() => database.close());
  await migrate(database);
  const queue = await startQueue(database, (error) => log.error({ err: error }, 'the queue is in trouble'));
  const budgets = recordBudgets(database, log);
  stops.unshift(() => budgets.stop());
  const durations = recordDurations(database, log);
  stops.unshift(() => durations.stop());
  const client = createGitHubClient(credentials, environment, log, budgets.onAnswer, durations.note);

  if (role !== 'web') {
    const { cacheDir, reviewers } = environment;
    forgetCompiled(cacheDir);
    const limits = { seconds: environment.reviewSeconds, memory: environment.reviewMemory, cacheDir };
    const indexer = createIndexer(limits, log, durations.note);
    const placement = database.exclusive ? alone : await takePlace(database, dataDir, reviewers, log);
    const mirrorBounds = { bytes: environment.mirrorsGib * 2 ** 30, free: FREE_DISK };
    const tidying = startTidying(dataDir, mirrorBounds, log);
    const links = linksOf(environment, credentials);
    const openForge = createForge(client);
    const services = {
      database,
      queue,
      openForge,
      commands,
      links,
      dataDir,
      mirrorBounds,
      limits,
      indexer,
      noteDuration: durations.note,
      placement,
      log,
    };
    // Asked once for all reviews: before the first of them, and not by it.
    client.login().catch((error) => log.warn({ err: error }, 'GitHub does not say who this App is'));
    await startWorker(services, {
      concurrency: reviewers,
      perInstallation: environment.reviewersPerInstallation,
    });
    stops.unshift(
      () => placement.stop(),
      () => tidying.stop(),
      () => indexer.stop(),
      () => queue.stop(GRACE),
    );
  } else stops.unshift(() => queue.stop(GRACE));

  if (database.exclusive) {
    const control = startControl(dataDir, questionsOf({ database, queue }), log);
    stops.unshift(() => control.stop());
  }
  if (role !== 'worker') {
    const { publicUrl, githubUrl, adminToken, metricsToken } = environment;
    const deliveries = deliveryRecord(client.asApp, githubUrl === 'https://github.com');
    const { reviewMemory: memory, cacheDir } = environment;
    const lockGraphs = createLockGraphs({ memory, cacheDir });
    const pages = createPages({
      database,
      queue,
      key: linkKey(credentials.privateKey),
      githubUrl,
      root: rootOf(publicUrl),
      secure: publicUrl?.startsWith('https:') ?? false,
      adminToken,
      metricsToken,
      signIn: signInOf(environment, client, log),
      askLocks: (repository, commit, query) =>
        lockGraphs.ask({ gitDir: mirrorDir(dataDir, repository), commit }, query),
      failedDeliveries: forAWhile(() => failedDeliveries(deliveries, Date.now()), FRESH),
      log,
    });
    const forget = () =>
      forgetReports(database, environment.linkDays).catch((error) =>
        log.warn({ err: error }, 'old findings could not be forgotten'),
      );
    void forget();
    const forgetting = setInterval(forget, DAY);
    stops.unshift(() => clearInterval(forgetting));
    // Graphviz takes a second to load: nobody who opens a page shall wait for it.
    void drawSvg('graph {}').catch((error) => log.error({ err: error }, 'Graphviz can not draw'));
    const handler = createPagesHandler(pages);
    const server = await startServer(environment, credentials, queue, log, handler, durations.note);
    const interval = environment.sweepSeconds;
    const sweeping = startSweeping({ database, deliveries, isWanted: isHandled, interval, log });
    stops.unshift(
      () => server.stop(),
      () => lockGraphs.stop(),
      () => sweeping.stop(),
    );
  } else log.info('Ready for work');

  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    for (const end of stops) await end();
    log.info('stopped');
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** What `ask` resolves to, asked again after `milliseconds`. */
function forAWhile<T>(ask: () => Promise<T>, milliseconds: number): () => Promise<T> {
  let asked = 0;
  let answer: Promise<T> | undefined;
  return () => {
    if (answer === undefined || Date.now() - asked > milliseconds) {
      asked = Date.now();
      answer = ask();
    }
    return answer;
  };
}

/** Path below which people reach the pages. */
function rootOf(publicUrl: string | undefined): string {
  return publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '');
}

function linksOf({ publicUrl, linkDays }: Environment, { privateKey }: AppCredentials): Links | undefined {
  return publicUrl === undefined ? undefined : createLinks(publicUrl, linkKey(privateKey), linkDays);
}

function signInOf(environment: Environment, client: GitHubClient, log: Log): SignInWithGitHub | undefined {
  const { signIn, publicUrl, administrators } = environment;
  if (signIn === undefined || publicUrl === undefined) return undefined;
  const identity = createIdentity(signIn, environment, log);
  const { clientSecret } = signIn;
  return { identity, mayRead: createMayRead(client), clientSecret, publicUrl, administrators };
}

function tokensOf({ adminToken, metricsToken, signIn }: Environment): string[] {
  return [adminToken, metricsToken, signIn?.clientSecret].filter((token) => token !== undefined);
}

function passwordOf(databaseUrl: string | undefined): string[] {
  const password = databaseUrl === undefined ? '' : new URL(databaseUrl).password;
  return password === '' ? [] : [password, decodeURIComponent(password)];
}
