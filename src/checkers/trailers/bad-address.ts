import { knownTrailers, stableAddresses } from '../../kernel/trailers.ts';
import type { Trailer } from './message.ts';
import { parsePerson } from './people.ts';
import { type MessageRule, replaceTrailer } from './rule.ts';

/** A program that reports has a name and no address. The stable address has a rule of its own. */
export const badAddress: MessageRule = {
  id: 'trailers/bad-address',
  severity: 'warning',
  summary: 'The address of a trailer cannot be parsed, or text follows it.',
  source: 'checkpatch BAD_SIGN_OFF: "Unrecognized email address", "Unexpected content after email"',
  *check({ message }) {
    for (const trailer of message.trailers) {
      if (!namesPerson(trailer)) continue;
      const { person, problem, corrected, remark } = parsePerson(trailer.value);
      if (problem === undefined) continue;
      if (person !== undefined && isStable(person.email)) continue;
      if (trailer.key === 'Cc' && (person === undefined || isList(remark))) continue;
      const ending = trailer.value === '' ? 'nobody' : `"${trailer.value}"`;
      yield {
        line: trailer.line,
        endLine: trailer.endLine,
        ...(problem === 'has no blank before it' ? { severity: 'note' as const } : {}),
        message: `${trailer.name}: names ${ending}, whose address ${problem}.`,
        explanation: 'A person is written `Name <address>`, with a remark after `#` or in parentheses.',
        ...(corrected === undefined
          ? {}
          : { correction: replaceTrailer(trailer, `${trailer.lead}${corrected}`) }),
      };
    }
  },
};

function isStable(email: string): boolean {
  return stableAddresses.has(email.toLowerCase().replace(/#.*/, ''));
}

function namesPerson(trailer: Trailer): boolean {
  if (trailer.kind === 'unknown') return false;
  const known = knownTrailers.get(trailer.key.toLowerCase());
  return known === undefined ? /-by$/i.test(trailer.key) : known.value === 'person';
}

/** `Cc: A <a@…>, B <b@…>`: several people on a line, as in a mail. */
function isList(remark: string): boolean {
  return /^,.*@/.test(remark);
}
