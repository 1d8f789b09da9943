/** The machine: git, disk. */
import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs';
import { runGit } from '../../git/run.ts';
import { bad, type Diagnosis, doubtful, good } from './finding.ts';

/** Versions that the tests run with begin here: older ones lack options that keep hostile input inert. */
const OLDEST_GIT = [2, 39] as const;
const GIB = 2 ** 30;

export async function examineGit(): Promise<Diagnosis> {
  const mend = `Install git ${OLDEST_GIT.join('.')} or newer, and see that it is on the PATH.`;
  try {
    const text = (await runGit(['--version'])).toString('utf8').trim();
    const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(text) ?? []).map(Number);
    const isOld = major < OLDEST_GIT[0] || (major === OLDEST_GIT[0] && minor < OLDEST_GIT[1]);
    return isOld ? bad('git', `${text} is too old`, mend) : good('git', text);
  } catch (error) {
    return bad('git', (error as Error).message, mend);
  }
}

/** Whether a folder can be written to, and how much room there is; it is made where it is missing. */
export function examineFolder(variable: string, folder: string, wanted: number): Diagnosis {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    const free = bavail * bsize;
    const says = `${folder}, ${(free / GIB).toFixed(1)} GiB free`;
    if (free >= wanted * GIB) return good(variable, says);
    return doubtful(
      variable,
      says,
      `Linux needs ${wanted} GiB there: free some, or set ${variable} to a larger disk.`,
    );
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return bad(
      variable,
      `${folder} can't be used (${code})`,
      `Set ${variable} to a folder that this user may write.`,
    );
  }
}
