/** `/recheck`: review the head of the pull request again. */
import { UserError } from '../../errors.ts';
import type { Command } from '../../jobs/command.ts';

export const recheck: Command = {
  name: 'recheck',
  syntax: '/recheck',
  example: '/recheck',
  summary: 'reviews the newest commit again',
  who: 'reader',
  async run({ forge, job: { pull }, recheck }) {
    const { open } = await forge.pullRequest(pull.number);
    if (!open) throw new UserError('The pull request is closed: there is nothing to review.');
    recheck();
    return undefined;
  },
};
