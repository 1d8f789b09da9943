import type { Message } from './message.ts';
import type { MessageRule } from './rule.ts';

export const commentLine: MessageRule = {
  id: 'trailers/comment-line',
  severity: 'note',
  summary: 'A line begins with #: git drops it when the message is edited.',
  source: 'checkpatch COMMIT_COMMENT_SYMBOL',
  *check({ message }) {
    const at = message.lines.findIndex((line) => line.startsWith('#'));
    if (at < 0) return;
    yield {
      line: at + 1,
      message: 'A line of the message begins with `#`.',
      explanation:
        'git takes it for a comment as soon as somebody edits or rebases the commit, and drops it. Indent the line.',
      ...(inText(message, at + 1)
        ? { correction: { startLine: at + 1, endLine: at + 1, lines: [` ${message.lines[at]}`] } }
        : {}),
    };
  },
};

/** Below a tag an indented line would become a part of it. */
function inText(message: Message, line: number): boolean {
  return message.paragraphs.some(
    (paragraph) => paragraph.kind === 'prose' && paragraph.line <= line && line <= paragraph.endLine,
  );
}
