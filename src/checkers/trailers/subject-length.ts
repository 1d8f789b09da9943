import { isGenerated } from './generated-subject.ts';
import type { MessageRule } from './rule.ts';

export const subjectLength: MessageRule = {
  id: 'trailers/subject-length',
  severity: 'note',
  summary: 'The subject is too long to be read in a list.',
  source: 'Documentation/process/submitting-patches.rst: "the summary must be no more than 70-75 characters"',
  *check({ message, options }) {
    if (isGenerated(message.subject) || message.subject.length <= options.subjectLength) return;
    yield {
      line: 1,
      message: `The subject has ${message.subject.length} characters; lists show about 75.`,
      explanation:
        message.subjectEnd > 1
          ? 'git takes the whole first paragraph for the subject: put a blank line below the first line.'
          : 'Say what changes in one short line, and the rest in the text below it.',
    };
  },
};
