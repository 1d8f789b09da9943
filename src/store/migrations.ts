/** The tables of Adjutant, as steps that are only ever added to. pg-boss keeps its own schema beside them. */
import { UserError } from '../errors.ts';
import type { Database } from './database.ts';

const steps: readonly string[] = [
  `CREATE TABLE adjutant.review (
     id uuid PRIMARY KEY,
     installation bigint NOT NULL,
     repository bigint NOT NULL,
     number integer NOT NULL,
     head text NOT NULL,
     base_ref text NOT NULL,
     state text NOT NULL CHECK (state IN ('queued', 'completed', 'superseded', 'failed')),
     check_runs jsonb NOT NULL,
     reason text,
     requested timestamptz NOT NULL DEFAULT now(),
     finished timestamptz
   );
   CREATE INDEX review_head ON adjutant.review (repository, head);
   CREATE TABLE adjutant.pull_request (
     repository bigint NOT NULL,
     number integer NOT NULL,
     head text NOT NULL,
     PRIMARY KEY (repository, number)
   );
   CREATE TABLE adjutant.remark (
     repository bigint NOT NULL,
     number integer NOT NULL,
     fingerprint text NOT NULL,
     head text NOT NULL,
     PRIMARY KEY (repository, number, fingerprint)
   )`,
  // Texts that hold JSON are no jsonb: that has no NUL, and a source line may have one.
  `CREATE TABLE adjutant.repository (
     id bigint PRIMARY KEY,
     installation bigint NOT NULL,
     owner text NOT NULL,
     name text NOT NULL,
     base_ref text NOT NULL,
     base text NOT NULL,
     updated timestamptz NOT NULL DEFAULT now()
   );
   CREATE TABLE adjutant.finding (
     review uuid NOT NULL REFERENCES adjutant.review ON DELETE CASCADE,
     ordinal integer NOT NULL,
     fixed boolean NOT NULL,
     fingerprint text NOT NULL,
     rule text NOT NULL,
     severity text NOT NULL,
     body text NOT NULL,
     PRIMARY KEY (review, ordinal)
   );
   CREATE INDEX finding_fingerprint ON adjutant.finding (fingerprint);
   CREATE INDEX review_pull ON adjutant.review (repository, number, requested);
   ALTER TABLE adjutant.review ADD COLUMN report text`,
  `CREATE TABLE adjutant.sweep (
     name text PRIMARY KEY,
     taken timestamptz NOT NULL,
     done_until timestamptz
   );
   CREATE TABLE adjutant.worker (
     id uuid PRIMARY KEY,
     repositories bigint[] NOT NULL,
     free integer NOT NULL,
     seen timestamptz NOT NULL
   )`,
  `CREATE TABLE adjutant.dismissal (
     repository bigint NOT NULL,
     number integer NOT NULL,
     fingerprint text NOT NULL,
     login text NOT NULL,
     reason text NOT NULL,
     at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (repository, number, fingerprint)
   );
   CREATE TABLE adjutant.budget (
     installation bigint NOT NULL,
     resource text NOT NULL,
     "limit" integer NOT NULL,
     remaining integer NOT NULL,
     reset timestamptz NOT NULL,
     requests bigint NOT NULL,
     PRIMARY KEY (installation, resource)
   );
   ALTER TABLE adjutant.repository
     ADD COLUMN mirror_bytes bigint, ADD COLUMN index_bytes bigint, ADD COLUMN indexed timestamptz`,
  `CREATE TABLE adjutant.past_dismissal (
     repository bigint NOT NULL,
     number integer NOT NULL,
     fingerprint text NOT NULL,
     login text NOT NULL,
     reason text NOT NULL,
     at timestamptz NOT NULL,
     ended_by text NOT NULL,
     ended timestamptz NOT NULL DEFAULT now()
   )`,
  'ALTER TABLE adjutant.review ADD COLUMN failures integer NOT NULL DEFAULT 0',
  `CREATE TABLE adjutant.duration (
     name text NOT NULL,
     series text NOT NULL,
     upper double precision NOT NULL,
     count bigint NOT NULL,
     sum double precision NOT NULL,
     PRIMARY KEY (name, series, upper)
   )`,
  `CREATE TABLE adjutant.base_branch (
     repository bigint NOT NULL REFERENCES adjutant.repository ON DELETE CASCADE,
     ref text NOT NULL,
     tip text NOT NULL,
     updated timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (repository, ref)
   );
   INSERT INTO adjutant.base_branch SELECT id, base_ref, base, updated FROM adjutant.repository`,
  "ALTER TABLE adjutant.review ADD COLUMN failures_by_kind jsonb NOT NULL DEFAULT '{}'",
  'ALTER TABLE adjutant.pull_request ADD COLUMN updated timestamptz',
];

/** Version of the tables that this Adjutant works with. */
export const newest = steps.length;

/**
 * Brings the database to this version's tables. Forward only: rejects with a UserError where a newer Adjutant
 * has been there. Safe when several processes start at once.
 * @param until an older version to stop at
 */
export async function migrate(database: Database, until = newest): Promise<void> {
  await database.exec(
    `SELECT pg_advisory_xact_lock(20641);
     CREATE SCHEMA IF NOT EXISTS adjutant;
     CREATE TABLE IF NOT EXISTS adjutant.version (version integer NOT NULL);
     INSERT INTO adjutant.version SELECT 0 WHERE NOT EXISTS (SELECT FROM adjutant.version)`,
  );
  const [row] = await database.query<{ version: number }>('SELECT version FROM adjutant.version');
  const found = row?.version ?? 0;
  if (found > newest) {
    throw new UserError(
      `The database is of a newer Adjutant (tables version ${found}, this one knows ${newest}): run that version again, or restore a backup from before the upgrade.`,
    );
  }
  for (let version = found; version < until; version++) await step(database, version);
}

/** One step and its number in one transaction; nothing where another process was faster. */
async function step(database: Database, version: number): Promise<void> {
  await database.exec(
    `SELECT pg_advisory_xact_lock(20641);
     DO $step$ BEGIN
       IF (SELECT version FROM adjutant.version) = ${version} THEN
         ${steps[version]};
         UPDATE adjutant.version SET version = ${version + 1};
       END IF;
     END $step$`,
  );
}
