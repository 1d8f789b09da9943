import { code } from './code.ts';
import { fixesCorrection } from './fixes-correction.ts';
import type { MessageRule } from './rule.ts';

export const fixesLeadingWord: MessageRule = {
  id: 'trailers/fixes-leading-word',
  severity: 'warning',
  summary: 'A word stands before the SHA1 of a Fixes tag.',
  source: 'linux-next check_fixes and NIPA verify_fixes: "leading word \'commit\' unexpected"',
  *check(context) {
    for (const fixes of context.fixes) {
      if (fixes.tag.leading === '') continue;
      yield {
        line: fixes.trailer.line,
        endLine: fixes.trailer.endLine,
        message: `${code(fixes.tag.leading)} stands before the SHA1 of the Fixes tag.`,
        explanation: `The SHA1 follows the colon directly.`,
        ...fixesCorrection(fixes),
      };
    }
  },
};
