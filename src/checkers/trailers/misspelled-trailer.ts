import { code } from './code.ts';
import { type MessageRule, replaceTrailer } from './rule.ts';

export const misspelledTrailer: MessageRule = {
  id: 'trailers/misspelled-trailer',
  severity: 'warning',
  summary: 'The name of a trailer is a near miss of a known one.',
  source: 'checkpatch BAD_SIGN_OFF: "Non-standard signature ... perhaps ...?"',
  *check({ message }) {
    for (const trailer of message.trailers) {
      if (trailer.kind !== 'misspelled') continue;
      yield {
        line: trailer.line,
        endLine: trailer.endLine,
        message: `${code(`${trailer.name}:`)} is no tag; ${code(`${trailer.key}:`)} is.`,
        explanation: `No script finds a tag that is misspelled.`,
        // `Reviewer:` may name somebody who has not given the tag.
        ...(/er$/i.test(trailer.name)
          ? {}
          : { correction: replaceTrailer(trailer, `${trailer.key}: ${trailer.value}`) }),
      };
    }
  },
};
