/**
 * How fast Adjutant writes. GitHub's secondary limits allow about 80 writes a minute; its advice is one a second. A
 * push is a dozen of them, and should not take a dozen seconds: a burst is free, what goes beyond is paced.
 */

export interface Pace {
  /** Resolves when the next write may go. */
  turn(): Promise<void>;
}

/** A bucket of `burst` turns, one more every `interval` milliseconds. Turns are given in order. */
export function createPace(burst: number, interval: number, now: () => number = Date.now): Pace {
  /** When the bucket was, or will be, full less the turns given so far: a single number says it all. */
  let paidUntil = now() - burst * interval;
  return {
    turn() {
      paidUntil = Math.max(paidUntil, now() - burst * interval) + interval;
      const wait = paidUntil - now();
      return wait <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, wait));
    },
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
        async schedule(_options: unknown, next: () => Promise<unknown>): Promise<unknown> {
          await pace.turn();
          return next();
        },
      };
    },
  };
}
