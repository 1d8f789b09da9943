import { code } from './code.ts';
import type { MessageRule } from './rule.ts';

export const backportMissingFix: MessageRule = {
  id: 'trailers/backport-missing-fix',
  severity: 'warning',
  summary: 'Upstream has a later fix or revert of the commit that was picked, and it is not here.',
  source: 'Documentation/process/stable-kernel-rules.rst; Fixes tags upstream',
  *check({ backports }) {
    for (const { missingFixes, line, sha } of backports) {
      for (const fix of missingFixes) {
        yield {
          line,
          message: `Upstream ${/^Revert "/.test(fix.subject) ? 'reverted' : 'fixed'} ${sha.slice(0, 12)} later, in ${code(fix.id.slice(0, 12))} ("${fix.subject}").`,
          explanation: `That commit is not here. Pick it as well: ${code(`git cherry-pick -x ${fix.id}`)}`,
        };
      }
    }
  },
};
