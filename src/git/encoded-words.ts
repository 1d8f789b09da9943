/** RFC 2047: `=?UTF-8?q?M=C3=BCller?=` in a header as text; and the two transfer encodings of RFC 2045. */
import { decodeAs } from './commit.ts';

const WORD = /=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=/g;

/** Decodes the encoded words of an unfolded header. What is not one stays. Never throws. */
export function decodeHeader(text: string): string {
  // White space between two encoded words is not part of the text.
  const joined = text.replaceAll(/(=\?[^?\s]+\?[bBqQ]\?[^?]*\?=)\s+(?==\?[^?\s]+\?[bBqQ]\?[^?]*\?=)/g, '$1');
  // Neighbours of one encoding are decoded together: a character may be split between them.
  const words: { charset: string; bytes: Buffer; start: number; end: number }[] = [];
  for (const found of joined.matchAll(WORD)) {
    const [all, charset = '', kind = '', content = ''] = found;
    const bytes =
      kind.toLowerCase() === 'b'
        ? Buffer.from(content, 'base64')
        : decodeQuotedPrintable(Buffer.from(content.replaceAll('_', ' '), 'latin1'));
    const plain = charset.split('*')[0] ?? charset;
    const last = words.at(-1);
    if (last && last.end === found.index && last.charset.toLowerCase() === plain.toLowerCase())
      words[words.length - 1] = {
        ...last,
        bytes: Buffer.concat([last.bytes, bytes]),
        end: last.end + all.length,
      };
    else words.push({ charset: plain, bytes, start: found.index, end: found.index + all.length });
  }
  let out = '';
  let at = 0;
  for (const word of words) {
    out += joined.slice(at, word.start) + decodeAs(word.bytes, word.charset);
    at = word.end;
  }
  return out + joined.slice(at);
}

/** Decodes quoted-printable; a `=` that escapes nothing stays. */
export function decodeQuotedPrintable(bytes: Uint8Array): Buffer {
  const out = Buffer.alloc(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte === 0x3d) {
      const soft = softBreak(bytes, at + 1);
      if (soft > 0) {
        at += soft;
        continue;
      }
      const [high, low] = [hexDigit(bytes[at + 1]), hexDigit(bytes[at + 2])];
      if (high >= 0 && low >= 0) {
        out[length] = high * 16 + low;
        length += 1;
        at += 2;
        continue;
      }
    }
    out[length] = byte;
    length += 1;
  }
  return out.subarray(0, length);
}

/** Length of the line end behind `=` that joins two lines, blanks before it included; 0 where there is none. */
function softBreak(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at += 1;
  if (bytes[at] === 0x0d) at += 1;
  return bytes[at] === 0x0a ? at - from + 1 : 0;
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(byte).toLowerCase());
  return digit;
}
