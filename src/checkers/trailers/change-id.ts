import { type MessageRule, removeLines } from './rule.ts';

/** Gerrit's own; b4's `change-id:` is no Gerrit id and stands in cover letters. */
export const changeId: MessageRule = {
  id: 'trailers/change-id',
  severity: 'warning',
  summary: 'A Gerrit Change-Id stands in the message.',
  source: 'checkpatch GERRIT_CHANGE_ID',
  *check({ message }) {
    for (const [index, line] of message.heads.entries()) {
      if (!/^\s*change-id:\s*I?[0-9a-f]{6,}\s*$/i.test(line)) continue;
      const alone = isBlank(message.lines[index - 1]) && isBlank(message.lines[index + 1]) && index > 0;
      yield {
        line: index + 1,
        message: 'The message has a Gerrit Change-Id.',
        explanation: 'It means something in one Gerrit server only. Take it out.',
        // Without a subject the text would become one.
        ...(index < message.subjectEnd
          ? {}
          : { correction: removeLines(alone ? index : index + 1, index + 1) }),
      };
    }
  },
};

function isBlank(line: string | undefined): boolean {
  return line === undefined || line.trim() === '';
}
