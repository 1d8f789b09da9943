/** An embedded database with its tables, in a folder of its own, gone afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrations.ts';

export interface ScratchDatabase {
  readonly database: Database;
  /** For what else a test keeps. */
  readonly folder: string;
  remove(): Promise<void>;
}

export async function openScratchDatabase(): Promise<ScratchDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'adjutant-database-'));
  const database = await openDatabase(undefined, folder);
  await migrate(database);
  return {
    database,
    folder,
    async remove() {
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
