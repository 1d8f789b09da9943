/** `/metrics` for Prometheus. All of it is read from the database when it is asked for: any process can answer. */
import { Counter, Gauge, Registry } from 'prom-client';
import { budgets } from '../store/budget.ts';
import type { Database } from '../store/database.ts';
import { durations, HISTOGRAMS } from '../store/durations.ts';
import { repositories } from '../store/findings.ts';
import { listJobs } from '../store/job-list.ts';
import {
  queueFigures,
  reviewsByState,
  ruleFigures,
  VERDICT_BUCKETS,
  verdictTimes,
} from '../store/statistics.ts';

export async function metricsText(database: Database): Promise<string> {
  const registry = new Registry();
  const registers = [registry];
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name: `adjutant_${name}`, help, labelNames, registers });
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name: `adjutant_${name}`, help, labelNames, registers });

  const jobs = gauge('queue_jobs', 'Jobs in a queue.', ['queue', 'state']);
  const oldest = gauge('queue_oldest_seconds', 'Age of the oldest job that waits.', ['queue']);
  for (const { queue, waiting, running, oldest: age } of await queueFigures(database)) {
    jobs.set({ queue, state: 'waiting' }, waiting);
    jobs.set({ queue, state: 'running' }, running);
    oldest.set({ queue }, age);
  }
  gauge('jobs_given_up', 'Jobs that were given up and wait for a retry.', []).set(
    (await listJobs(database)).filter((job) => job.state === 'given up').length,
  );
  const reviews = counter('reviews_total', 'Reviews by how they ended.', ['state']);
  for (const { state, count } of await reviewsByState(database))
    if (state !== 'queued') reviews.inc({ state }, count);
  const findings = counter('findings_total', 'Findings, once a pull request, by what became of them.', [
    'rule',
    'outcome',
  ]);
  for (const { rule, found, mended, dismissed } of await ruleFigures(database)) {
    findings.inc({ rule, outcome: 'mended' }, mended);
    findings.inc({ rule, outcome: 'dismissed' }, dismissed);
    findings.inc({ rule, outcome: 'open' }, found - mended - dismissed);
  }
  const requests = counter('github_requests_total', 'Requests to the API of GitHub.', [
    'installation',
    'resource',
  ]);
  const remaining = gauge('github_rate_limit_remaining', 'Requests left until the reset.', [
    'installation',
    'resource',
  ]);
  const limit = gauge('github_rate_limit', 'Requests in an hour.', ['installation', 'resource']);
  for (const { installation, resource, ...budget } of await budgets(database)) {
    const labels = { installation: String(installation), resource };
    requests.inc(labels, budget.requests);
    remaining.set(labels, budget.remaining);
    limit.set(labels, budget.limit);
  }
  const mirror = gauge('mirror_bytes', 'Size of the mirror of a repository.', ['repository']);
  const index = gauge('index_bytes', 'Size of the index of the base branch.', ['repository']);
  const indexed = gauge('index_timestamp_seconds', 'When the base branch was indexed.', ['repository']);
  for (const { owner, name, disk } of await repositories(database)) {
    const repository = `${owner}/${name}`;
    mirror.set({ repository }, disk.mirror);
    if (disk.index !== undefined) index.set({ repository }, disk.index);
    if (disk.indexed !== undefined) indexed.set({ repository }, disk.indexed.getTime() / 1000);
  }
  const histograms = [await verdictHistogram(database), ...(await durationHistograms(database))];
  return `${await registry.metrics()}\n${histograms.join('')}`;
}

async function verdictHistogram(database: Database): Promise<string> {
  const { counts, sum } = await verdictTimes(database);
  const buckets = counts.map((count, at) => ({
    upper: VERDICT_BUCKETS[at] ?? Number.POSITIVE_INFINITY,
    count,
  }));
  return histogram('verdict', 'Time from the event to the verdict.', [{ labels: '', buckets, sum }]);
}

async function durationHistograms(database: Database): Promise<string[]> {
  const all = await durations(database);
  return Object.entries(HISTOGRAMS).map(([name, { help, label, buckets: ends }]) => {
    const bySeries = Map.groupBy(
      all.filter((bucket) => bucket.name === name),
      ({ series }) => series,
    );
    const series = [...bySeries].map(([value, own]) => {
      // Ends of before an upgrade too: what was counted stays counted.
      const uppers = new Set([...ends, ...own.map(({ upper }) => upper), Number.POSITIVE_INFINITY]);
      const buckets = [...uppers]
        .toSorted((a, b) => a - b)
        .map((upper) => ({ upper, count: own.find((bucket) => bucket.upper === upper)?.count ?? 0 }));
      const sum = own.reduce((seconds, bucket) => seconds + bucket.sum, 0);
      return { labels: `${label}="${value.replaceAll(/[^\w-]/g, '_')}"`, buckets, sum };
    });
    return histogram(name, help, series);
  });
}

interface Series {
  /** `step="fetch"`, or nothing. */
  readonly labels: string;
  readonly buckets: readonly { readonly upper: number; readonly count: number }[];
  readonly sum: number;
}

/** Made by hand: prom-client has no histogram that somebody else counted. */
function histogram(name: string, help: string, series: readonly Series[]): string {
  const full = `adjutant_${name}_seconds`;
  const lines = series.flatMap(({ labels, buckets, sum }) => {
    let total = 0;
    const counted = buckets.map(({ upper, count }) => {
      total += count;
      const le = `le="${Number.isFinite(upper) ? upper : '+Inf'}"`;
      return `${full}_bucket{${[labels, le].filter(Boolean).join(',')}} ${total}`;
    });
    const own = labels === '' ? '' : `{${labels}}`;
    return [...counted, `${full}_sum${own} ${sum}`, `${full}_count${own} ${total}`];
  });
  return [`# HELP ${full} ${help}`, `# TYPE ${full} histogram`, ...lines, ''].join('\n');
}
