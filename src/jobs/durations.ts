/** Notes how long things took, and keeps it every few seconds: a figure, for which nothing waits. */
import type { Database } from '../store/database.ts';
import { addToBucket, type Bucket, bucketOf, type HistogramName } from '../store/durations.ts';
import type { Log } from './services.ts';

const INTERVAL = 5000;

/** Notes a duration in seconds in a series of a histogram. */
export type NoteDuration = (name: HistogramName, series: string, seconds: number) => void;

export interface Durations {
  readonly note: NoteDuration;
  /** Keeps what was not kept yet, and ends. */
  stop(): Promise<void>;
}

export function recordDurations(database: Database, log: Log): Durations {
  const pending = new Map<string, Bucket>();
  const add = (bucket: Bucket) => {
    const key = `${bucket.name}/${bucket.series}/${bucket.upper}`;
    const before = pending.get(key);
    const count = bucket.count + (before?.count ?? 0);
    pending.set(key, { ...bucket, count, sum: bucket.sum + (before?.sum ?? 0) });
  };
  const keep = async () => {
    const buckets = [...pending.values()];
    pending.clear();
    for (const [at, bucket] of buckets.entries()) {
      try {
        await addToBucket(database, bucket);
      } catch (error) {
        for (const left of buckets.slice(at)) add(left);
        log.warn({ err: error }, 'durations could not be kept');
        return;
      }
    }
  };
  const timer = setInterval(keep, INTERVAL);
  timer.unref();
  return {
    note: (name, series, seconds) => add(bucketOf(name, series, seconds)),
    stop: async () => {
      clearInterval(timer);
      await keep();
    },
  };
}

/** Does something and notes how long it took, also where it failed. */
export async function timed<T>(
  note: NoteDuration,
  name: HistogramName,
  series: string,
  work: () => Promise<T>,
): Promise<T> {
  const start = performance.now();
  try {
    return await work();
  } finally {
    note(name, series, (performance.now() - start) / 1000);
  }
}
