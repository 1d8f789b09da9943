/** Who signed a message off. */
import type { Person } from '../../git/change.ts';
import type { Trailer } from './message.ts';
import { parsePerson, plainName, type Sameness, samePerson } from './people.ts';
import type { MessageContext } from './rule.ts';

export interface Signer {
  readonly trailer: Trailer;
  readonly person: Person;
}

/** The sign-offs that a reader sees as such, in order. Where a person can't be read, the address is empty. */
export function signers(context: MessageContext): Signer[] {
  return named(context, context.message.trailers.filter(isSignOff));
}

/** Lines that were meant as sign-offs and that no tool counts: misspelled, without a colon. */
export function spoiledSignOffs(context: MessageContext): Signer[] {
  const spoiled = context.message.trailers.filter(
    (trailer) => trailer.key === 'Signed-off-by' && !isSignOff(trailer),
  );
  return named(context, spoiled);
}

function isSignOff(trailer: Trailer): boolean {
  return trailer.key === 'Signed-off-by' && trailer.kind === 'known' && trailer.colon;
}

function named(context: MessageContext, trailers: readonly Trailer[]): Signer[] {
  return trailers.map((trailer) => {
    // Where the address is spoilt, the name still tells who signed.
    const name = plainName(trailer.value.replace(/<.*$/s, ''));
    const person = parsePerson(trailer.value).person ?? { name, email: '' };
    return { trailer, person: context.canonical(person) };
  });
}

/** The best likeness of `person` among the signers. */
export function signedBy(list: readonly Signer[], person: Person): Sameness {
  let best: Sameness = 'none';
  for (const signer of list) {
    const same = samePerson(signer.person, person);
    if (same === 'address') return same;
    if (same === 'name') best = same;
  }
  return best;
}
