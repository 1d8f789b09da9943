/** `npm start`: the GitHub App, all of it in one process. */
import { existsSync } from 'node:fs';
import { run as runProbot } from 'probot';
import { readEnvironment } from './config/environment.ts';
import { UserError } from './errors.ts';
import { runService } from './service.ts';

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const environment = readEnvironment(process.env);
  if (environment.app === undefined) return setUp();
  await runService('all', environment, environment.app);
}

/** Probot's page that registers the App on GitHub and writes `.env`. */
async function setUp(): Promise<void> {
  // Probot would fetch and run a package that sends every webhook through a public relay.
  process.env.NO_SMEE_SETUP ??= 'true';
  await runProbot(() => undefined);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`adjutant: ${error.message}\n`);
  process.exit(2);
}
