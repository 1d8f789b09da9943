/**
 * fetch() for octokit: with a limit of time, with the patience that GitHub asks for, and with the whole answer. octokit
 * takes an answer that breaks off for what came of it, and a pull request without a state for a closed one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type NoteDuration, timed } from '../../jobs/durations.ts';
import type { Log } from '../../jobs/services.ts';

const REQUEST_LIMIT = 60_000;
/** Seconds for which a job waits in memory for a limit of GitHub's: longer, and the queue has it again later. */
export const MAX_WAIT = 120;

/**
 * @param note hears how long each answer took
 * @param limit milliseconds for one request: a server that accepts and then says nothing must not hold a job for ever
 */
export function createFetch(log: Log, note: NoteDuration, limit = REQUEST_LIMIT) {
  return (url: string, options: RequestInit): Promise<Response> =>
    patiently(log, () =>
      timed(note, 'github_request', options.method ?? 'GET', async () => {
        const time = AbortSignal.timeout(limit);
        const signal = options.signal ? AbortSignal.any([options.signal, time]) : time;
        return whole(await fetch(url, { ...options, signal }));
      }),
    );
}

/** The same with its body read; rejects where that breaks off. */
async function whole(response: Response): Promise<Response> {
  const { url, status, statusText, headers } = response;
  if (response.body === null) return response;
  const read = new Response(await response.arrayBuffer(), { status, statusText, headers });
  return Object.defineProperty(read, 'url', { value: url });
}

/** Of 429 the plugins know GitHub's own words alone. Nothing was done: also what is never repeated may be asked again. */
async function patiently(log: Log, ask: () => Promise<Response>): Promise<Response> {
  for (let tries = 1; ; tries++) {
    const response = await ask();
    const seconds = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
    if (response.status !== 429 || tries > 3 || !(seconds <= MAX_WAIT)) return response;
    log.warn({ url: response.url, seconds }, 'too many requests');
    await sleep(Math.max(0, seconds) * 1000);
  }
}
