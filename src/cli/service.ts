/** `adjutant web` and `adjutant worker`: parts of the service that share a PostgreSQL. */
import { existsSync } from 'node:fs';
import { readEnvironment } from '../config/environment.ts';
import { UserError } from '../errors.ts';
import { type Role, runService } from '../service.ts';

/** Starts it; it runs until it is asked to stop. Rejects with a UserError where it can't start. */
export async function runPart(role: Exclude<Role, 'all'>): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const environment = readEnvironment(process.env);
  if (environment.app === undefined) {
    throw new UserError(
      'APP_ID and PRIVATE_KEY (or PRIVATE_KEY_PATH) are not set: register the App first, see docs/installing.md.',
    );
  }
  await runService(role, environment, environment.app);
}
