/** `adjutant doctor`: looks at everything that the App needs, and says how to mend what is wrong. */
import { existsSync } from 'node:fs';
import { examine } from '../app/doctor/examine.ts';
import { readEnvironment } from '../config/environment.ts';
import type { JobLine } from '../jobs/dead-letter.ts';
import { visible } from '../report/visible.ts';
import { ask } from './ask.ts';
import type { ExitStatus, Io } from './io.ts';

const MARKS = { good: 'ok  ', doubtful: 'look', bad: 'BAD ' } as const;

/** Prints one line a look. Ends with 1 where something is bad. */
export async function runDoctor({ json }: { readonly json?: boolean }, io: Io): Promise<ExitStatus> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const environment = readEnvironment(io.env);
  const looks = await examine(environment, () => ask(environment, 'jobs') as Promise<JobLine[]>);
  if (json === true) io.stdout.write(`${JSON.stringify(looks, null, 2)}\n`);
  else {
    for (const { state, what, says, mend } of looks) {
      io.stdout.write(`${MARKS[state]}  ${visible(what)}: ${visible(says)}\n`);
      if (mend !== undefined) io.stdout.write(`      ${mend}\n`);
    }
  }
  return looks.some(({ state }) => state === 'bad') ? 1 : 0;
}
