import { fixesCorrection } from './fixes-correction.ts';
import type { MessageRule } from './rule.ts';

/** Typographic quotes in the right place are a note: linux-next and NIPA accept them. */
export const fixesMissingParensOrQuotes: MessageRule = {
  id: 'trailers/fixes-missing-parens-or-quotes',
  severity: 'warning',
  summary: 'The subject of a Fixes tag is not in parentheses and double quotes.',
  source: 'Documentation/process/submitting-patches.rst; linux-next check_fixes; checkpatch BAD_FIXES_TAG',
  *check(context) {
    for (const fixes of context.fixes) {
      const { tag } = fixes;
      const place = { line: fixes.trailer.line, endLine: fixes.trailer.endLine, ...fixesCorrection(fixes) };
      if (tag.sha === '' || tag.subject === '') continue;
      if (tag.wellQuoted) {
        if (!tag.typographic) continue;
        yield {
          ...place,
          severity: 'note',
          message: 'The Fixes tag has typographic quotes.',
          explanation: `Scripts look for plain double quotes.`,
        };
      } else {
        yield {
          ...place,
          message: tag.closed
            ? 'The subject of the Fixes tag is not written ("subject").'
            : 'The subject of the Fixes tag is not closed by quotes and parentheses.',
          explanation: 'The form is: `Fixes: <12 digits> ("<subject line>")`.',
        };
      }
    }
  },
};
