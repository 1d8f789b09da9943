import { fixesCorrection } from './fixes-correction.ts';
import type { MessageRule } from './rule.ts';

export const fixesShaTooShort: MessageRule = {
  id: 'trailers/fixes-sha-too-short',
  severity: 'warning',
  summary: 'The SHA1 of a Fixes tag has fewer than 12 digits.',
  source: 'Documentation/process/submitting-patches.rst: "at least the first 12 characters of the SHA-1 ID"',
  *check(context) {
    for (const fixes of context.fixes) {
      const { sha } = fixes.tag;
      if (sha === '' || sha.length >= 12) continue;
      yield {
        line: fixes.trailer.line,
        endLine: fixes.trailer.endLine,
        message: `The SHA1 of the Fixes tag, ${sha}, has ${sha.length} digits; it needs at least 12.`,
        explanation:
          'Short ids become ambiguous as the tree grows. `git config core.abbrev 12` and ' +
          `\`git log -1 --format='Fixes: %h ("%s")' <commit>\` print the tag.`,
        ...fixesCorrection(fixes),
      };
    }
  },
};
