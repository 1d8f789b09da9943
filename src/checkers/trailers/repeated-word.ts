import { isSentence, proseLines } from './prose.ts';
import type { MessageRule } from './rule.ts';

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
