import type { MessageRule } from './rule.ts';

export const backportMissingFix: MessageRule = {
  id: 'trailers/backport-missing-fix',
  severity: 'warning',
  summary: 'Upstream has a later fix for the commit that was picked, and it is not here.',
  source: 'Documentation/process/stable-kernel-rules.rst; Fixes tags upstream',
  *check({ backports }) {
    for (const { missingFixes, line, sha } of backports) {
      for (const fix of missingFixes) {
        yield {
          line,
          message: `Upstream fixed ${sha.slice(0, 12)} later, in ${fix.id.slice(0, 12)} ("${fix.subject}").`,
          explanation: `That commit is not here. Pick it as well: git cherry-pick -x ${fix.id}`,
        };
      }
    }
  },
};
