import type { Backport } from './backport.ts';
import { changeDifference } from './change-difference.ts';
import { code } from './code.ts';
import type { MessageContext, MessageRule } from './rule.ts';

export const backportChange: MessageRule = {
  id: 'trailers/backport-change',
  severity: 'note',
  summary: 'A backport changes something else than the commit that it names, and does not say so.',
  source:
    'Documentation/process/stable-kernel-rules.rst: deviations "must be very clearly documented and justified"',
  *check(context) {
    for (const backport of context.backports) {
      if (backport.sameChange !== false || backport.form === 'backported' || saysWhatChanged(context))
        continue;
      yield {
        line: backport.line,
        message: `The change is not that of ${backport.sha.slice(0, 12)}.`,
        explanation:
          'If the code had to be adjusted, say how in a line in brackets above your sign-off: `[name: what was changed]`. ' +
          `${code(`git range-diff ${backport.sha.slice(0, 12)}^! ${context.commit.id.slice(0, 12)}^!`)} shows the whole difference.${whatDiffers(backport)}`,
      };
    }
  },
};

function whatDiffers({ changes }: Backport): string {
  if (changes === undefined) return '';
  const lines = changeDifference(changes.here, changes.upstream);
  return lines.length === 0
    ? '\n\nBoth add and remove the same lines, but what stands around them differs: see that each is in its right place.'
    : `\n\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

function saysWhatChanged({ message }: MessageContext): boolean {
  return message.tail.some((paragraph) => paragraph.remarks.some((remark) => remark.kind === 'note'));
}
