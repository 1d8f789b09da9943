/** What kind of trouble an error is: that says how long a job is tried again, and what people are told. */
import { UserError } from '../errors.ts';
import { GitError } from '../git/run.ts';
import { isTransient } from '../git/transient.ts';
import { ChildStopped } from './child.ts';
import { Gone } from './forge.ts';

/**
 * - `gone`: what the job is about is not there any more
 * - `weather`: GitHub, the database or the way to them is not what it should be, and will be again
 * - `disk`: no room, which may be made any moment
 * - `refusal`: an answer that will hardly be another one soon
 * - `stopped`: the work met a limit, or ended its process: the same input will end so again
 * - `user`: a sentence for the user, who alone can mend it
 * - `fault`: of Adjutant
 */
export type Trouble = 'gone' | 'weather' | 'disk' | 'refusal' | 'stopped' | 'user' | 'fault';

/** Failures of a kind after which a job is given up. With the pauses between, 20 are a quarter of an hour. */
const MOST: Readonly<Record<Exclude<Trouble, 'gone'>, number>> = {
  weather: 8,
  disk: 8,
  refusal: 20,
  stopped: 2,
  user: 1,
  fault: 8,
};
/** Seconds for which no number of failures ends what passes by itself: GitHub was away for hours before. */
const PATIENCE = 24 * 3600;

export function troubleOf(error: unknown): Trouble {
  if (error instanceof Gone) return 'gone';
  if (isDiskFull(error)) return 'disk';
  if (error instanceof ChildStopped) return 'stopped';
  if (error instanceof UserError) return 'user';
  if (!(error instanceof Error)) return 'fault';
  if (isTransient(error) || isConnection(error)) return 'weather';
  if (error instanceof GitError || error.name === 'GraphqlResponseError') return 'refusal';
  if (error.name !== 'HttpError') return 'fault';
  const { status = 0 } = error as { readonly status?: number };
  return status >= 500 || status === 429 || isLimit(error) ? 'weather' : 'refusal';
}

/**
 * Whether a job that failed so may be tried again.
 * @param failures of that kind, this one included; a try that a dying process interrupted is none
 * @param waited seconds since the job was asked for
 */
export function mayTryAgain(trouble: Trouble, failures: number, waited: number): boolean {
  if (trouble === 'gone') return false;
  const passes = trouble === 'weather' || trouble === 'disk';
  return (passes && waited < PATIENCE) || failures < MOST[trouble];
}

/** PostgreSQL's classes 08, 53 and 57: connection exceptions, too many clients, an operator who stops it. */
const BROKEN_CODE = /^(ECONN\w+|EPIPE|ETIMEDOUT|EAI_AGAIN|ENOTFOUND|08...|53...|57P..)$/;
const BROKEN_WORDS = /^fetch failed$|^Connection terminated|timeout exceeded when trying to connect/;

/** octokit says 500 of a connection that broke; what is not asked through it says this. */
function isConnection(error: Error): boolean {
  const { code } = error as { readonly code?: unknown };
  if (typeof code === 'string' && BROKEN_CODE.test(code)) return true;
  return ['TimeoutError', 'AbortError'].includes(error.name) || BROKEN_WORDS.test(error.message);
}

/** GitHub's limits come as 403 or as 422, and are told by their words. */
function isLimit({ message }: Error): boolean {
  return /rate limit|abuse|too quickly/i.test(message);
}

function isDiskFull(error: unknown): boolean {
  const text = error instanceof GitError ? error.stderr : error instanceof Error ? error.message : '';
  return /no space left on device|\bENOSPC\b|disk of .* is full/i.test(text);
}
