import { isGenerated } from './generated-subject.ts';
import type { MessageRule } from './rule.ts';

export const subjectPeriod: MessageRule = {
  id: 'trailers/subject-period',
  severity: 'note',
  summary: 'The subject ends with a full stop.',
  source: 'Documentation/process/maintainer-tip.rst, "Patch subject"; custom of all trees',
  *check({ message }) {
    const line = message.lines[message.subjectEnd - 1] ?? '';
    if (
      line.length > 1_000 ||
      isGenerated(message.subject) ||
      !/[^.\s]\.\s*$/.test(line) ||
      /\b(?:etc|e\.g|i\.e|Inc|Ltd|Co)\.\s*$/.test(line)
    )
      return;
    yield {
      line: message.subjectEnd,
      message: 'The subject ends with a full stop.',
      explanation: 'A subject is a title.',
      correction: {
        startLine: message.subjectEnd,
        endLine: message.subjectEnd,
        lines: [line.replace(/\.\s*$/, '')],
      },
    };
  },
};
