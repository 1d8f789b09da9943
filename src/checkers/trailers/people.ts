/**
 * People as tags name them: `Name (comment) <address> # remark`, and when two of them are the same person.
 * checkpatch's parse_email is the model for what counts as an address; mailmap entries are applied before.
 */

import type { Person } from '../../git/change.ts';
import { decodeHeader } from '../../git/encoded-words.ts';
import { code } from './code.ts';

interface NamedPerson {
  /** Without quotes and comments in parentheses. */
  readonly name: string;
  readonly email: string;
}

/** How the value of a person's tag reads. */
export interface PersonValue {
  readonly person: NamedPerson | undefined;
  /** What is wrong with it, in words that follow "the address ...". */
  readonly problem: string | undefined;
  /** The value as it should be, where that is plain. */
  readonly corrected: string | undefined;
  /** Text after the address: `# v5.4+`, `(for the bits of x)`, `[3.8+]`. */
  readonly remark: string;
}

const ADDRESS = /^[^\s<>@,;:()"]+@[^\s<>@,;:()"]+$/;
/** Longer than any name with its address; several lines may have been folded into one value. */
const LONGEST = 2_000;
/** Blanks without width, marks of direction, soft hyphens: they come with text that was copied from a page. */
const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;
/** Remarks that checkpatch allows after an address, and the bracketed ones that b4 keeps. */
const ALLOWED_REMARK = /^(?:#.*|\(.*\)|\[.*\])$/;

/** Reads the value of a tag that names one person. Never throws. */
export function parsePerson(value: string): PersonValue {
  if (value.length > LONGEST)
    return { person: undefined, problem: 'is missing', corrected: undefined, remark: '' };
  const angled = /^(.*?)<([^<>]*)>(.*)$/.exec(value);
  if (angled === null) return parseWithoutBrackets(value);
  const [, written = '', inside = '', rest = ''] = angled;
  const address = inside.trim();
  const remark = rest.trim();
  const name = written.trim();
  const head = name === '' ? '' : `${name} `;
  const person = { name: plainName(name), email: address };
  if (!ADDRESS.test(address)) {
    const unspoiled = address
      .replace(/\s*(?:\[at\]|\(at\)|_at_|\s(?:at|AT)\s)\s*/, '@')
      .replace(/^mailto:/, '');
    const corrected = ADDRESS.test(unspoiled) ? join(`${head}<${unspoiled}>`, remark) : undefined;
    return {
      person: ADDRESS.test(unspoiled) ? { ...person, email: unspoiled } : undefined,
      problem: `${code(address)} is not an address`,
      corrected,
      remark,
    };
  }
  if (/=\?[^?\s]+\?[bq]\?[^?]*\?=/i.test(name)) {
    const decoded = decodeHeader(name).trim();
    const corrected = join(`${decoded} <${address}>`, remark);
    const problem = 'stands behind a name in the code of mail headers';
    return { person: { name: plainName(decoded), email: address }, problem, corrected, remark };
  }
  const seen = address.replaceAll(UNSEEN, '');
  if (seen !== address && ADDRESS.test(seen)) {
    const corrected = join(`${head}<${seen}>`, remark);
    const problem = 'holds a character that nobody sees';
    return { person: { ...person, email: seen }, problem, corrected, remark };
  }
  if (inside !== address) {
    const corrected = join(`${head}<${address}>`, remark);
    return { person, problem: 'has spaces inside the angle brackets', corrected, remark };
  }
  if (remark !== '' && !ALLOWED_REMARK.test(remark)) {
    const corrected = /^[\s.,;>:]+$/.test(remark)
      ? `${head}<${address}>`
      : `${head}<${address}> # ${remark.replace(/^[\s,;.]+/, '')}`;
    return { person, problem: `is followed by ${code(remark)}`, corrected, remark };
  }
  if (written !== '' && !written.endsWith(' ')) {
    const corrected = join(`${head}<${address}>`, remark);
    return { person, problem: 'has no blank before it', corrected, remark };
  }
  return { person, problem: undefined, corrected: undefined, remark };
}

function parseWithoutBrackets(value: string): PersonValue {
  const open = /^(.*?)\s*<\s*([^\s<>@]+@[^\s<>@,;]+)\s*$/.exec(value);
  if (open !== null) {
    const [, name = '', email = ''] = open;
    return {
      person: { name: plainName(name), email },
      problem: 'has no closing `>`',
      corrected: `${name === '' ? '' : `${name} `}<${email}>`,
      remark: '',
    };
  }
  const bare = /^(.*?)\s*([^\s<>@,;:()"[\]]+@[^\s<>@,;:()"[\]]+)\s*(.*)$/.exec(value);
  if (bare === null) {
    return { person: undefined, problem: 'is missing', corrected: undefined, remark: '' };
  }
  const [, before = '', email = '', after = ''] = bare;
  const remark = after.trim();
  const name = before.trim();
  if (name !== '') {
    const closed = remark.replace(/^>+\s*/, '');
    return {
      person: { name: plainName(name), email },
      problem: 'is not in angle brackets',
      corrected: /^[\w".'\- ()\u00c0-\uffff]+$/.test(name) ? join(`${name} <${email}>`, closed) : undefined,
      remark: closed,
    };
  }
  if (remark !== '' && !ALLOWED_REMARK.test(remark)) {
    const corrected = /^[\s.,;>:]+$/.test(remark) ? email : undefined;
    return { person: { name: '', email }, problem: `is followed by ${code(remark)}`, corrected, remark };
  }
  return { person: { name: '', email }, problem: undefined, corrected: undefined, remark };
}

function join(text: string, remark: string): string {
  return remark === '' ? text : `${text} ${remark}`;
}

/** The name without quotes and without comments: `"Peter Zijlstra" (Intel)` is `Peter Zijlstra`. */
export function plainName(name: string): string {
  return name
    .replace(/\([^()]*\)/g, ' ')
    .replace(/^\s*"|"\s*$/g, '')
    .replace(/\\(.)/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

/** How much two namings have in common: the address, only the name, or nothing. */
export type Sameness = 'address' | 'name' | 'none';

/**
 * Whether `a` and `b` are one person. An address is compared without regard to case; a name without regard to
 * case, accents, quotes and comments, as linux-next and NIPA accept a sign-off by name.
 */
export function samePerson(a: Person, b: Person): Sameness {
  if (a.email !== '' && a.email.toLowerCase() === b.email.toLowerCase()) return 'address';
  const name = foldName(a.name);
  return name !== '' && name === foldName(b.name) ? 'name' : 'none';
}

/** Folds what people write in different ways: Heiko Stübner, heiko stuebner and "Stübner, Heiko" are one. */
function foldName(name: string): string {
  const plain = plainName(name)
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/ø/g, 'o')
    .replace(/ł/g, 'l')
    .replace(/æ/g, 'ae')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([aou])e/g, '$1');
  const turned = /^([^,]+), ([^,]+)$/.exec(plain);
  return (turned === null ? plain : `${turned[2]} ${turned[1]}`).replace(/[.\s]+/g, ' ').trim();
}

/** Whether all parts of the person's name are in the address: lantianyu1986@… is Tianyu Lan's. */
export function addressTellsName(email: string, name: string): boolean {
  const local = (email.split('@')[0] ?? '').toLowerCase();
  const parts = foldName(name)
    .split(' ')
    .filter((part) => part.length > 1);
  return parts.length > 1 && parts.every((part) => local.includes(part));
}

export function showPerson(person: Person): string {
  return person.name === '' ? `<${person.email}>` : `${person.name} <${person.email}>`;
}
