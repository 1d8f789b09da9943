/** What GitHub says of the rate limit beside each answer, kept now and then: a figure, not a limit of ours. */
import type { Log } from '../../jobs/services.ts';
import { type Budget, keepBudget } from '../../store/budget.ts';
import type { Database } from '../../store/database.ts';

const INTERVAL = 5000;

type Headers = Readonly<Record<string, string | number | undefined>>;

/** Takes the headers of answers, and keeps what they say every few seconds. */
export function recordBudgets(database: Database, log: Log) {
  const known = new Map<string, Budget>();
  const keep = async () => {
    const budgets = [...known.values()];
    known.clear();
    for (const budget of budgets) await keepBudget(database, budget);
  };
  const timer = setInterval(
    () => keep().catch((error) => log.warn({ err: error }, 'the rate limit could not be noted')),
    INTERVAL,
  );
  timer.unref();
  return {
    onAnswer(installation: number, headers: Headers) {
      const resource = String(headers['x-ratelimit-resource'] ?? 'core');
      const limit = Number(headers['x-ratelimit-limit']);
      const remaining = Number(headers['x-ratelimit-remaining']);
      const reset = new Date(Number(headers['x-ratelimit-reset']) * 1000);
      // An Enterprise server without rate limits says nothing of them.
      if (![limit, remaining, reset.getTime()].every(Number.isFinite)) return;
      const key = `${installation}/${resource}`;
      const requests = (known.get(key)?.requests ?? 0) + 1;
      known.set(key, { installation, resource, limit, remaining, reset, requests });
    },
    stop: async () => {
      clearInterval(timer);
      await keep();
    },
  };
}
