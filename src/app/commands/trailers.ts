/** `/trailers`: the commit messages as they should be. */
import type { Command } from '../../jobs/command.ts';
import { correctionsMarkdown } from '../../report/corrected-messages.ts';

export const trailers: Command = {
  name: 'trailers',
  syntax: '/trailers',
  example: '/trailers',
  summary: 'writes out the commit messages as they should be',
  who: 'reader',
  async run(context) {
    const { base, corrections = [], findings } = await context.report();
    if (corrections.length > 0) return correctionsMarkdown(corrections, base);
    const open = findings.filter(({ checker }) => checker === 'trailers').length;
    return open === 0
      ? 'The commit messages are as they should be.'
      : 'What is wrong with the commit messages needs a person: `/explain` lists it.';
  },
};
