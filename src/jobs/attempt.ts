/** One try at one review, as the steps of it see it. */
import type { Configuration } from '../config/configuration.ts';
import type { Work } from '../store/queue.ts';
import type { StoredReview } from '../store/reviews.ts';
import type { ReviewJob } from './job.ts';
import type { Services } from './services.ts';

export interface Attempt {
  readonly services: Services;
  readonly work: Work<ReviewJob>;
  readonly review: StoredReview;
  /** Undefined until it is read. */
  configuration: Configuration | undefined;
}

export function inProgress(title: string, summary: string) {
  return { status: 'in_progress', title, summary } as const;
}
