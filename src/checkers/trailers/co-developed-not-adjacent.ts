import { type CoDeveloper, coDevelopers } from './co-developed.ts';
import type { Message } from './message.ts';
import { showPerson } from './people.ts';
import type { Correction, MessageRule } from './rule.ts';

export const coDevelopedNotAdjacent: MessageRule = {
  id: 'trailers/co-developed-not-adjacent',
  severity: 'warning',
  summary: 'The sign-off of a co-author does not follow their Co-developed-by at once.',
  source:
    'Documentation/process/submitting-patches.rst: "must be immediately followed by a Signed-off-by: of the associated co-author"',
  *check(context) {
    const all = [...coDevelopers(context)];
    for (const coDeveloper of all) {
      const { trailer, person, isAuthor, signOff, adjacent } = coDeveloper;
      if (isAuthor || signOff === undefined || adjacent) continue;
      // Said twice, once in its place: moving the other there would only push that away.
      if (all.some((other) => other.adjacent && other.signOff?.trailer.line === signOff.trailer.line))
        continue;
      yield {
        line: trailer.line,
        endLine: trailer.endLine,
        message: `The sign-off of ${showPerson(person)} stands on line ${signOff.trailer.line}, not directly below their Co-developed-by.`,
        explanation: 'Co-developed-by and the sign-off of that person come as a pair.',
        correction: moveAbove(context.message, coDeveloper),
      };
    }
  },
};

/** Moves the Co-developed-by directly above the sign-off. */
function moveAbove(message: Message, { trailer, signOff }: CoDeveloper): Correction {
  const target = signOff?.trailer.line ?? trailer.line;
  const own = message.lines.slice(trailer.line - 1, trailer.endLine);
  if (target > trailer.line) {
    const between = message.lines.slice(trailer.endLine, target - 1);
    return {
      startLine: trailer.line,
      endLine: target,
      lines: [...between, ...own, message.lines[target - 1] ?? ''],
    };
  }
  const rest = message.lines.slice(target - 1, trailer.line - 1);
  return { startLine: target, endLine: trailer.endLine, lines: [...own, ...rest] };
}
