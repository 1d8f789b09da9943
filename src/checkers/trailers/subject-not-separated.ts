import { code } from './code.ts';
import type { MessageRule } from './rule.ts';

/** git takes the whole first paragraph for the subject, and shows it as one line everywhere. */
export const subjectNotSeparated: MessageRule = {
  id: 'trailers/subject-not-separated',
  severity: 'warning',
  summary: 'There is no blank line between the subject and what follows it.',
  source: 'git-commit(1), "Discussion": a single short line, followed by a blank line',
  *check({ message }) {
    const first = message.lines.findIndex((line) => line.trim() !== '') + 1;
    if (message.subjectEnd <= first || message.subject === '') return;
    const tag = message.strays.find((trailer) => trailer.line > first && trailer.line <= message.subjectEnd);
    yield {
      line: first + 1,
      ...(tag === undefined && message.subjectEnd === first + 1 ? { severity: 'note' as const } : {}),
      message:
        tag === undefined
          ? `The subject goes on over ${message.subjectEnd - first + 1} lines.`
          : `${code(tag.name)} stands in the subject: no blank line is above it.`,
      explanation:
        'git takes the whole first paragraph for the subject. Put a blank line below the first line.',
      ...(tag?.line === first + 1
        ? {
            correction: {
              startLine: tag.line,
              endLine: tag.line,
              lines: ['', message.lines[tag.line - 1] ?? ''],
            },
          }
        : {}),
    };
  },
};
