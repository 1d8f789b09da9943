import { code } from './code.ts';
import { type MessageRule, removeLines } from './rule.ts';

/** A statement by a person is not taken away by a machine. */
export const forbiddenTrailer: MessageRule = {
  id: 'trailers/forbidden-trailer',
  severity: 'error',
  summary: 'A trailer that this repository does not allow.',
  source: '.github/adjutant.yml, trailers.forbidden',
  *check({ message, options }) {
    const forbidden = new Set(options.forbidden.map((name) => name.toLowerCase()));
    for (const [index, line] of message.heads.entries()) {
      const name = /^\s*([\w-]+)\s*:/.exec(line)?.[1];
      if (name === undefined || !forbidden.has(name.toLowerCase())) continue;
      const endLine = message.trailers.find((trailer) => trailer.line === index + 1)?.endLine ?? index + 1;
      yield {
        line: index + 1,
        endLine,
        message: `${code(`${name}:`)} is not allowed here.`,
        explanation: 'This repository’s configuration forbids it.',
        // Without a subject the text would become one.
        ...(/-by$/i.test(name) || index < message.subjectEnd
          ? {}
          : { correction: removeLines(index + 1, endLine) }),
      };
    }
  },
};
