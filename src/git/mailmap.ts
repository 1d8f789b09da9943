/** .mailmap: under which name and address a person is known. The four forms of gitmailmap(5). */
import { decodeText } from './bytes.ts';
import type { Person } from './change.ts';

export interface Mailmap {
  /** The person as the map names them, or undefined where it says nothing about them. */
  canonical(person: Person): Person | undefined;
}

const LINE = /^\s*([^<#]*?)\s*<([^<>]*)>\s*(?:([^<#]*?)\s*<([^<>]*)>\s*)?(?:#.*)?$/;
const MAX_BYTES = 4 * 1024 * 1024;

/** Parses the file; lines of no known form are passed over, as git does. */
export function parseMailmap(bytes: Uint8Array): Mailmap {
  const byEmail = new Map<string, Partial<Person>>();
  const byBoth = new Map<string, Partial<Person>>();
  for (const line of decodeText(bytes.subarray(0, MAX_BYTES)).split('\n')) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const [, name = '', first = '', oldName = '', second] = match;
    const known = { ...(name === '' ? {} : { name }), ...(second === undefined ? {} : { email: first }) };
    const old = (second ?? first).toLowerCase();
    if (oldName !== '') byBoth.set(`${oldName.toLowerCase()}\0${old}`, known);
    else byEmail.set(old, { ...byEmail.get(old), ...known });
  }
  return {
    canonical(person) {
      const email = person.email.toLowerCase();
      const known = byBoth.get(`${person.name.toLowerCase()}\0${email}`) ?? byEmail.get(email);
      return known === undefined
        ? undefined
        : { name: known.name ?? person.name, email: known.email ?? person.email };
    },
  };
}
