/** Everything that a deployment needs, looked at one by one. */
import type { Environment } from '../../config/environment.ts';
import type { JobLine } from '../../jobs/dead-letter.ts';
import { createGitHubClient } from '../github/client.ts';
import { createLog } from '../log.ts';
import { bad, type Diagnosis, doubtful, good } from './finding.ts';
import { examineGitHub } from './github.ts';
import { examineFolder, examineGit } from './machine.ts';

/** Minutes after which waiting work is strange. */
const SLOW = 30;

/**
 * @param jobs asks the database for the work that is not done: it rejects where the database can't be had
 */
export async function examine(
  environment: Environment,
  jobs: () => Promise<readonly JobLine[]>,
): Promise<Diagnosis[]> {
  const looks: Diagnosis[] = [
    await examineGit(),
    examineFolder('ADJUTANT_DATA_DIR', environment.dataDir, 5),
    examineFolder('ADJUTANT_CACHE_DIR', environment.cacheDir, 5),
    ...(await examineDatabase(environment, jobs)),
  ];
  if (environment.app === undefined) {
    const mend = 'Register the App: see docs/installing.md.';
    return [...looks, bad('credentials', 'APP_ID and PRIVATE_KEY are not set', mend)];
  }
  const log = createLog('fatal', []);
  const client = createGitHubClient(environment.app, environment, log);
  looks.push(...(await examineGitHub(client.asApp, environment)));
  return looks;
}

async function examineDatabase(
  { databaseUrl }: Environment,
  jobs: () => Promise<readonly JobLine[]>,
): Promise<Diagnosis[]> {
  let lines: readonly JobLine[];
  try {
    lines = await jobs();
  } catch (error) {
    return [bad('database', (error as Error).message, 'Nothing works without it: mend this first.')];
  }
  const kind =
    databaseUrl === undefined ? 'embedded (one process, not proof against a power cut)' : 'PostgreSQL';
  const dead = lines.filter(({ state }) => state === 'given up').length;
  const oldest = Math.max(0, ...lines.filter(({ state }) => state !== 'given up').map(({ age }) => age));
  const waiting = `${lines.length - dead} waiting or running`;
  const looks = [good('database', kind)];
  if (oldest > SLOW * 60)
    looks.push(
      doubtful(
        'queue',
        `${waiting}, the oldest for ${Math.round(oldest / 60)} min`,
        'adjutant jobs shows why; more workers or ADJUTANT_REVIEWERS help a long queue.',
      ),
    );
  else looks.push(good('queue', waiting));
  if (dead > 0)
    looks.push(
      doubtful(
        'given up',
        `${dead}`,
        'adjutant jobs shows why; adjutant jobs --retry all has them done again.',
      ),
    );
  return looks;
}
