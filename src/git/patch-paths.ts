/** Paths in the headers of a patch: git's quoting, the a/ b/ prefixes, and which paths are refused. */
import { UserError } from '../errors.ts';
import { decodeText } from './bytes.ts';

const ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  '"': 34,
  '\\': 92,
};

/** Prefixes that git writes before the old and the new path (diff.mnemonicPrefix included). */
const PREFIXES = new Set(['a/', 'b/', 'i/', 'w/', 'c/', 'o/', '1/', '2/']);

/** Reads a C-quoted name (git's core.quotePath) at the start of `text`; undefined where it is not one. */
export function unquote(text: string): { name: string; rest: string } | undefined {
  if (!text.startsWith('"')) return undefined;
  const bytes: number[] = [];
  let at = 1;
  while (at < text.length) {
    const character = text[at] as string;
    if (character === '"') return { name: decodeText(Uint8Array.from(bytes)), rest: text.slice(at + 1) };
    if (character !== '\\') {
      bytes.push(...Buffer.from(character, 'utf8'));
      at += 1;
      continue;
    }
    const octal = /^[0-3][0-7]{2}/.exec(text.slice(at + 1, at + 4));
    const simple = ESCAPES[text[at + 1] ?? ''];
    if (octal) bytes.push(Number.parseInt(octal[0], 8));
    else if (simple !== undefined) bytes.push(simple);
    else return undefined;
    at += octal ? 4 : 2;
  }
  return undefined;
}

/** The name in a `--- ` or `+++ ` line: quoted, or up to the tab before a date. */
export function headerName(text: string): string {
  const quoted = unquote(text);
  if (quoted) return quoted.name;
  const tab = text.indexOf('\t');
  return (tab >= 0 ? text.slice(0, tab) : text).trimEnd();
}

/** Both names of a `diff --git` line, prefixes included; undefined where they can't be told apart. */
export function gitLineNames(text: string): [string, string] | undefined {
  const first = unquote(text);
  if (first) {
    const second = first.rest.trimStart();
    return [first.name, unquote(second)?.name ?? second];
  }
  // Unquoted names may hold spaces: without a rename both are the same behind their prefix.
  for (let at = text.indexOf(' '); at >= 0; at = text.indexOf(' ', at + 1)) {
    const left = text.slice(0, at);
    const right = unquote(text.slice(at + 1))?.name ?? text.slice(at + 1);
    if (stripPrefix(left) === stripPrefix(right)) return [left, right];
  }
  return undefined;
}

/** `a/mm/slab.c` -> `mm/slab.c`; a name without one of git's prefixes stays as it is (`--no-prefix`). */
export function stripPrefix(name: string): string {
  return PREFIXES.has(name.slice(0, 2)) ? name.slice(2) : name;
}

/**
 * Both paths of a plain diff, as `patch -p1` takes them: equal names without a prefix are whole paths, otherwise
 * the first folder goes (`linux-6.12.orig/mm/slab.c`).
 */
export function plainPaths(oldName: string, newName: string): [string, string] {
  if (oldName === newName && !PREFIXES.has(oldName.slice(0, 2))) return [oldName, newName];
  const strip = (name: string) =>
    name === '/dev/null' || !name.includes('/') ? name : name.slice(name.indexOf('/') + 1);
  return [strip(oldName), strip(newName)];
}

/** Returns the path, or throws a UserError where it could lead out of the tree or can't name a file in one. */
export function checkedPath(path: string): string {
  const parts = path.split('/');
  const bad =
    path === '' ||
    path.length > 4096 ||
    path.includes('\0') ||
    parts.some((part) => part === '' || part === '.' || part === '..' || part.toLowerCase() === '.git');
  if (bad) {
    throw new UserError(
      `The patch names a path that no tree can hold: ${JSON.stringify(path.slice(0, 200))}; paths are relative to the top of the tree, written a/… and b/….`,
    );
  }
  return path;
}
