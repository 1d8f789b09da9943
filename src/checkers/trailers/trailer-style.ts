import { knownTrailers } from '../../kernel/trailers.ts';
import { code } from './code.ts';
import { type MessageRule, replaceTrailer } from './rule.ts';

/** Capitals and blanks of a tag: every script copes, people ask for the usual form. */
export const trailerStyle: MessageRule = {
  id: 'trailers/trailer-style',
  severity: 'note',
  summary: 'A tag is not written as the documents write it: capitals, or the blank after the colon.',
  source: 'checkpatch BAD_SIGN_OFF: "is the preferred signature form", "Use a single space after"',
  *check({ message }) {
    for (const trailer of message.trailers) {
      if (trailer.kind !== 'known' || !trailer.colon || /^\s|\s:/.test(trailer.lead)) continue;
      const documented = knownTrailers.get(trailer.key.toLowerCase())?.documented === true;
      const name = documented ? trailer.key : trailer.name;
      const usual = `${name}: `;
      if (trailer.lead === usual || trailer.value === '') continue;
      const written = `${usual}${trailer.value}`;
      yield {
        line: trailer.line,
        endLine: trailer.endLine,
        message: `${code(trailer.lead.trim())} is usually written ${code(`${name}:`)}${name === trailer.name ? ' with one blank after it' : ''}.`,
        explanation: 'Scripts cope with it; people read the usual form faster.',
        ...(trailer.endLine === trailer.line ? { correction: replaceTrailer(trailer, written) } : {}),
      };
    }
  },
};
