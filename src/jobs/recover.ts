/** What a review that broke comes to: another try, or check runs that say why there is none. */
import { countFailure, endReview } from '../store/reviews.ts';
import type { Attempt } from './attempt.ts';
import { buttonsOf } from './buttons.ts';
import { updateCheckRuns } from './checks.ts';
import { giveUp } from './dead-letter.ts';
import { mayTryAgain, type Trouble, troubleOf } from './trouble.ts';

/** Times that a review may be cut off with its process: after that it is taken for what ends the process. */
export const MAX_INTERRUPTIONS = 30;

/** Puts the job back, or ends the review as one that could not be done. Whatever breaks, check runs do end. */
export async function recover(attempt: Attempt, error: unknown): Promise<void> {
  const { services, work, review } = attempt;
  const place = { review: review.id, repository: review.repository, pull: review.number };
  const trouble = troubleOf(error);
  // Poison is tried twice also where the weather was bad before.
  const failures = await countFailure(services.database, review.id, trouble);
  const isInterrupted = work.attempt - failures.all > MAX_INTERRUPTIONS;
  if (mayTryAgain(trouble, failures.same, work.waited) && !isInterrupted) throw error;
  services.log.error({ ...place, err: error }, 'could not review');
  const reason = publicReason(trouble, (error as Error).message);
  await tell(attempt, reason);
  if (trouble !== 'gone') await giveUp(services.queue, 'review', review.id, work.data, reason);
  await endReview(services.database, review.id, 'failed', reason);
}

/** Ends the check runs. Where GitHub does not let it, the reason stays with the job alone; what passes is waited for. */
async function tell({ services, work, review, configuration }: Attempt, reason: string): Promise<void> {
  try {
    const forge = await services.openForge(work.data.pull.repository);
    await updateCheckRuns(forge, review, {
      status: 'completed',
      conclusion: configuration?.['on-error'] ?? 'failure',
      title: 'could not review',
      actions: buttonsOf(false),
      summary: `${reason}\n\nComment \`/recheck\` or press "Re-run" to try again.`,
    });
  } catch (error) {
    if (troubleOf(error) !== 'refusal') throw error;
    services.log.error({ review: review.id, err: error }, 'check runs could not be ended: GitHub refuses it');
  }
}

/** Messages of other errors name folders and addresses of ours: the log has them. */
function publicReason(trouble: Trouble, message: string): string {
  switch (trouble) {
    case 'disk':
      return 'The disk of Adjutant is full: its administrator has to free some.';
    case 'gone':
    case 'user':
      return message;
    case 'stopped':
      return `The review was stopped: ${message}.`;
    case 'weather':
      return 'GitHub could not be reached for a day, or did not answer; the log of Adjutant has the details.';
    case 'refusal':
      return 'GitHub refused what the review needs, or git could not fetch it; the log of Adjutant has the details.';
    case 'fault':
      return 'Adjutant met an error of its own; its log has the details.';
  }
}
