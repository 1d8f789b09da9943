/** GitHub's refusals in the terms of jobs. */
import { RequestError } from 'octokit';
import { Gone, NotPlaced } from '../../jobs/forge.ts';

export function isStatus(error: unknown, ...statuses: readonly number[]): error is RequestError {
  return error instanceof RequestError && statuses.includes(error.status);
}

/** Rejects with Gone where the answer is 404 or 410. */
export async function unlessGone<T>(what: string, request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (isStatus(error, 404, 410)) throw new Gone(`${what} is not there, or not for Adjutant to see.`);
    throw error;
  }
}

/** Rejects with NotPlaced where GitHub refuses what was said because of its place or its text. */
export async function unlessRefused<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    // "was submitted too quickly" is a secondary limit in the clothes of a 422: it passes.
    if (isStatus(error, 422) && !/too quickly|abuse/i.test(error.message)) throw new NotPlaced(error.message);
    throw error;
  }
}
