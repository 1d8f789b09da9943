/**
 * How fast Adjutant writes. GitHub's secondary limits: 900 points a minute, of which a write costs five; about 80
 * comments or reviews a minute and 500 an hour. Its advice is one write a second; but a push is a dozen of them, and
 * should not take a dozen seconds: a burst is free, what goes beyond is paced.
 */

/** Writes a minute, once the burst is spent: with it 170 in the first minute, and GitHub allows 180. */
const WRITES = 130;
const WRITE_BURST = 40;
/** Comments and reviews, each comment of a review too: 67 in the first minute, 499 in an hour. */
const WORDS_BURST = 60;
const WORDS_INTERVAL = 8200;

export interface Pace {
  /** Resolves when the next write may go, or one that counts as many. */
  turn(count?: number): Promise<void>;
  /** How many turns may begin within so many milliseconds. */
  room(within: number): number;
}

/** A bucket of `burst` turns, one more every `interval` milliseconds. Turns are given in order. */
export function createPace(burst: number, interval: number, now: () => number = Date.now): Pace {
  /** When the bucket was, or will be, full less the turns given so far: a single number says it all. */
  let paidUntil = now() - burst * interval;
  return {
    turn(count = 1) {
      paidUntil = Math.max(paidUntil, now() - burst * interval) + count * interval;
      const wait = paidUntil - now();
      return wait <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, wait));
    },
    room(within) {
      const from = Math.max(paidUntil, now() - burst * interval);
      return Math.max(0, Math.floor((now() + within - from) / interval));
    },
  };
}

/** The limiters of @octokit/plugin-throttling. A server with other limits may be written to more often. */
export function paces(writesPerMinute = WRITES) {
  return {
    write: paceGroups(WRITE_BURST, 60_000 / writesPerMinute),
    notifications: paceGroups(WORDS_BURST, (WORDS_INTERVAL * WRITES) / writesPerMinute),
  };
}

/** The same for each installation: the limits are counted so. In the shape of @octokit/plugin-throttling's groups. */
export function paceGroups(burst: number, interval: number) {
  const paces = new Map<string, Pace>();
  return {
    key(id: string) {
      const pace = paces.get(id) ?? createPace(burst, interval);
      paces.set(id, pace);
      return {
        ...pace,
        async schedule(_options: unknown, next: () => Promise<unknown>): Promise<unknown> {
          await pace.turn();
          return next();
        },
      };
    },
  };
}
