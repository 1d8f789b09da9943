/**
 * One database, embedded (PGlite, in the data directory) or PostgreSQL. Everything above speaks SQL to
 * `query` and does not know which one it is.
 */
import { mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { type ConstructorOptions, fromPglite } from 'pg-boss';
import { UserError } from '../errors.ts';

/** Bytes below which the embedded database takes no new work: what it has needs some to be finished. */
const RESERVE = 64 * 2 ** 20;

export interface Database {
  /** One statement with `$1` parameters. */
  query<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Several statements without parameters, as one transaction. */
  exec(sql: string): Promise<void>;
  /** How pg-boss reaches the same database. */
  readonly boss: ConstructorOptions;
  /** Rejects with a UserError where the disk has no room for more. */
  assertRoom(): Promise<void>;
  /** No other process works on this database: jobs that were active at the start are nobody's. */
  readonly exclusive: boolean;
  close(): Promise<void>;
}

/** Opens PostgreSQL where a URL is given, else the embedded database below `dataDir`. Rejects with a UserError. */
export function openDatabase(databaseUrl: string | undefined, dataDir: string): Promise<Database> {
  return databaseUrl === undefined ? openEmbedded(dataDir) : openPostgres(databaseUrl);
}

async function openEmbedded(dataDir: string): Promise<Database> {
  const folder = join(dataDir, 'database');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let pglite: PGlite;
  try {
    pglite = await PGlite.create(folder);
  } catch (error) {
    throw new UserError(
      `The embedded database ${folder} can't be opened (${(error as Error).message}): restore the folder from a backup, or move it away to start anew.`,
    );
  }
  return {
    query: async <Row>(sql: string, values: readonly unknown[] = []) =>
      (await pglite.query<Row>(sql, [...values])).rows,
    exec: async (sql) => {
      await pglite.transaction(async (transaction) => {
        await transaction.exec(sql);
      });
    },
    boss: { db: fromPglite(pglite), backend: 'pglite' },
    async assertRoom() {
      const { bavail, bsize } = await statfs(folder);
      if (bavail * bsize < RESERVE)
        throw new UserError(
          `The disk of ${folder} is full: free some, or set ADJUTANT_DATA_DIR to a larger one.`,
        );
    },
    exclusive: true,
    close: () => pglite.close(),
  };
}

async function openPostgres(databaseUrl: string): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: 'adjutant',
    connectionTimeoutMillis: 5000,
  });
  // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  try {
    await pool.query('SELECT 1');
  } catch (error) {
    await pool.end();
    throw new UserError(
      `PostgreSQL at DATABASE_URL can't be reached (${reason(error)}): check the address, the user and that it is running.`,
    );
  }
  return {
    query: async <Row>(sql: string, values: readonly unknown[] = []) =>
      (await pool.query(sql, [...values])).rows as Row[],
    exec: async (sql) => {
      await pool.query(`BEGIN;\n${sql};\nCOMMIT`);
    },
    // PostgreSQL takes care of itself, and says so.
    assertRoom: async () => undefined,
    boss: { connectionString: databaseUrl, application_name: 'adjutant', connectionTimeoutMillis: 5000 },
    exclusive: false,
    close: () => pool.end(),
  };
}

/** What went wrong without the connection string, which holds a password. */
function reason(error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  return code ?? message;
}
