/** What reviews found, for the pages: each finding with the lines that it quotes, and what holds for a whole report. */
import { COMMIT_MESSAGE, type Finding } from '../checkers/checker.ts';
import type { FileDiff } from '../git/change.ts';
import type { Correction } from '../report/corrected-messages.ts';
import { type ChangedLines, changedLines } from '../review/changed-lines.ts';
import { type Report, sourceKey } from '../review/report.ts';
import { keepBaseBranch } from './base-branches.ts';
import type { Database } from './database.ts';

/** Findings of one report that are kept: what has more is looked at in a terminal. */
const MAX_FINDINGS = 500;
/** Lines before and after each place that are kept. */
const AROUND = 6;

/** A line of source as it is shown. */
export interface QuotedLine {
  readonly line: number;
  readonly text: string;
  /** The change adds it. */
  readonly added: boolean;
}

/** A finding with what a page needs to show it without the repository. */
export interface KeptFinding {
  readonly finding: Finding;
  /** By `sourceKey`, in order of line; lines between may be left out. */
  readonly source: Readonly<Record<string, readonly QuotedLine[]>>;
}

/** What is kept of a report beside its findings. */
export interface KeptReport {
  readonly base: string;
  readonly head: string;
  readonly limits: readonly string[];
  readonly commits: readonly { readonly id: string; readonly subject: string }[];
  readonly elapsed: number;
  readonly files: number;
  readonly functions: number;
  /** Findings that were not kept, since there were too many. */
  readonly left: number;
  /** Commit messages that are wrong, as they should be. Not in reports of an older Adjutant. */
  readonly corrections?: readonly Correction[];
}

interface Place {
  readonly id: number;
  readonly installation: number;
  readonly owner: string;
  readonly name: string;
}

/** Keeps the report of a review; of a second try what it says replaces the first. */
export async function keepReport(
  database: Database,
  repository: Place,
  review: { readonly id: string; readonly baseRef: string },
  {
    report,
    diff,
    corrections,
  }: { report: Report; diff: readonly FileDiff[]; corrections?: readonly Correction[] },
  baseTip: string,
): Promise<void> {
  const { id, installation, owner, name } = repository;
  await database.query(
    `INSERT INTO adjutant.repository (id, installation, owner, name, base_ref, base)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (id) DO UPDATE SET installation = EXCLUDED.installation, owner = EXCLUDED.owner,
       name = EXCLUDED.name, base_ref = EXCLUDED.base_ref, base = EXCLUDED.base, updated = now()`,
    [id, installation, owner, name, review.baseRef, baseTip],
  );
  await keepBaseBranch(database, id, { ref: review.baseRef, tip: baseTip });
  const found = report.findings.map((finding) => ({ finding, fixed: false }));
  const all = [...found, ...report.fixed.map((finding) => ({ finding, fixed: true }))];
  const rows = all.slice(0, MAX_FINDINGS);
  const changed = changedLines(diff);
  const column = (value: (row: (typeof rows)[number]) => unknown) => rows.map(value);
  await database.query('UPDATE adjutant.review SET report = $2 WHERE id = $1', [
    review.id,
    JSON.stringify({ ...keptReport(report, all.length - rows.length), corrections }),
  ]);
  await database.query('DELETE FROM adjutant.finding WHERE review = $1', [review.id]);
  await database.query(
    `INSERT INTO adjutant.finding (review, ordinal, fixed, fingerprint, rule, severity, body)
     SELECT $1, ordinal - 1, fixed, fingerprint, rule, severity, body
     FROM unnest($2::boolean[], $3::text[], $4::text[], $5::text[], $6::text[])
       WITH ORDINALITY AS row (fixed, fingerprint, rule, severity, body, ordinal)`,
    [
      review.id,
      column(({ fixed }) => fixed),
      column(({ finding }) => finding.fingerprint),
      column(({ finding }) => finding.rule),
      column(({ finding }) => finding.severity),
      column(({ finding }) => JSON.stringify({ finding, source: sourceOf(finding, report, changed) })),
    ],
  );
}

function keptReport({ base, head, limits, stats, excerpts }: Report, left: number): KeptReport {
  const commits = [...excerpts].flatMap(([key, lines]) =>
    key.endsWith(COMMIT_MESSAGE) && key !== COMMIT_MESSAGE
      ? [{ id: key.slice(0, -COMMIT_MESSAGE.length), subject: lines.get(1) ?? '' }]
      : [],
  );
  const { elapsed, files, functions } = stats;
  return { base, head, limits, commits, elapsed, files, functions, left };
}

