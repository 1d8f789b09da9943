/** `/undismiss`: takes a dismissal back. */
import { UserError } from '../../errors.ts';
import type { Command } from '../../jobs/command.ts';
import { requireFinding } from '../../jobs/named-finding.ts';
import { findingId } from '../../report/github.ts';
import { codeSpan } from '../../report/markdown-text.ts';
import { undismiss as takeBack } from '../../store/dismissals.ts';

export const undismiss: Command = {
  name: 'undismiss',
  syntax: '/undismiss ID',
  example: '/undismiss 5f2c90aa',
  summary: 'takes a dismissal back',
  who: 'writer',
  async run(context) {
    const { finding } = await requireFinding(context, this.syntax);
    const { services, job } = context;
    if (!(await takeBack(services.database, job.pull, finding.fingerprint, job.author)))
      throw new UserError(`The finding \`${findingId(finding)}\` is not dismissed.`);
    context.recheck(finding.checker);
    return `The finding ${codeSpan(findingId(finding))} counts again.`;
  },
};
