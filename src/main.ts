/** `npm start`: the GitHub App, all of it in one process. */
import { existsSync } from 'node:fs';
import { run as runProbot } from 'probot';
import { commands } from './app/commands/index.ts';
import { createGitHubClient } from './app/github/client.ts';
import { createForge } from './app/github/forge.ts';
import { createLog } from './app/log.ts';
import { startServer } from './app/server.ts';
import { type AppCredentials, type Environment, readEnvironment } from './config/environment.ts';
import { UserError } from './errors.ts';
import { createIndexer } from './jobs/indexer.ts';
import { createLinks, type Links, linkKey } from './jobs/links.ts';
import { startWorker } from './jobs/worker.ts';
import { openDatabase } from './store/database.ts';
import { migrate } from './store/migrations.ts';
import { ownDataDir } from './store/owner.ts';
import { startQueue } from './store/queue.ts';
import { createPagesHandler } from './web/handler.ts';
import { createPages } from './web/pages.ts';

/** Milliseconds that running reviews get to end by themselves once the process is asked to stop. */
const GRACE = 20_000;

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const environment = readEnvironment(process.env);
  if (environment.app === undefined) return setUp();
  await serve(environment, environment.app);
}

/** Probot's page that registers the App on GitHub and writes `.env`. */
async function setUp(): Promise<void> {
  // Probot would fetch and run a package that sends every webhook through a public relay.
  process.env.NO_SMEE_SETUP ??= 'true';
  await runProbot(() => undefined);
}

async function serve(environment: Environment, credentials: AppCredentials): Promise<void> {
  const { dataDir, databaseUrl } = environment;
  const secrets = [credentials.privateKey.trim(), ...credentials.webhookSecrets, ...passwordOf(databaseUrl)];
  const log = createLog(environment.logLevel, secrets);
  const owner = ownDataDir(dataDir);
  const database = await openDatabase(databaseUrl, dataDir);
  await migrate(database);
  const queue = await startQueue(database, (error) => log.error({ err: error }, 'the queue is in trouble'));
  const limits = {
    seconds: environment.reviewSeconds,
    memory: environment.reviewMemory,
    cacheDir: environment.cacheDir,
  };
  const indexer = createIndexer(limits, log);
  const services = {
    database,
    queue,
    openForge: createForge(createGitHubClient(credentials, environment, log)),
    commands,
    links: linksOf(environment, credentials),
    dataDir,
    limits,
    indexer,
    log,
  };
  await startWorker(services, environment.reviewers);
  const pages = createPages({
    database,
    key: linkKey(credentials.privateKey),
    githubUrl: environment.githubUrl,
    root: rootOf(environment.publicUrl),
    log,
  });
  const server = await startServer(environment, credentials, queue, log, createPagesHandler(pages));

  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    await server.stop();
    indexer.stop();
    await queue.stop(GRACE);
    await database.close();
    owner.release();
    log.info('stopped');
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Path below which people reach the pages. */
function rootOf(publicUrl: string | undefined): string {
  return publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '');
}

function linksOf({ publicUrl, linkDays }: Environment, { privateKey }: AppCredentials): Links | undefined {
  return publicUrl === undefined ? undefined : createLinks(publicUrl, linkKey(privateKey), linkDays);
}

function passwordOf(databaseUrl: string | undefined): string[] {
  const password = databaseUrl === undefined ? '' : new URL(databaseUrl).password;
  return password === '' ? [] : [password, decodeURIComponent(password)];
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`adjutant: ${error.message}\n`);
  process.exit(2);
}
