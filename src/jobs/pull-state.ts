/** A pull request as GitHub has it now: its API answers from copies that may be some seconds behind its own events. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Gone, type PullRequestState } from './forge.ts';

/** Milliseconds before each further look. */
const PAUSES = [1000, 2000, 4000];

/**
 * Asks until the answer is about the head and the base that an event named, or a newer event is heard of. What GitHub
 * still says otherwise after a few looks holds.
 * @param newest head that the last event named
 */
export async function readPullState(
  ask: () => Promise<PullRequestState>,
  newest: () => Promise<string | undefined>,
  expected: { readonly head: string; readonly baseRef: string },
  pauses: readonly number[] = PAUSES,
): Promise<PullRequestState> {
  const found = () => unlessBehind(ask, pauses);
  for (const pause of pauses) {
    const state = await found();
    const isExpected = state.head === expected.head && state.baseRef === expected.baseRef;
    if (isExpected || !state.open || (await newest()) !== expected.head) return state;
    await sleep(pause);
  }
  return found();
}

/** Asks a few times more for what an event named and GitHub does not know: it may not know it yet. Rejects with Gone. */
export async function unlessBehind<T>(ask: () => Promise<T>, pauses: readonly number[] = PAUSES): Promise<T> {
  for (const pause of pauses) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
    }
    await sleep(pause);
  }
  return ask();
}
