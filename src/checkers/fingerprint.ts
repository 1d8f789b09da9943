/** Identity of a finding that survives line moves and unrelated edits. */
import { createHash } from 'node:crypto';

/** Hash of a rule and of what tells one finding of it from another: names and texts, never lines. */
export function fingerprint(rule: string, ...parts: readonly string[]): string {
  return createHash('sha256')
    .update([rule, ...parts].join('\0'))
    .digest('hex')
    .slice(0, 20);
}
