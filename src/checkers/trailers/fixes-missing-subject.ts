import { fixesCorrection } from './fixes-correction.ts';
import type { MessageRule } from './rule.ts';

export const fixesMissingSubject: MessageRule = {
  id: 'trailers/fixes-missing-subject',
  severity: 'warning',
  summary: 'A Fixes tag has a SHA1 and nothing else.',
  source: 'linux-next check_fixes and NIPA verify_fixes: "missing subject"',
  *check(context) {
    for (const fixes of context.fixes) {
      const { tag } = fixes;
      if (tag.sha === '' || tag.subject !== '') continue;
      yield {
        line: fixes.trailer.line,
        endLine: fixes.trailer.endLine,
        message: `The Fixes tag gives ${tag.sha} without its subject.`,
        explanation: `The subject lets a reader, and a script, see that the SHA1 is right.`,
        ...fixesCorrection(fixes),
      };
    }
  },
};
