import { fixesCorrection } from './fixes-correction.ts';
import { type MessageRule, replaceTrailer } from './rule.ts';

export const fixesWrapped: MessageRule = {
  id: 'trailers/fixes-wrapped',
  severity: 'warning',
  summary: 'A Fixes tag is split over more than one line.',
  source: 'Documentation/process/submitting-patches.rst: "Do not split the tag across multiple lines"',
  *check(context) {
    for (const fixes of context.fixes) {
      const { trailer, tag } = fixes;
      if (trailer.endLine === trailer.line) continue;
      // Where no mark closes the subject, the next line may be text.
      const isClosed = tag.closed && /[)"']$/.test(trailer.value);
      const asItIs = isClosed ? replaceTrailer(trailer, `Fixes: ${trailer.value}`) : undefined;
      const correction = fixesCorrection(fixes).correction ?? asItIs;
      yield {
        line: trailer.line,
        endLine: trailer.endLine,
        message: 'The Fixes tag is split over several lines.',
        explanation: `Tags are exempt from the line length, so that scripts can read them.`,
        ...(correction === undefined ? {} : { correction }),
      };
    }
  },
};
