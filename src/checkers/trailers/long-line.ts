import { isSentence, proseLines } from './prose.ts';
import type { MessageRule } from './rule.ts';

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
      message: `Line ${at.line} of the message has ${message.lines[at.line - 1]?.length ?? 0} characters.`,
      explanation:
        'The text is wrapped at 75 columns, so that it can be read in a terminal and quoted in a mail.',
    };
  },
};
