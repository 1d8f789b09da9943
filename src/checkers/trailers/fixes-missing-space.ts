import { code } from './code.ts';
import { fixesCorrection } from './fixes-correction.ts';
import type { MessageRule } from './rule.ts';

export const fixesMissingSpace: MessageRule = {
  id: 'trailers/fixes-missing-space',
  severity: 'warning',
  summary: 'There is no blank between the SHA1 of a Fixes tag and the subject.',
  source: 'linux-next check_fixes and NIPA verify_fixes: "missing space between the SHA1 and the subject"',
  *check(context) {
    for (const fixes of context.fixes) {
      const { glued, sha } = fixes.tag;
      if (glued === '') continue;
      yield {
        line: fixes.trailer.line,
        endLine: fixes.trailer.endLine,
        message: `${code(glued)} follows the SHA1 ${sha} without a blank.`,
        explanation: 'The form is: `Fixes: <12 digits> ("<subject line>")`.',
        ...fixesCorrection(fixes),
      };
    }
  },
};
