/** A commit object's bytes as a Commit. */
import { decodeText } from './bytes.ts';
import type { Commit, Person } from './change.ts';

const IDENTITY = /^(.*?) ?<([^>]*)>(?: (\d+) ([+-]\d{4}))?$/;

/** Parses what `git cat-file commit` writes. `parents` are given: a shallow repository hides some. */
export function parseCommit(
  id: string,
  bytes: Uint8Array,
  parents: readonly string[],
  files: readonly string[],
): Commit {
  const encoding = headerOf(decodeText(bytes), 'encoding');
  const text = decodeAs(bytes, encoding);
  const author = identityOf(headerOf(text, 'author'));
  const end = text.indexOf('\n\n');
  return {
    id,
    author: author?.person,
    authorDate: author?.date,
    committer: identityOf(headerOf(text, 'committer'))?.person,
    message: end < 0 ? '' : text.slice(end + 2),
    parents,
    files,
  };
}

/** The parents that a commit object names; of them a shallow repository has none or few. */
export function parentsOf(bytes: Uint8Array): string[] {
  const text = decodeText(bytes);
  const end = text.indexOf('\n\n');
  const header = end < 0 ? text : text.slice(0, end);
  return [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map((found) => found[1] as string);
}

/** Decodes by the name of an encoding, as a commit or a mail gives it; UTF-8 where it is unknown. */
export function decodeAs(bytes: Uint8Array, encoding: string | undefined): string {
  const name = encoding?.trim().toLowerCase();
  if (name === undefined || name === '' || name === 'utf-8' || name === 'utf8' || name === 'us-ascii')
    return decodeText(bytes);
  try {
    return new TextDecoder(name, { ignoreBOM: true }).decode(bytes);
  } catch {
    return decodeText(bytes);
  }
}

/** Seconds and offset as git stores them in ISO 8601 with the same offset: `2025-06-25T08:28:16+02:00`. */
export function isoDate(seconds: number, offset: string): string | undefined {
  const minutes =
    (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3, 5))) * (offset[0] === '-' ? -1 : 1);
  const date = new Date((seconds + minutes * 60) * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  return `${date.toISOString().slice(0, 19)}${offset.slice(0, 3)}:${offset.slice(3, 5)}`;
}

function headerOf(text: string, name: string): string | undefined {
  for (const line of text.split('\n')) {
    if (line === '') return undefined;
    if (line.startsWith(`${name} `)) return line.slice(name.length + 1);
  }
  return undefined;
}

function identityOf(line: string | undefined): { person: Person; date: string | undefined } | undefined {
  const found = IDENTITY.exec(line ?? '');
  if (!found) return undefined;
  const date = found[3] === undefined ? undefined : isoDate(Number(found[3]), found[4] as string);
  return { person: { name: found[1] as string, email: found[2] as string }, date };
}
