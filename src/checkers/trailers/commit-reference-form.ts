import { code } from './code.ts';
import type { Message } from './message.ts';
import type { MessageRule } from './rule.ts';

/** The word and the SHA1 may stand on two lines; a revert's own sentence is git's. */
const REFERENCE = /\bcommit(?<!\breverts?\s+commit)\s+(?:id\s+)?([0-9a-f]{7,40})\b/gi;
const DIGITS = 12;

/**
 * A reader of the log should not have to look a commit up. Only commits that the repository knows, and only where the
 * message names them in full nowhere: a second mention, or one besides a Fixes tag, may be short.
 */
export const commitReferenceForm: MessageRule = {
  id: 'trailers/commit-reference-form',
  severity: 'note',
  summary: 'The text names a commit by too few digits, or without its subject.',
  source: 'Documentation/process/submitting-patches.rst, "Describe your changes"; checkpatch GIT_COMMIT_ID',
  *check({ message, answer, backports }) {
    const taken = new Set(backports.map((backport) => backport.line));
    const whole = flat(message.heads.join(' '));
    const seen = new Set<string>();
    for (const { sha, line } of references(message)) {
      if (taken.has(line) || !/\d/.test(sha)) continue;
      const target = answer(sha);
      if (target.state !== 'found' || seen.has(target.commit.id)) continue;
      seen.add(target.commit.id);
      const { id, subject, wholeSubject } = target.commit;
      const isShort = !hasDigits(whole, sha);
      const isBare = !whole.includes(flat(subject));
      if (!isShort && !isBare) continue;
      yield {
        line,
        message: isShort
          ? `The text names commit ${sha} by ${sha.length} digits${isBare ? ' and without its subject' : ''}.`
          : `The text names commit ${sha.slice(0, DIGITS)} without its subject.`,
        explanation: `Write it once as: ${code(`commit ${id.length < DIGITS ? `<${DIGITS} digits>` : id.slice(0, DIGITS)} ("${subject}${wholeSubject ? '' : '…'}")`)}`,
      };
    }
  },
};

/** Where the prose names commits, by the line on which the word stands. */
function* references(message: Message): Iterable<{ sha: string; line: number }> {
  for (const paragraph of message.paragraphs) {
    if (paragraph.kind !== 'prose') continue;
    const lines = message.heads.slice(paragraph.line - 1, paragraph.endLine);
    const text = lines.join('\n');
    let index = 0;
    let counted = 0;
    for (const match of text.matchAll(REFERENCE)) {
      index += text.slice(counted, match.index).split('\n').length - 1;
      counted = match.index;
      if (/^[\s>|#]/.test(lines[index] ?? '')) continue;
      yield { sha: (match[1] ?? '').toLowerCase(), line: paragraph.line + index };
    }
  }
}

/** Whether the message has the SHA1 with enough digits somewhere. */
function hasDigits(text: string, sha: string): boolean {
  return sha.length >= DIGITS || new RegExp(`\\b${sha}[0-9a-f]{${DIGITS - sha.length},}`, 'i').test(text);
}

function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
