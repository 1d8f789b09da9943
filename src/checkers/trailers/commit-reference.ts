import { proseLines } from './prose.ts';
import type { MessageRule } from './rule.ts';

const REFERENCE = /\bcommits?\s+(?:id\s+)?([0-9a-f]{7,40})\b(?:\s*\("([^"]+)"\))?/gi;

/**
 * Commits that the text names. Only what the repository denies is reported; the lines by which a backport or a revert
 * names its commit belong to other rules.
 */
export const commitReference: MessageRule = {
  id: 'trailers/commit-reference',
  severity: 'note',
  summary: 'The text names a commit that does not exist, or with another subject.',
  source: 'checkpatch UNKNOWN_COMMIT_ID, GIT_COMMIT_ID',
  *check({ message, answer, backports }) {
    const taken = new Set(backports.map((backport) => backport.line));
    for (const { text, line } of proseLines(message)) {
      if (taken.has(line)) continue;
      for (const match of text.matchAll(REFERENCE)) {
        const [, sha = '', subject] = match;
        if (!/\d/.test(sha) || /^This reverts commit/i.test(text)) continue;
        const target = answer(sha.toLowerCase());
        if (target.state === 'missing') {
          yield {
            line,
            message: `The text names commit ${sha}, which is not in this repository.`,
            explanation:
              'Perhaps it was rebased before it was merged, or it is in another tree; say in which.',
          };
        } else if (
          target.state === 'found' &&
          subject !== undefined &&
          target.commit.wholeSubject &&
          !target.commit.subject.startsWith(subject.trim())
        ) {
          yield {
            line,
            message: `The subject of ${sha} is "${target.commit.subject}".`,
            explanation: `The text quotes "${subject}".`,
          };
        }
      }
    }
  },
};

/** SHA1s that the text names by `commit <sha1>`, be it over two lines. */
export function referredCommits(lines: readonly string[]): string[] {
  return [...lines.join('\n').matchAll(REFERENCE)].map((match) => (match[1] ?? '').toLowerCase());
}
