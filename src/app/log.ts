/** The log: one JSON object a line on standard output, with every secret taken out on the way. */
import pino, { type Logger } from 'pino';

/** Shapes of secrets, wherever they come from: tokens of GitHub, JWTs, keys, credentials in addresses and headers. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/\bgh[a-z]_[A-Za-z0-9_.-]{10,}/g, '[token]'],
  [/\bgithub_pat_[A-Za-z0-9_]{10,}/g, '[token]'],
  [/\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]{5,}/g, '[token]'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gs, '[key]'],
  [/\b(bearer|basic|token) [A-Za-z0-9+/_.=-]{8,}/gi, '$1 [secret]'],
  [/:\/\/[^\s/@"]+@/g, '://[secret]@'],
  // In the address of a page, and in that to which GitHub sends who signs in.
  [/([?&](?:token|code|state)=)[\w.-]+/g, '$1[secret]'],
];

/** Takes the given secrets, and all that looks like one, out of a line. */
export function scrub(line: string, secrets: readonly string[]): string {
  let clean = line;
  for (const secret of secrets) clean = clean.replaceAll(secret, '[secret]');
  for (const [shape, name] of SHAPES) clean = clean.replace(shape, name);
  return clean;
}

/**
 * A logger whose lines pass `scrub` as they leave: no caller can forget it.
 * @param secrets values that must never appear
 */
export function createLog(
  level: string,
  secrets: readonly string[],
  write: (line: string) => void = (line) => void process.stdout.write(line),
): Logger {
  // As they stand in a line: JSON writes a key's newlines as \n.
  const written = secrets
    .filter((secret) => secret.length >= 4)
    .map((secret) => JSON.stringify(secret).slice(1, -1));
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // Requests and answers, ours and others', without what they carry: address and status are enough.
      redact: { paths: ['req.headers', 'res.headers', 'err.request', 'err.response'], remove: true },
    },
    { write: (line: string) => write(scrub(line, written)) },
  );
}
