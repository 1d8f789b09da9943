/** Which of GitHub's deliveries did not arrive, and must be asked for again: pure. */

/** One attempt to deliver an event, as GitHub keeps it. */
export interface Delivery {
  readonly id: number;
  /** The same for all attempts at one event: `X-GitHub-Delivery`. */
  readonly guid: string;
  /** Milliseconds since 1970. */
  readonly deliveredAt: number;
  readonly statusCode: number;
  readonly event: string;
  readonly action: string | null;
}

/** GitHub's record of what it sent to the App. */
export interface DeliveryRecord {
  /** Days that GitHub keeps it, and delivers again. */
  readonly days: number;
  /** Attempts since a time, the newest first. */
  list(since: number): Promise<readonly Delivery[]>;
  redeliver(id: number): Promise<void>;
}

export interface Missed {
  /** One attempt of each event that is to be sent again now, the oldest event first. */
  readonly again: readonly Delivery[];
  /** Events that were refused too often. */
  readonly lost: readonly Delivery[];
  /** Time of the oldest attempt at an event that is not delivered yet and not lost; undefined where there is none. */
  readonly openSince: number | undefined;
}

/** Attempts at one event, the first included. What is refused so often is refused for a reason. */
const MAX_ATTEMPTS = 12;
const FIRST_WAIT = 60_000;
const LONGEST_WAIT = 6 * 3_600_000;

/**
 * @param attempts in any order
 * @param isWanted whether Adjutant does anything about such an event
 * @param now milliseconds since 1970
 */
export function missedDeliveries(
  attempts: readonly Delivery[],
  isWanted: (event: string, action: string | null) => boolean,
  now: number,
): Missed {
  const events = Map.groupBy(attempts, ({ guid }) => guid);
  const again: Delivery[] = [];
  const lost: Delivery[] = [];
  let openSince: number | undefined;
  for (const tries of events.values()) {
    const inOrder = tries.toSorted((a, b) => a.deliveredAt - b.deliveredAt);
    const first = inOrder[0] as Delivery;
    const last = inOrder.at(-1) as Delivery;
    if (inOrder.some(wasTaken) || !isWanted(first.event, first.action)) continue;
    if (inOrder.length >= MAX_ATTEMPTS) {
      lost.push(last);
      continue;
    }
    openSince = Math.min(openSince ?? first.deliveredAt, first.deliveredAt);
    // Each attempt waits twice as long as the one before; an attempt that is under way is not in the record yet.
    const wait = Math.min(FIRST_WAIT * 2 ** (inOrder.length - 2), LONGEST_WAIT);
    if (inOrder.length === 1 || now - last.deliveredAt >= wait) again.push(last);
  }
  again.sort((a, b) => a.deliveredAt - b.deliveredAt);
  return { again, lost, openSince };
}

const wasTaken = ({ statusCode }: Delivery): boolean => statusCode >= 200 && statusCode < 300;

const DAY = 86_400_000;

/** The events of the last 24 hours that have not arrived yet, by their last attempt, the newest first. */
export async function failedDeliveries(record: DeliveryRecord, now: number): Promise<readonly Delivery[]> {
  const events = Map.groupBy(await record.list(now - DAY), ({ guid }) => guid);
  return [...events.values()]
    .filter((attempts) => !attempts.some(wasTaken))
    .map((attempts) => attempts.toSorted((a, b) => b.deliveredAt - a.deliveredAt)[0] as Delivery)
    .toSorted((a, b) => b.deliveredAt - a.deliveredAt);
}
