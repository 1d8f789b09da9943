/** One mail: its headers, and the text of its body with transfer encoding and character set undone. */
import { UserError } from '../errors.ts';
import { decodeText, encodeText } from './bytes.ts';
import { decodeAs } from './commit.ts';
import { decodeHeader, decodeQuotedPrintable } from './encoded-words.ts';

const MAX_PARTS = 100;
const MAX_DEPTH = 8;

export interface Mail {
  /** Names in lower case, values unfolded and decoded; the first of a name. */
  readonly headers: ReadonlyMap<string, string>;
  /** The text parts, one after the other, with '\n' line ends. */
  readonly body: string;
}

/** Parses one mail. Throws a UserError for a multipart body that ends before its last part does. */
export function parseMail(bytes: Uint8Array): Mail {
  const { headers, body } = splitHeaders(decodeText(bytes));
  const parts: string[] = [];
  collectText(headers, body, parts, 0);
  const decoded = new Map([...headers].map(([name, value]) => [name, decodeHeader(value)]));
  return { headers: decoded, body: parts.join('') };
}

function splitHeaders(text: string): { headers: Map<string, string>; body: string } {
  const headers = new Map<string, string>();
  const lines = text.split('\n');
  let at = 0;
  let last = '';
  for (; at < lines.length; at += 1) {
    const line = (lines[at] as string).replace(/\r$/, '');
    if (line === '') break;
    const field = /^([!-9;-~]+)[ \t]*:[ \t]*(.*)$/.exec(line);
    if (/^[ \t]/.test(line) && last !== '') {
      const value = `${headers.get(last)} ${line.trim()}`;
      headers.set(last, value);
    } else if (field) {
      last = (field[1] as string).toLowerCase();
      if (headers.has(last)) last = `${last}\0`; // a second one of a name: its continuation lines are not the first's
      headers.set(last, field[2] as string);
    } else break;
  }
  const body = lines.slice(lines[at]?.replace(/\r$/, '') === '' ? at + 1 : at).join('\n');
  return { headers, body };
}

/** Text of this part and those in it. `body` is escaped text (bytes.ts), so that its bytes can be had back. */
function collectText(
  headers: ReadonlyMap<string, string>,
  body: string,
  parts: string[],
  depth: number,
): void {
  if (depth > MAX_DEPTH || parts.length > MAX_PARTS)
    throw new UserError('A mail in the mailbox is nested too deeply, or has too many parts, to be a patch.');
  const type = headers.get('content-type') ?? 'text/plain';
  const boundary = parameter(type, 'boundary');
  if (/^multipart\//i.test(type) && boundary !== undefined) {
    for (const part of splitParts(body, boundary)) {
      const inner = splitHeaders(part);
      collectText(inner.headers, inner.body, parts, depth + 1);
    }
    return;
  }
  if (!/^(?:text\/|application\/octet-stream|message\/rfc822)/i.test(type) || /^text\/html/i.test(type))
    return;
  const encoding = (headers.get('content-transfer-encoding') ?? '').trim().toLowerCase();
  let bytes = encodeText(body);
  if (encoding === 'base64') bytes = Buffer.from(body, 'base64');
  else if (encoding === 'quoted-printable') bytes = decodeQuotedPrintable(bytes);
  let text = decodeAs(bytes, parameter(type, 'charset'));
  if (encoding !== '' || /\r\n\r?\n?$/.test(text)) text = text.replaceAll('\r\n', '\n');
  parts.push(text.endsWith('\n') || text === '' ? text : `${text}\n`);
}

function splitParts(body: string, boundary: string): string[] {
  const parts: string[] = [];
  let current: string[] | undefined;
  for (const line of body.split('\n')) {
    const plain = line.trimEnd();
    if (plain === `--${boundary}` || plain === `--${boundary}--`) {
      if (current) parts.push(current.join('\n'));
      if (plain.endsWith(`${boundary}--`)) return parts;
      current = [];
      if (parts.length >= MAX_PARTS) break;
    } else current?.push(line);
  }
  throw new UserError('The mailbox is truncated: a mail of several parts ends before its last part does.');
}

function parameter(header: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^;\\s]+))`, 'i').exec(header);
  return found?.[1] ?? found?.[2];
}
