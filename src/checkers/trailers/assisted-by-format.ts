import { code } from './code.ts';
import type { MessageRule } from './rule.ts';

export const assistedByFormat: MessageRule = {
  id: 'trailers/assisted-by-format',
  severity: 'warning',
  summary: 'Assisted-by does not give the name and the version of the program.',
  source:
    'Documentation/process/coding-assistants.rst: "Assisted-by: AGENT_NAME:MODEL_VERSION [TOOL1] [TOOL2]"',
  *check({ message }) {
    for (const trailer of message.trailers) {
      if (trailer.key !== 'Assisted-by' || /^\S+:\S+(?:\s|$)/.test(trailer.value)) continue;
      yield {
        line: trailer.line,
        endLine: trailer.endLine,
        message: `${code(`Assisted-by: ${trailer.value}`)} is not of the form NAME:VERSION.`,
        explanation:
          'Write the name of the agent, a colon and the version of its model, then the analysis tools that it used, if any.',
      };
    }
  },
};
