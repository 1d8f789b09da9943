import type { MessageRule } from './rule.ts';

export const diffInMessage: MessageRule = {
  id: 'trailers/diff-in-message',
  severity: 'warning',
  summary: 'A diff stands in the message: git am and patch would apply it.',
  source: 'checkpatch DIFF_IN_COMMIT_MSG',
  *check({ message }) {
    const at = message.lines.findIndex(
      (line, index) =>
        /^diff --git a\/\S+ b\/\S+/.test(line) ||
        (/^--- a\/\S+/.test(line) && /^\+\+\+ b\/\S+/.test(message.lines[index + 1] ?? '')),
    );
    if (at < 0) return;
    yield {
      line: at + 1,
      message: 'A diff begins inside the message.',
      explanation: 'git am ends the message there and applies the diff. Indent it by a blank or two.',
    };
  },
};
