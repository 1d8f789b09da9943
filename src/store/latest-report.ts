/** What the newest finished review of a pull request found, as commands ask for it. */
import { COMMIT_MESSAGE, type Finding } from '../checkers/checker.ts';
import type { Excerpts } from '../review/report.ts';
import type { Database } from './database.ts';
import { type FoundFinding, findingsOf, type KeptReport, reportsOn } from './findings.ts';

interface Pull {
  readonly repository: { readonly id: number };
  readonly number: number;
}

export interface LatestReport extends KeptReport {
  /** Id of the review. */
  readonly review: string;
  /** Introduced, in the order of their ordinals. */
  readonly findings: readonly Finding[];
  /** The lines that were kept. */
  readonly excerpts: Excerpts;
}

/** Undefined where no review has finished yet. */
export async function latestReport(
  database: Database,
  { repository, number }: Pull,
): Promise<LatestReport | undefined> {
  const newest = (await reportsOn(database, repository.id, number)).at(-1);
  if (newest === undefined) return undefined;
  const found = (await findingsOf(database, [newest.id])).filter(({ fixed }) => !fixed);
  return {
    ...newest.report,
    review: newest.id,
    findings: found.map(({ finding }) => finding),
    excerpts: excerptsOf(found, newest.report),
  };
}

function excerptsOf(found: readonly FoundFinding[], { commits }: KeptReport): Excerpts {
  const excerpts = new Map<string, Map<number, string>>();
  const put = (key: string, line: number, text: string) => {
    const lines = excerpts.get(key) ?? new Map<number, string>();
    excerpts.set(key, lines.set(line, text));
  };
  for (const { id, subject } of commits) put(`${id}${COMMIT_MESSAGE}`, 1, subject);
  for (const { source } of found) {
    for (const [key, lines] of Object.entries(source))
      for (const { line, text } of lines) put(key, line, text);
  }
  return excerpts;
}
