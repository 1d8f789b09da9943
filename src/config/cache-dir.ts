/** Where the index is kept. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** ADJUTANT_CACHE_DIR, or `adjutant` in XDG_CACHE_HOME or ~/.cache. */
export function cacheDir(env: Readonly<Record<string, string | undefined>>): string {
  const own = env.ADJUTANT_CACHE_DIR;
  return resolve(own || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'adjutant'));
}
