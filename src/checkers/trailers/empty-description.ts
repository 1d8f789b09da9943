import { isGenerated } from './generated-subject.ts';
import type { MessageRule } from './rule.ts';

export const emptyDescription: MessageRule = {
  id: 'trailers/empty-description',
  severity: 'note',
  summary: 'There is no text between the subject and the tags.',
  source: 'checkpatch COMMIT_MESSAGE: "Missing commit description"',
  *check({ message, backports }) {
    if (backports.length > 0 || message.subject === '' || isGenerated(message.subject)) return;
    if (message.paragraphs.some((paragraph) => paragraph.kind === 'prose')) return;
    yield {
      line: message.subjectEnd,
      message: 'The commit has no description.',
      explanation: 'Say why: what was wrong or missing, and how the change puts it right.',
    };
  },
};
