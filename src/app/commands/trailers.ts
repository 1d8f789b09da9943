/** `/trailers`: the commit messages as they should be. */
import type { Command } from '../../jobs/command.ts';
import { correctionsMarkdown } from '../../report/corrected-messages.ts';
import { messagesMarkdown } from '../../report/review-body.ts';

export const trailers: Command = {
  name: 'trailers',
  syntax: '/trailers',
  example: '/trailers',
  summary: 'writes out the commit messages as they should be',
  who: 'reader',
  async run(context) {
    const report = await context.report();
    const { base, corrections = [], findings } = report;
    const own = findings.filter(({ checker }) => checker === 'trailers');
    if (own.length === 0) return 'The commit messages are as they should be.';
    // What a machine can put right is in the corrected messages.
    const open = own.filter(({ suggestion }) => suggestion === undefined);
    const blocks = corrections.length === 0 ? [] : [correctionsMarkdown(corrections, base)];
    if (open.length > 0) blocks.push('What is left needs a person:', messagesMarkdown(open, report));
    return blocks.join('\n\n');
  },
};
