import { code } from './code.ts';
import type { Trailer } from './message.ts';
import { type MessageRule, removeLines } from './rule.ts';

/** Twice the same with no sign-off of another person between: a patch may pass through the same hands twice. */
export const duplicateTrailer: MessageRule = {
  id: 'trailers/duplicate-trailer',
  severity: 'warning',
  summary: 'The same trailer stands twice.',
  source: 'checkpatch BAD_SIGN_OFF: "Duplicate signature"',
  *check({ message }) {
    const seen = new Map<string, Trailer>();
    for (const [index, trailer] of message.trailers.entries()) {
      if (trailer.kind === 'unknown') continue;
      if (trailer.key === 'Signed-off-by') {
        const own = sameness(trailer);
        for (const [text, earlier] of seen) {
          const passed = message.trailers
            .slice(message.trailers.indexOf(earlier) + 1, index)
            .some((between) => between.key === 'Signed-off-by' && sameness(between) !== text);
          if (earlier.key === 'Signed-off-by' && text === own && passed) seen.delete(text);
        }
      }
      const earlier = seen.get(sameness(trailer));
      if (earlier === undefined) {
        seen.set(sameness(trailer), trailer);
        continue;
      }
      yield {
        line: trailer.line,
        endLine: trailer.endLine,
        message: `${code(`${trailer.key}: ${trailer.value}`)} stands on line ${earlier.line} already.`,
        explanation:
          'Say it once. A second sign-off is right only where the patch came back from somebody else.',
        correction: removeLines(trailer.line, trailer.endLine),
      };
    }
  },
};

function sameness(trailer: Trailer): string {
  return `${trailer.key}:${trailer.value.replace(/\s/g, '')}`.toLowerCase();
}
