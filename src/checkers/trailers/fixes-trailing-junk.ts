import { code } from './code.ts';
import { fixesCorrection } from './fixes-correction.ts';
import type { MessageRule } from './rule.ts';

export const fixesTrailingJunk: MessageRule = {
  id: 'trailers/fixes-trailing-junk',
  severity: 'warning',
  summary: 'A date or other text stands behind the subject of a Fixes tag.',
  source: 'linux-next: "The date adds nothing"; Documentation/process/submitting-patches.rst',
  *check(context) {
    for (const fixes of context.fixes) {
      const { tag } = fixes;
      if (tag.trailing === '') continue;
      yield {
        line: fixes.trailer.line,
        endLine: fixes.trailer.endLine,
        message: `${code(tag.trailing)} stands behind the subject of the Fixes tag.`,
        explanation: 'A remark can follow after `#`; anything else is not part of the form.',
        ...fixesCorrection(fixes),
      };
    }
  },
};
