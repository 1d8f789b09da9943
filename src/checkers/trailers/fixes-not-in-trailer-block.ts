import type { Message, Paragraph, Trailer } from './message.ts';
import { joinParagraphs } from './paragraphs.ts';
import type { Correction, MessageContext, MessageRule } from './rule.ts';

/** Fixes stands with the other tags at the end. A quoted message (with a sign-off of its own) is left alone. */
export const fixesNotInTrailerBlock: MessageRule = {
  id: 'trailers/fixes-not-in-trailer-block',
  severity: 'warning',
  summary: 'A Fixes tag stands apart from the other trailers.',
  source:
    'NIPA verify_fixes: "empty lines surround the Fixes tag"; git interpret-trailers reads the last paragraph only',
  *check(context) {
    for (const { trailer, tag } of context.fixes) {
      // In the subject: subject-not-separated says it.
      if (trailer.line <= context.message.subjectEnd && context.message.subject !== '') continue;
      if (homeOf(context.message)?.trailers.includes(trailer) === true) continue;
      // One that no mark closes would take in the line that follows it.
      const correction = tag.closed ? move(trailer, context) : undefined;
      yield {
        line: trailer.line,
        endLine: trailer.endLine,
        message: 'The Fixes tag stands apart from the other tags at the end of the message.',
        explanation:
          'git and the scripts of the trees read tags from the last paragraph only: no blank line between tags.',
        ...(correction === undefined ? {} : { correction }),
      };
    }
  },
};

/** The paragraph that a Fixes tag belongs to: that of the sign-offs, or the last. */
function homeOf(message: Message): Paragraph | undefined {
  const paragraphs = message.tail.filter((paragraph) => paragraph.kind === 'trailers');
  const signed = paragraphs.findLast((paragraph) =>
    paragraph.trailers.some((trailer) => trailer.key === 'Signed-off-by'),
  );
  return signed ?? paragraphs.at(-1);
}

/** Inside the tail the blank line goes; a stray tag moves to the head of the block. */
function move(trailer: Trailer, { message }: MessageContext): Correction | undefined {
  const own = message.tail.find((paragraph) => paragraph.trailers.includes(trailer));
  if (own !== undefined) return joinParagraphs(message, own) ?? joinParagraphs(message, before(message, own));
  const next = message.tail.find(
    (paragraph) => paragraph.kind === 'trailers' && paragraph.line > trailer.endLine,
  );
  if (next === undefined || trailer.line <= message.subjectEnd) return undefined;
  const moved = message.lines.slice(trailer.line - 1, trailer.endLine);
  const between = message.lines.slice(trailer.endLine, next.line - 1);
  const kept = between.every((line) => line.trim() === '')
    ? []
    : tidy(between, message.lines[trailer.line - 2]);
  const first = message.lines[next.line - 1] ?? '';
  return { startLine: trailer.line, endLine: next.line, lines: [...kept, ...moved, first] };
}

function before(message: Message, paragraph: Paragraph): Paragraph | undefined {
  return message.tail.findLast((other) => other.kind === 'trailers' && other.endLine < paragraph.line);
}

/** One blank line less, where the tag stood between two. */
function tidy(lines: readonly string[], before: string | undefined): readonly string[] {
  return lines[0]?.trim() === '' && (before ?? '').trim() === '' ? lines.slice(1) : lines;
}
