import { codingPrograms } from '../../kernel/trailers.ts';
import { code } from './code.ts';
import type { Trailer } from './message.ts';
import { parsePerson } from './people.ts';
import { type MessageRule, removeLines } from './rule.ts';

const SPOKEN = /^(?:signed-off-by|co-developed-by|co-authored-by|reviewed-by|acked-by)$/i;

/** Whether the person that a tag of a person names is a program that writes code. */
export function isOfProgram(trailer: Trailer): boolean {
  if (!SPOKEN.test(trailer.key)) return false;
  const { person } = parsePerson(trailer.value);
  const [name, email] = [person?.name ?? trailer.value, person?.email ?? ''];
  return codingPrograms.some((program) => program.test(name) || program.test(email));
}

/** A program can't certify anything, and is no co-author: `Assisted-by:` says what helped. */
export const signoffByProgram: MessageRule = {
  id: 'trailers/signoff-by-program',
  severity: 'error',
  summary: 'A program signs off or is named as a co-author.',
  source: 'Documentation/process/coding-assistants.rst',
  *check(context) {
    for (const trailer of [...context.message.trailers, ...context.message.strays]) {
      if (!isOfProgram(trailer)) continue;
      const { person } = parsePerson(trailer.value);
      const name = person?.name ?? trailer.value;
      const email = person?.email ?? '';
      yield {
        line: trailer.line,
        endLine: trailer.endLine,
        message: `${code(trailer.name)} names a program, ${name === '' ? email : name}.`,
        explanation:
          'Only a person can certify the Developer Certificate of Origin, and a program is no co-author. Take the ' +
          'line out; if the program helped with the change, say so by `Assisted-by: NAME:VERSION [TOOL]`.',
        ...(parsePerson(trailer.value).remark === ''
          ? { correction: removeLines(trailer.line, trailer.endLine) }
          : {}),
      };
    }
  },
};
