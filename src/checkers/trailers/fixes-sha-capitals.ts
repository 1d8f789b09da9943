import { fixesCorrection } from './fixes-correction.ts';
import type { MessageRule } from './rule.ts';

export const fixesShaCapitals: MessageRule = {
  id: 'trailers/fixes-sha-capitals',
  severity: 'note',
  summary: 'The SHA1 of a Fixes tag is written with capitals.',
  source: 'checkpatch BAD_FIXES_TAG',
  *check(context) {
    for (const fixes of context.fixes) {
      if (!/[A-F]/.test(fixes.tag.sha)) continue;
      yield {
        line: fixes.trailer.line,
        endLine: fixes.trailer.endLine,
        message: `The SHA1 of the Fixes tag, ${fixes.tag.sha}, has capital letters.`,
        explanation: `Scripts look for what git prints, which is lower case.`,
        ...fixesCorrection(fixes),
      };
    }
  },
};
