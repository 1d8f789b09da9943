/** Rules about the text between subject and tags. */
import type { Message } from './message.ts';
import type { MessageRule } from './rule.ts';

export const emptyDescription: MessageRule = {
  id: 'trailers/empty-description',
  severity: 'note',
  summary: 'There is no text between the subject and the tags.',
  source: 'checkpatch COMMIT_MESSAGE: "Missing commit description"',
  *check({ message, backports }) {
    if (backports.length > 0 || message.subject === '') return;
    if (message.paragraphs.some((paragraph) => paragraph.kind === 'prose')) return;
    yield {
      line: message.subjectEnd,
      message: 'The commit has no description.',
      explanation: 'Say why: what was wrong or missing, and how the change puts it right.',
    };
  },
};

export const longLine: MessageRule = {
  id: 'trailers/long-line',
  severity: 'note',
  summary: 'A line of the text is very long.',
  source:
    'Documentation/process/submitting-patches.rst: "line wrapped at 75 columns"; checkpatch COMMIT_LOG_LONG_LINE',
  *check({ message, options }) {
    const at = proseLines(message).find(({ text }) => text.length > options.lineLength && isSentence(text));
    if (at === undefined) return;
    yield {
      line: at.line,
      message: `Line ${at.line} of the message has ${at.text.length} characters.`,
      explanation:
        'The text is wrapped at 75 columns, so that it can be read in a terminal and quoted in a mail.',
    };
  },
};

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
      correction: { startLine: at + 1, endLine: at + 1, lines: [` ${message.lines[at]}`] },
    };
  },
};

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

export const repeatedWord: MessageRule = {
  id: 'trailers/repeated-word',
  severity: 'note',
  summary: 'A word stands twice in a row.',
  source: 'checkpatch REPEATED_WORD',
  *check({ message }) {
    for (const { text, line } of proseLines(message)) {
      const word =
        /(?<![\w-])(a|an|and|are|be|by|for|from|in|is|it|of|on|or|the|this|to|we|when|with) \1(?![\w-])/i.exec(
          text,
        );
      if (word === null || !isSentence(text)) continue;
      yield {
        line,
        message: `"${word[0]}" has a word twice.`,
        explanation: 'One is enough.',
      };
    }
  },
};

/** Lines of text that is not indented, quoted or a log. */
export function proseLines(message: Message): { text: string; line: number }[] {
  return message.paragraphs
    .filter((paragraph) => paragraph.kind === 'prose')
    .flatMap((paragraph) =>
      message.lines
        .slice(paragraph.line - 1, paragraph.endLine)
        .map((text, index) => ({ text, line: paragraph.line + index })),
    )
    .filter(({ text }) => /^[A-Za-z("']/.test(text));
}

/** Words in a row, not a path, a URL, a command line or a compiler's message. */
function isSentence(text: string): boolean {
  return (
    !/https?:\/\/|\b(?:warning|error|note): |^\S+:\d+|^\S*\/\S*:|[{}|=;]\s*$|\s{3,}|^\S+\s+[-=+|]/.test(
      text,
    ) && /[a-z]+ [a-z]+ [a-z]+ [a-z]+/i.test(text)
  );
}
