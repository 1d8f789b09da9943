/** How long things took, as histograms that every process adds to. */
import type { Database } from './database.ts';

interface Histogram {
  readonly help: string;
  /** What tells its series apart. */
  readonly label: string;
  /** Upper ends of the buckets, in seconds; what took longer is in one more. */
  readonly buckets: readonly number[];
}

export const HISTOGRAMS = {
  step: {
    help: 'Time of a step of a review, and of indexing a base branch.',
    label: 'step',
    buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800],
  },
  github_request: {
    help: 'Time until GitHub answers a request to its API.',
    label: 'method',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60],
  },
  webhook: {
    help: 'Time until a delivery of GitHub is answered.',
    label: 'status',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
  },
} as const satisfies Record<string, Histogram>;

export type HistogramName = keyof typeof HISTOGRAMS;

/** What fell into one bucket of one series. */
export interface Bucket {
  readonly name: HistogramName;
  /** Value of the label. */
  readonly series: string;
  /** Upper end in seconds, or Infinity. */
  readonly upper: number;
  readonly count: number;
  /** Seconds in all. */
  readonly sum: number;
}

/** The bucket of one duration. */
export function bucketOf(name: HistogramName, series: string, seconds: number): Bucket {
  const upper = HISTOGRAMS[name].buckets.find((end) => seconds <= end) ?? Number.POSITIVE_INFINITY;
  return { name, series, upper, count: 1, sum: seconds };
}

/** Adds to what is there. */
export async function addToBucket(database: Database, bucket: Bucket): Promise<void> {
  const { name, series, upper, count, sum } = bucket;
  await database.query(
    `INSERT INTO adjutant.duration (name, series, upper, count, sum) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (name, series, upper) DO UPDATE SET count = adjutant.duration.count + EXCLUDED.count,
       sum = adjutant.duration.sum + EXCLUDED.sum`,
    [name, series, Number.isFinite(upper) ? upper : 'Infinity', count, sum],
  );
}

/** All buckets with something in them. */
export async function durations(database: Database): Promise<Bucket[]> {
  const rows = await database.query<Record<keyof Bucket, string | number> & { name: string }>(
    'SELECT name, series, upper, count, sum FROM adjutant.duration ORDER BY name, series, upper',
  );
  return rows
    .filter(({ name }) => Object.hasOwn(HISTOGRAMS, name))
    .map(({ name, series, upper, count, sum }) => ({
      name: name as HistogramName,
      series: String(series),
      upper: Number(upper),
      count: Number(count),
      sum: Number(sum),
    }));
}
