import { findingTools } from '../../kernel/trailers.ts';
import type { MessageRule } from './rule.ts';

export const subjectTool: MessageRule = {
  id: 'trailers/subject-tool',
  severity: 'note',
  summary: 'The subject names the tool that found the problem.',
  source: 'checkpatch EMAIL_SUBJECT',
  *check({ message }) {
    const tool = findingTools.find((name) => new RegExp(`\\b${name}\\b(?![:/])`, 'i').test(message.subject));
    if (tool === undefined || new RegExp(`^[^:]*\\b${tool}\\b[^:]*:`, 'i').test(message.subject)) return;
    yield {
      line: 1,
      message: `The subject names ${tool}, not what changes.`,
      explanation: 'Say what the change does; the tool that found it belongs into the text.',
    };
  },
};
