import { type MessageRule, removeLines } from './rule.ts';

/** A statement by a person is not taken away by a machine. */
export const forbiddenTrailer: MessageRule = {
  id: 'trailers/forbidden-trailer',
  severity: 'error',
  summary: 'A trailer that this repository does not allow.',
  source: '.github/adjutant.yml, trailers.forbidden',
  *check({ message, options }) {
    const forbidden = new Set(options.forbidden.map((name) => name.toLowerCase()));
    for (const trailer of message.trailers) {
      if (!forbidden.has(trailer.key.toLowerCase()) && !forbidden.has(trailer.name.toLowerCase())) continue;
      yield {
        line: trailer.line,
        endLine: trailer.endLine,
        message: `\`${trailer.name}:\` is not allowed here.`,
        explanation: 'This repository’s configuration forbids it.',
        ...(/-by$/i.test(trailer.key) ? {} : { correction: removeLines(trailer.line, trailer.endLine) }),
      };
    }
  },
};
