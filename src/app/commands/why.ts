/** `/why`: what the index knows of a name, for people who ask why Adjutant thinks so. */
import { UserError } from '../../errors.ts';
import type { Command } from '../../jobs/command.ts';
import { askTree } from '../../jobs/question.ts';

export const why: Command = {
  name: 'why',
  syntax: '/why SYMBOL',
  example: '/why kmem_cache_alloc',
  summary: 'tells what is known of a function, type, field, macro or global',
  who: 'reader',
  async run(context) {
    const name = context.invocation.args.replaceAll('`', '').trim();
    if (name === '') throw new UserError(`What? Write \`${this.example}\`.`);
    return askTree(context, { kind: 'symbol', name });
  },
};
