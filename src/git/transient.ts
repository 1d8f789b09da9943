/** Failures of the network and of the remote, which pass, told from those that stay; and the patience with them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { GitError } from './run.ts';

/** What git and curl say of a connection that did not come about or broke. */
const BROKEN =
  /RPC failed|empty reply|connection (was )?(reset|refused|timed out)|could not resolve|(failed|couldn't) (to )?connect|operation (timed out|too slow)|hung up unexpectedly|early EOF|unexpected disconnect|transfer closed|expected (flush|'\w+')|\b(SSL|TLS|gnutls)\w*\b/i;
const STATUS = /returned error: (\d{3})/;
/** Milliseconds before each further try of one fetch. */
const PAUSES = [1000, 4000, 10_000];

/** Whether the remote could not answer, or not be reached: the same may succeed later. A refusal (401, 403, 404) is none. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof GitError)) return false;
  const status = Number(STATUS.exec(error.stderr)?.[1] ?? 0);
  if (status !== 0) return status >= 500 || status === 429;
  return BROKEN.test(error.stderr);
}

/** Does what goes over the network, up to four times while failures are transient. Rejects as the last try did. */
export async function persistently<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (const pause of PAUSES) {
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted || !isTransient(error)) throw error;
    }
    await sleep(pause, undefined, signal === undefined ? {} : { signal });
  }
  return work();
}
