import { code } from './code.ts';
import type { Trailer } from './message.ts';
import { parsePerson } from './people.ts';
import { type MessageRule, removeLines } from './rule.ts';

const PERSONS = /^(?:cc|.*-by)$/i;
/** Addresses of one mail: `lore.kernel.org/<list>/<id>`, `lkml.kernel.org/r/<id>`, `patch.msgid.link/<id>`. */
const OF_MAIL = /^(?:lore\.kernel\.org\/[\w.-]+|lkml\.kernel\.org\/r|patch\.msgid\.link)\/([^/\s]+@[^/\s]+)/;

/** Twice the same with no sign-off of another person between: a patch may pass through the same hands twice. */
export const duplicateTrailer: MessageRule = {
  id: 'trailers/duplicate-trailer',
  severity: 'warning',
  summary: 'The same trailer stands twice.',
  source: 'checkpatch BAD_SIGN_OFF: "Duplicate signature"',
  *check({ message }) {
    const seen = new Map<string, Trailer>();
    for (const [index, trailer] of message.trailers.entries()) {
      if (trailer.kind === 'unknown') continue;
      if (trailer.key === 'Signed-off-by') {
        const own = sameness(trailer);
        for (const [text, earlier] of seen) {
          const passed = message.trailers
            .slice(message.trailers.indexOf(earlier) + 1, index)
            .some((between) => between.key === 'Signed-off-by' && sameness(between) !== text);
          if (earlier.key === 'Signed-off-by' && text === own && passed) seen.delete(text);
        }
      }
      const earlier = seen.get(sameness(trailer));
      if (earlier === undefined) {
        seen.set(sameness(trailer), trailer);
        continue;
      }
      yield {
        line: trailer.line,
        endLine: trailer.endLine,
        message: `${code(`${trailer.key}: ${trailer.value}`)} stands on line ${earlier.line} already.`,
        explanation:
          'Say it once. A second sign-off is right only where the patch came back from somebody else.',
        ...(trailer.endLine === trailer.line
          ? { correction: removeLines(trailer.line, trailer.endLine) }
          : {}),
      };
    }
  },
};

/** What two trailers have in common that say the same: a mail by its Message-ID, a person by their address. */
function sameness({ key, value }: Trailer): string {
  const whole = value.replace(/\s/g, '').toLowerCase();
  return `${key.toLowerCase()}:${sameAs(key, value) ?? whole}`;
}

function sameAs(key: string, value: string): string | undefined {
  if (key === 'Fixes') {
    const [, sha, subject = ''] = /^([0-9a-f]{12})[0-9a-f]*\s*(\(.*)$/i.exec(value) ?? [];
    return sha && `${sha} ${subject.replace(/\s/g, '')}`.toLowerCase();
  }
  if (key === 'Link' || key === 'Closes') {
    const url = value.replace(/^<?https?:\/\/(?:www\.)?/i, '').replace(/[/>]+$/, '');
    return OF_MAIL.exec(url) === null ? url : url.replace(OF_MAIL, 'mail:$1');
  }
  if (!PERSONS.test(key) || key === 'Signed-off-by') return undefined;
  const { person, remark, problem } = parsePerson(value);
  return person === undefined || problem !== undefined
    ? undefined
    : `${person.email.toLowerCase()} ${remark}`;
}
