import { code } from './code.ts';
import type { Message, Trailer } from './message.ts';
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
      const fault = faultOf(trailer.lead, trailer.colon) ?? brokenOff(trailer, message);
      if (fault === undefined) continue;
      const written = trailer.colon ? trailer.name : trailer.key;
      yield {
        line: trailer.line,
        endLine: trailer.endLine,
        message: `${code(trailer.name)} ${fault}.`,
        explanation: 'A tag is one line: its name at the start, the colon at once behind it, the value.',
        correction: replaceTrailer(trailer, `${written}: ${trailer.value}`),
      };
    }
  },
};

/** A person's tag over two lines of which the second is not indented. */
function brokenOff({ key, line, endLine }: Trailer, { lines }: Message): string | undefined {
  if (key === 'Fixes' || endLine === line || /^\s/.test(lines[line] ?? '')) return undefined;
  return 'goes on in the next line, which git takes for something else';
}

function faultOf(lead: string, colon: boolean): string | undefined {
  if (!colon) return 'has no colon, so git sees no tag';
  if (/\s\s*:/.test(lead)) return 'has a blank before its colon';
  if (/^\s/.test(lead)) return 'is indented, so git takes it for a part of the line above';
  return undefined;
}
