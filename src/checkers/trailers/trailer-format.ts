import { code } from './code.ts';
import { type MessageRule, replaceTrailer } from './rule.ts';

/** A known tag that git does not see: the colon is missing, a blank stands before it, or the line is indented. */
export const trailerFormat: MessageRule = {
  id: 'trailers/trailer-format',
  severity: 'warning',
  summary: 'A known tag has no colon, a space before it, or is indented.',
  source: 'Documentation/process/submitting-patches.rst by example; git-interpret-trailers(1)',
  *check({ message }) {
    for (const trailer of message.trailers) {
      if (trailer.kind !== 'known') continue;
      const fault = faultOf(trailer.lead, trailer.colon);
      if (fault === undefined) continue;
      const written = trailer.colon ? trailer.name : trailer.key;
      yield {
        line: trailer.line,
        endLine: trailer.endLine,
        message: `${code(trailer.name)} ${fault}.`,
        explanation: `The colon follows the name at once, at the start of the line.`,
        correction: replaceTrailer(trailer, `${written}: ${trailer.value}`),
      };
    }
  },
};

function faultOf(lead: string, colon: boolean): string | undefined {
  if (!colon) return 'has no colon, so git sees no tag';
  if (/\s\s*:/.test(lead)) return 'has a blank before its colon';
  if (/^\s/.test(lead)) return 'is indented, so git takes it for a part of the line above';
  return undefined;
}
