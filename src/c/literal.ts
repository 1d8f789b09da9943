/** Values of number and character literals. */

/** The value of a C number or character literal; undefined for a floating one or what is neither. */
export function literalValue(text: string): number | undefined {
  const first = text.charCodeAt(0);
  if (first === 0x30 && text.length === 1) return 0;
  if (first >= 0x30 && first <= 0x39) return numberValue(text);
  return characterValue(text);
}

const INTEGER = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)(?:[uU]|[lL]{1,2}|[uU][lL]{1,2}|[lL]{1,2}[uU])?$/;

function numberValue(text: string): number | undefined {
  const digits = INTEGER.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const isOctal = digits.length > 1 && /^0\d+$/.test(digits);
  const value = isOctal ? Number.parseInt(digits, 8) : Number(digits);
  return Number.isNaN(value) ? undefined : value;
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11, e: 27 };

function characterValue(text: string): number | undefined {
  const match = /^(?:L|u|U|u8)?'(.+)'$/s.exec(text);
  const body = match?.[1];
  if (body === undefined) return undefined;
  if (body.charAt(0) !== '\\') return body.length === 1 ? body.charCodeAt(0) : undefined;
  if (/^\\[0-7]{1,3}$/.test(body)) return Number.parseInt(body.slice(1), 8);
  if (/^\\x[0-9a-fA-F]+$/.test(body)) return Number.parseInt(body.slice(2), 16);
  return ESCAPES[body.charAt(1)] ?? body.charCodeAt(1);
}
