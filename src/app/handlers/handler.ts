/** What a webhook handler is: one file that turns one event into work, or into nothing. Pure. */
import { z } from 'zod';
import type { Repository } from '../../jobs/job.ts';
import type { QueueName } from '../../store/queue.ts';
import type { Turn } from '../../store/turns.ts';

/** Work to be done: what the queue keeps. Jobs of one key are done one after another. */
export interface Decision {
  readonly queue: QueueName;
  readonly key: string;
  readonly data: object;
  /** Whose turn the work takes: of what is not quick. */
  readonly turn?: Turn;
}

export interface Handler {
  /** GitHub's name of the event, as in `X-GitHub-Event`. */
  readonly event: string;
  /** Those that matter; none for an event that has no actions. */
  readonly actions: readonly string[];
  /** Permission that GitHub wants for the event alone. */
  readonly permission?: string;
  /** GitHub sends it to every App: none can subscribe to it. */
  readonly isAlwaysSent?: true;
  /** Undefined where there is nothing to do. Throws a ZodError for a payload that GitHub does not send. */
  decide(payload: unknown): Decision | undefined;
}

const sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);

const user = z.object({ login: z.string(), type: z.string() });

/** The parts of payloads that are read. What else GitHub sends is let go. */
export const payloadParts = {
  sha,
  installation: z.object({ id: z.int() }),
  repository: z.object({ id: z.int(), name: z.string(), owner: z.object({ login: z.string() }) }),
  pullRequest: z.object({
    number: z.int(),
    head: z.object({ sha }),
    base: z.object({ ref: z.string() }),
    // In another form than it is known in, it is not known.
    updated_at: z.iso.datetime({ offset: true }).optional().catch(undefined),
  }),
  user,
  comment: z.object({
    id: z.int(),
    body: z.string(),
    updated_at: z.string(),
    user: user.nullable(),
  }),
  /** Of an edited comment: what it said before. */
  commentChanges: z.object({ body: z.object({ from: z.string() }).optional() }).optional(),
};

export function repositoryOf(payload: {
  installation: { id: number };
  repository: { id: number; name: string; owner: { login: string } };
}): Repository {
  const { id, name, owner } = payload.repository;
  return { installation: payload.installation.id, id, owner: owner.login, name };
}
