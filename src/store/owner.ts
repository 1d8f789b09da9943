/**
 * One process owns a data directory: PGlite has no lock between processes, and two of them destroy a database.
 * The lock is SQLite's, which is the kernel's own on an open file: it ends with the process however that dies, and
 * holds between containers that share a volume, where a file with a process id would lie.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { UserError } from '../errors.ts';

export interface Owner {
  release(): void;
}

/** Locks that are held: one that nobody refers to would be closed, and so given up, when memory is collected. */
const held = new Set<DatabaseSync>();

/** Takes the data directory (made where it is missing) or throws a UserError that says who else has it. */
export function ownDataDir(dataDir: string): Owner {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new UserError(
      `The data directory ${dataDir} can't be made (${(error as NodeJS.ErrnoException).code}): set ADJUTANT_DATA_DIR to a folder that Adjutant may write.`,
    );
  }
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(dataDir, 'owner.lock'));
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return keep(lock);
  } catch (error) {
    lock?.close();
    if (/locked/.test((error as Error).message)) {
      throw new UserError(
        `Another Adjutant is running on the data directory ${dataDir}: stop it, or set ADJUTANT_DATA_DIR to another folder, or DATABASE_URL to a PostgreSQL that both may use.`,
      );
    }
    throw new UserError(
      `The data directory ${dataDir} can't be used (${(error as Error).message}): set ADJUTANT_DATA_DIR to a folder that Adjutant may write.`,
    );
  }
}

function keep(lock: DatabaseSync): Owner {
  held.add(lock);
  return {
    release: () => {
      held.delete(lock);
      lock.close();
    },
  };
}
