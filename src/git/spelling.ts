/** scripts/spelling.txt of a kernel tree: `mistake||correction` lines, as checkpatch reads them. */
import { decodeText } from './bytes.ts';

const MAX_BYTES = 1024 * 1024;

/** Mistake to correction, both in lower case; lines of another form are passed over. */
export function parseSpelling(bytes: Uint8Array): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of decodeText(bytes.subarray(0, MAX_BYTES)).split('\n')) {
    const match = /^([a-z]{3,40})\|\|([a-z]{2,40})$/.exec(line.trim());
    if (match !== null) found.set(match[1] ?? '', match[2] ?? '');
  }
  return found;
}
