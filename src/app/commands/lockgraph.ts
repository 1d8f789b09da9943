/** `/lockgraph`: what the base tree takes under a lock, and what it takes that under. */
import { UserError } from '../../errors.ts';
import type { Command } from '../../jobs/command.ts';
import { askTree } from '../../jobs/question.ts';

export const lockgraph: Command = {
  name: 'lockgraph',
  syntax: '/lockgraph LOCK',
  example: '/lockgraph struct super_block.s_umount',
  summary: 'draws what is taken under and over a lock, with witnesses',
  who: 'reader',
  async run(context) {
    const lock = context.invocation.args.replaceAll('`', '').trim();
    if (lock === '') throw new UserError(`Which lock? Write \`${this.example}\`, or its last name alone.`);
    const answer = await askTree(context, { kind: 'locks', name: lock });
    const url = context.services.links?.locks(context.job.pull.repository.id, lock);
    return url === undefined ? answer : `${answer}\n\n[The same as a page](${encodeURI(url)})`;
  },
};
