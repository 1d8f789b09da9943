import { conventions } from './backport.ts';
import { code } from './code.ts';
import type { MessageRule } from './rule.ts';

export const backportForm: MessageRule = {
  id: 'trailers/backport-form',
  severity: 'note',
  summary: 'The line that names the commit a backport was taken from has not the form of its convention.',
  source: 'Documentation/process/stable-kernel-rules.rst, option 3; git-cherry-pick(1), -x',
  *check({ backports, options }) {
    for (const backport of backports) {
      if (backport.wellFormed) continue;
      yield {
        line: backport.line,
        severity: options.convention === 'mainline' ? 'note' : 'warning',
        message:
          backport.sha === ''
            ? 'The line names no commit.'
            : backport.sha.length < 40
              ? `The line names the commit by ${backport.sha.length} digits; scripts look for all 40.`
              : 'The line is not written as scripts look for it.',
        explanation: `The form is: ${code(conventions[backport.form])}`,
      };
    }
  },
};