/** The lines of a report that belong to one finding: around its place and around the steps of its trace. */
function sourceOf(finding: Finding, report: Report, changed: ChangedLines): KeptFinding['source'] {
  const places = new Map<string, number[]>();
  const want = (key: string, line: number) => places.set(key, [...(places.get(key) ?? []), line]);
  want(sourceKey(finding), finding.line);
  want(sourceKey(finding), finding.endLine);
  for (const step of finding.trace) want(step.path, step.line);
  const isMessage = finding.path === COMMIT_MESSAGE;
  return Object.fromEntries(
    [...places].map(([key, lines]) => {
      const quoted = [...(report.excerpts.get(key) ?? [])]
        .filter(([line]) => isMessage || lines.some((at) => Math.abs(at - line) <= AROUND))
        .map(([line, text]) => ({ line, text, added: changed.isAdded(key, line) }));
      return [key, quoted];
    }),
  );
}

/** A finding of a review by its place in the report. */
export interface FoundFinding extends KeptFinding {
  readonly review: string;
  readonly ordinal: number;
  /** The change mends it. */
  readonly fixed: boolean;
}

/** A review that came to a verdict, with its report. */
export interface ReportedReview {
  readonly id: string;
  readonly baseRef: string;
  readonly requested: Date;
  readonly report: KeptReport;
}

interface ReviewRow {
  id: string;
  base_ref: string;
  requested: Date;
  report: string;
}

interface FindingRow {
  review: string;
  ordinal: number;
  fixed: boolean;
  body: string;
}

const toReview = ({ id, base_ref: baseRef, requested, report }: ReviewRow): ReportedReview => ({
  id,
  baseRef,
  requested,
  report: JSON.parse(report) as KeptReport,
});

const toFinding = ({ review, ordinal, fixed, body }: FindingRow): FoundFinding => ({
  review,
  ordinal,
  fixed,
  ...(JSON.parse(body) as KeptFinding),
});

/** The reviews of a pull request that have a report, the oldest first. */
export async function reportsOn(
  database: Database,
  repository: number,
  number: number,
): Promise<ReportedReview[]> {
  const rows = await database.query<ReviewRow>(
    `SELECT id, base_ref, requested, report FROM adjutant.review
     WHERE repository = $1 AND number = $2 AND report IS NOT NULL ORDER BY requested, id`,
    [repository, number],
  );
  return rows.map(toReview);
}

/** Findings of these reviews, in order of their reports. */
export async function findingsOf(database: Database, reviews: readonly string[]): Promise<FoundFinding[]> {
  const rows = await database.query<FindingRow>(
    `SELECT review, ordinal, fixed, body FROM adjutant.finding
     WHERE review = ANY($1::uuid[]) ORDER BY review, ordinal`,
    [reviews],
  );
  return rows.map(toFinding);
}

/** Forgets the reports that no link leads to any more: those of reviews that were asked for so many days ago. */
export async function forgetReports(database: Database, days: number): Promise<void> {
  const old = `requested < now() - $1::integer * interval '1 day'`;
  await database.query(
    `DELETE FROM adjutant.finding USING adjutant.review WHERE review.id = finding.review AND ${old}`,
    [days],
  );
  await database.query(`UPDATE adjutant.review SET report = NULL WHERE report IS NOT NULL AND ${old}`, [
    days,
  ]);
}

/** Bytes; undefined where its tree has no index: small ones need none. */
export interface DiskUse {
  readonly mirror: number;
  readonly index: number | undefined;
  readonly indexed: Date | undefined;
}

export async function keepDiskUse(database: Database, repository: number, use: DiskUse): Promise<void> {
  await database.query(
    'UPDATE adjutant.repository SET mirror_bytes = $2, index_bytes = $3, indexed = $4 WHERE id = $1',
    [repository, use.mirror, use.index ?? null, use.indexed?.toISOString() ?? null],
  );
}

export interface KeptRepository extends Place {
  readonly baseRef: string;
  /** SHA of the base branch when it was last reviewed against. */
  readonly base: string;
  readonly updated: Date;
  readonly disk: DiskUse;
}

interface RepositoryRow {
  id: number | string;
  installation: number | string;
  owner: string;
  name: string;
  base_ref: string;
  base: string;
  updated: Date;
  mirror_bytes: number | string | null;
  index_bytes: number | string | null;
  indexed: Date | null;
}

/** Every repository in which a pull request was reviewed, by name. */
export async function repositories(database: Database): Promise<KeptRepository[]> {
  const rows = await database.query<RepositoryRow>('SELECT * FROM adjutant.repository ORDER BY owner, name');
  return rows.map((row) => ({
    id: Number(row.id),
    installation: Number(row.installation),
    owner: row.owner,
    name: row.name,
    baseRef: row.base_ref,
    base: row.base,
    updated: row.updated,
    disk: {
      mirror: Number(row.mirror_bytes ?? 0),
      index: row.index_bytes === null ? undefined : Number(row.index_bytes),
      indexed: row.indexed ?? undefined,
    },
  }));
}

export async function findRepository(database: Database, id: number): Promise<KeptRepository | undefined> {
  return (await repositories(database)).find((repository) => repository.id === id);
}
