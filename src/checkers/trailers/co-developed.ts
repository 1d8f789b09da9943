/** What the three rules about Co-developed-by share: each tag with its person and the sign-off that belongs to it. */
import type { Person } from '../../git/change.ts';
import type { Trailer } from './message.ts';
import { parsePerson, samePerson } from './people.ts';
import type { MessageContext } from './rule.ts';
import { type Signer, signers } from './signers.ts';

export interface CoDeveloper {
  readonly trailer: Trailer;
  readonly person: Person;
  readonly isAuthor: boolean;
  /** Their sign-off: the nearest below, or one above. */
  readonly signOff: Signer | undefined;
  /** That sign-off is the next tag. */
  readonly adjacent: boolean;
}

export function coDevelopers(context: MessageContext): CoDeveloper[] {
  const { trailers } = context.message;
  const list = signers(context);
  const found: CoDeveloper[] = [];
  for (const trailer of trailers) {
    if (trailer.key !== 'Co-developed-by') continue;
    const { person: named } = parsePerson(trailer.value);
    if (named === undefined) continue;
    const person = context.canonical(named);
    const own = list.filter((signer) => samePerson(signer.person, person) !== 'none');
    const signOff = own.find((signer) => signer.trailer.line > trailer.line) ?? own[0];
    found.push({
      trailer,
      person,
      isAuthor: context.author !== undefined && samePerson(context.author, person) !== 'none',
      signOff,
      adjacent: signOff !== undefined && signOff.trailer.line === trailer.endLine + 1,
    });
  }
  return found;
}
