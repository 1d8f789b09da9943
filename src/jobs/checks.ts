/** The check runs of a head: made, kept and ended together. */

import type { Finding } from '../checkers/checker.ts';
import { codeCheckerNames } from '../checkers/registry.ts';
import type { Configuration } from '../config/configuration.ts';
import type { Database } from '../store/database.ts';
import { type StoredReview, setCheckRun } from '../store/reviews.ts';
import type { CheckRunUpdate, Forge } from './forge.ts';

/** Those that every head has, for branch protection to require. */
export const checkers: readonly string[] = ['lock-order', 'null-deref', 'trailers'];

const MAX_ANNOTATIONS = 50;

function checkRunName(checker: string): string {
  return `adjutant / ${checker}`;
}

/** The checker of a check run's name; undefined for another App's. */
export function checkerOf(name: string): string | undefined {
  return [...new Set([...checkers, ...codeCheckerNames])].find((checker) => checkRunName(checker) === name);
}

/** Checkers besides those of every head that have a check run: the configuration names them, or they found something. */
export function furtherCheckers(
  configuration: Configuration,
  findings: readonly Pick<Finding, 'checker'>[],
): readonly string[] {
  return codeCheckerNames.filter(
    (name) =>
      !checkers.includes(name) &&
      (configuration.checkers[name] !== undefined || findings.some(({ checker }) => checker === name)),
  );
}

/**
 * Makes the check runs of a review that are not there yet. One whose making was interrupted is looked for on
 * GitHub first, by the review's id: a second one of the same name would never be ended.
 */
export async function createCheckRuns(
  database: Database,
  forge: Forge,
  review: StoredReview,
  attempt: number,
  detailsUrl?: string,
): Promise<void> {
  const missing = Object.keys(review.checkRuns).filter((checker) => review.checkRuns[checker] === null);
  if (missing.length === 0) return;
  const there = attempt > 1 ? await forge.checkRuns(review.head) : [];
  for (const checker of missing) {
    const name = checkRunName(checker);
    const found = there.find((run) => run.name === name && run.externalId === review.id);
    const run = { name, head: review.head, externalId: review.id, detailsUrl };
    const id = found?.id ?? (await forge.createCheckRun(run));
    await setCheckRun(database, review.id, checker, id);
  }
}

/** Tells all check runs of a review the same. */
export async function updateCheckRuns(forge: Forge, review: StoredReview, update: CheckRunUpdate) {
  for (const id of Object.values(review.checkRuns)) if (id !== null) await forge.updateCheckRun(id, update);
}

/**
 * Ends one check run, its annotations in batches: the run is completed with the last of them. `sent` annotations are
 * there from an interrupted try: GitHub appends, so they are not sent again.
 */
export async function completeCheckRun(
  forge: Forge,
  id: number,
  { annotations = [], conclusion, ...words }: Omit<CheckRunUpdate, 'status'>,
  sent = 0,
): Promise<void> {
  let from = sent;
  for (; annotations.length - from > MAX_ANNOTATIONS; from += MAX_ANNOTATIONS) {
    const batch = annotations.slice(from, from + MAX_ANNOTATIONS);
    await forge.updateCheckRun(id, { ...words, status: 'in_progress', annotations: batch });
  }
  await forge.updateCheckRun(id, {
    ...words,
    status: 'completed',
    ...(conclusion === undefined ? {} : { conclusion }),
    annotations: annotations.slice(from),
  });
}
