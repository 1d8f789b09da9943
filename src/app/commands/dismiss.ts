/** `/dismiss`: a finding is a false alarm, or accepted. It fails no check of this pull request any more. */

import { CONFIGURATION_PATH } from '../../config/configuration-path.ts';
import { UserError } from '../../errors.ts';
import type { Command } from '../../jobs/command.ts';
import { requireFinding } from '../../jobs/named-finding.ts';
import { findingId } from '../../report/github.ts';
import { codeBlock, codeSpan, proseMarkdown } from '../../report/markdown-text.ts';
import { visibleLine } from '../../report/visible.ts';
import { dismiss as keepDismissal } from '../../store/dismissals.ts';

const ALWAYS = /(^|\s)--always(?=\s|$)/;
const MAX_REASON = 500;

export const dismiss: Command = {
  name: 'dismiss',
  syntax: '/dismiss ID reason… [--always]',
  example: '/dismiss 5f2c90aa the caller holds a reference',
  summary: 'sets a finding aside, here and on later pushes; `--always` says how for the whole repository',
  who: 'writer',
  async run(context) {
    const { finding, rest } = await requireFinding(context, this.syntax);
    const reason = rest.replace(ALWAYS, ' ').replace(/\s+/g, ' ').trim();
    if (reason === '')
      throw new UserError(`Why? Write the reason behind it: \`/dismiss ${findingId(finding)} reason…\`.`);
    const { services, job } = context;
    const { fingerprint, message } = finding;
    const kept = { fingerprint, by: job.author, reason: reason.slice(0, MAX_REASON) };
    await keepDismissal(services.database, job.pull, kept);
    context.recheck(finding.checker);
    const done = `Dismissed ${codeSpan(findingId(finding))}: ${proseMarkdown(message)}\n\n\`/undismiss ${findingId(finding)}\` takes that back.`;
    return ALWAYS.test(rest) ? `${done}\n\n${forAll(fingerprint, kept.reason)}` : done;
  },
};

/** What a pull request to the configuration would say. */
function forAll(fingerprint: string, reason: string): string {
  const entry = [
    'dismissed:',
    `  - finding: ${fingerprint}`,
    `    reason: ${JSON.stringify(visibleLine(reason))}`,
  ];
  return `To have it dismissed in every pull request, add this to ${codeSpan(CONFIGURATION_PATH)} of the base branch:\n\n${codeBlock(entry.join('\n'), 'yaml')}`;
}
