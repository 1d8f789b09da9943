/** What `adjutant` commands ask of a service's database. */
import { z } from 'zod';
import { jobLines, retryDeadLetters } from '../jobs/dead-letter.ts';
import type { Database } from '../store/database.ts';
import type { Queue } from '../store/queue.ts';

const retry = z.object({ id: z.uuid().optional() });

export function questionsOf(store: { database: Database; queue: Queue }) {
  return {
    jobs: () => jobLines(store.database),
    retry: (argument: unknown) => retryDeadLetters(store, retry.parse(argument).id),
  };
}
