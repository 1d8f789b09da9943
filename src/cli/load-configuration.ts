/** The configuration that a command runs with. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Configuration } from '../config/configuration.ts';
import { CONFIGURATION_PATH } from '../config/configuration-path.ts';
import { UserError } from '../errors.ts';
import { decodeText } from '../git/bytes.ts';
import type { SourceTree } from '../git/change.ts';
import type { Io } from './io.ts';

/**
 * --config FILE, or .github/adjutant.yml of the base tree, or undefined where there is none. Throws a UserError with
 * line and column for one that can't be read.
 */
export async function loadConfiguration(
  file: string | undefined,
  base: SourceTree | undefined,
  io: Io,
): Promise<Configuration | undefined> {
  let bytes: Uint8Array | undefined;
  if (file !== undefined) {
    bytes = await readFile(resolve(io.cwd, file)).catch((error: NodeJS.ErrnoException) => {
      throw new UserError(`The configuration ${file} can't be read (${error.code}).`);
    });
  } else bytes = (await base?.read([CONFIGURATION_PATH]))?.get(CONFIGURATION_PATH);
  if (bytes === undefined) return undefined;
  const [{ requireConfiguration }, { codeCheckerNames }] = await Promise.all([
    import('../config/read-configuration.ts'),
    import('../checkers/registry.ts'),
  ]);
  return requireConfiguration(decodeText(bytes), file ?? CONFIGURATION_PATH, codeCheckerNames);
}
