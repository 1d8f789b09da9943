import { code } from './code.ts';
import type { Message } from './message.ts';
import { isSentence, proseLines } from './prose.ts';
import type { MessageRule } from './rule.ts';

/** A word by itself: no part of a name, a path, an address or an option. */
const WORD = /(?<![\w\-'`/.@:$<%&])[A-Za-z]{3,40}(?![\w\-'`/@(]|[.:]\w)/g;

/** With the tree's own list of mistakes. What stands between quotes is somebody else's text, and may be a name. */
export const spelling: MessageRule = {
  id: 'trailers/spelling',
  severity: 'note',
  summary: 'A word is misspelled.',
  source: 'checkpatch TYPO_SPELLING; scripts/spelling.txt',
  *check({ message, misspellings }) {
    if (misspellings.size === 0) return;
    for (const { text, line } of ownLines(message)) {
      const wrong: string[] = [];
      const corrected = text.replaceAll(WORD, (word) => {
        const right = misspellings.get(word.toLowerCase());
        if (right === undefined || word === word.toUpperCase()) return word;
        wrong.push(word);
        return /^[A-Z]/.test(word) ? right.charAt(0).toUpperCase() + right.slice(1) : right;
      });
      if (wrong.length === 0) continue;
      const isWhole = text === message.lines[line - 1];
      yield {
        line,
        message: `${wrong.map(code).join(', ')} ${wrong.length === 1 ? 'is' : 'are'} misspelled.`,
        explanation: 'scripts/spelling.txt of this tree has it.',
        ...(isWhole ? { correction: { startLine: line, endLine: line, lines: [corrected] } } : {}),
      };
    }
  },
};

/** The subject behind its prefix is judged with it; lines of text that hold no quotes and lie between none. */
function* ownLines(message: Message): Iterable<{ text: string; line: number }> {
  const [subject = ''] = message.heads;
  if (!subject.includes('"')) yield { text: subject, line: 1 };
  let isOpen = false;
  let last = 0;
  for (const { text, line } of proseLines(message)) {
    if (line !== last + 1) isOpen = false;
    last = line;
    const marks = text.split('"').length - 1;
    if (marks === 0 && !isOpen && isSentence(text)) yield { text, line };
    if (marks % 2 === 1) isOpen = !isOpen;
  }
}
