/** `/recheck`: review the head of the pull request again. */
import type { Command } from '../../jobs/command.ts';
import { requestReview } from '../../jobs/request-review.ts';

export const recheck: Command = {
  name: 'recheck',
  syntax: '/recheck',
  example: '/recheck',
  summary: 'reviews the newest commit again',
  who: 'reader',
  async run({ services, forge, job: { pull }, id, attempt }) {
    const { head, baseRef, open } = await forge.pullRequest(pull.number);
    if (!open) return 'The pull request is closed: there is nothing to review.';
    await requestReview(services, { id, pull, head, baseRef, again: true, attempt });
    return undefined;
  },
};
