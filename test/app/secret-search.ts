/** Looks for secrets in every byte that an App wrote: each App that a test starts is searched when the test removes it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { StandInGitHub } from '../../demo/github/index.ts';
import { openDatabase } from '../../src/store/database.ts';

/** What such a token looks like, wherever it comes from; and how git sends one. */
const TOKEN = /gh[su]_\w{10}|eC1hY2Nlc3MtdG9rZW46/;
/** GitHub is told a user's token and the App's secret here, as it wants it. */
const TOLD = ['page', 'apps/delete-token', 'apps/check-token'];

export interface Written {
  readonly output: string;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
}

/** Each place with a secret in it, without the secret. Also says how many places there were. */
export async function findSecrets(
  github: StandInGitHub,
  { output, dataDir, databaseUrl }: Written,
  further: readonly string[] = [],
): Promise<{ found: string[]; places: number }> {
  const secrets = [
    ...github.secrets().flatMap((secret) => {
      // The lines between the first and the last of a key; how they are broken may change on the way.
      const lines = secret.includes('\n') ? secret.split('\n').slice(1, -2) : [secret];
      return lines.filter((line) => line.length > 10);
    }),
    ...further,
  ];
  const has = (text: string) => TOKEN.test(text) || secrets.some((secret) => text.includes(secret));
  const found: string[] = [];
  let places = 0;
  const look = (place: string, text: string) => {
    places += 1;
    if (has(text)) found.push(place);
  };
  look('output', output);
  for (const name of readdirSync(dataDir, { recursive: true }) as string[]) {
    const path = join(dataDir, name);
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) look(path, readFileSync(path, 'latin1'));
  }
  for (const { operation, path, body } of github.requests)
    if (!TOLD.includes(operation)) look(`request ${operation}`, `${path} ${JSON.stringify(body) ?? ''}`);
  for (const [n, row] of (await rowsOf(databaseUrl)).entries()) look(`row ${n}`, row);
  return { found, places };
}

/** Everything that stands in a PostgreSQL; the embedded database is files. */
async function rowsOf(url: string | undefined): Promise<string[]> {
  if (url === undefined) return [];
  const database = await openDatabase(url, '/nowhere');
  try {
    const tables = await database.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('adjutant', 'pgboss')`,
    );
    const rows: string[] = [];
    for (const { name } of tables) {
      const found = await database.query<{ text: string }>(
        `SELECT row_to_json(t)::text AS text FROM ${name} t`,
      );
      rows.push(...found.map(({ text }) => text));
    }
    return rows;
  } finally {
    await database.close();
  }
}
