/**
 * Finds the events that did not arrive, because the service was down or its database was, and has GitHub send them again:
 * GitHub does not by itself. Nothing is done twice, since a job has the id of its delivery.
 */
import type { Database } from '../store/database.ts';
import { keepSwept, sweptUntil, takeTurn } from '../store/sweeps.ts';
import { type DeliveryRecord, missedDeliveries } from './deliveries.ts';
import type { Log } from './services.ts';

const DAY = 86_400_000;
/** Milliseconds of the record that are looked at again: a delivery is in it only when it has ended. */
const OVERLAP = 10 * 60_000;
/** Part of the time between two sweeps in which one of another process counts for all. */
const TURN = 0.8;

export interface SweepOptions {
  readonly database: Database;
  readonly deliveries: DeliveryRecord;
  readonly isWanted: (event: string, action: string | null) => boolean;
  /** Seconds between two sweeps. */
  readonly interval: number;
  readonly log: Log;
}

/** Sweeps once; nothing where another process has just done it. Rejects where GitHub or the database does not answer. */
export async function sweep({ database, deliveries, isWanted, interval, log }: SweepOptions): Promise<void> {
  if (!(await takeTurn(database, 'deliveries', Math.floor(interval * TURN)))) return;
  const now = Date.now();
  const earliest = now - deliveries.days * DAY;
  const since = Math.max(earliest, (await sweptUntil(database, 'deliveries')) ?? earliest);
  const { again, lost, openSince } = missedDeliveries(await deliveries.list(since), isWanted, now);
  for (const { id, guid, event, action } of again) {
    try {
      await deliveries.redeliver(id);
      log.warn({ delivery: guid, event, action }, 'a delivery that did not arrive is asked for again');
    } catch (error) {
      log.warn({ err: error, delivery: guid, event }, 'GitHub does not send a delivery again now');
    }
  }
  for (const { guid, event, statusCode } of lost)
    log.error({ delivery: guid, event, statusCode }, 'a delivery was refused too often: it is given up');
  await keepSwept(database, 'deliveries', Math.min(openSince ?? now, now - OVERLAP));
}

/** Sweeps now and then again and again, until it is stopped. */
export function startSweeping(options: SweepOptions): { stop(): void } {
  let running = false;
  const once = async () => {
    if (running) return;
    running = true;
    await sweep(options).catch((error) =>
      options.log.warn({ err: error }, 'the sweep for missed deliveries failed'),
    );
    running = false;
  };
  const timer = setInterval(once, options.interval * 1000);
  void once();
  return { stop: () => clearInterval(timer) };
}
