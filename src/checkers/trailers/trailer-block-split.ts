import { knownTrailers } from '../../kernel/trailers.ts';
import { code } from './code.ts';
import type { Message, Paragraph } from './message.ts';
import { joinParagraphs } from './paragraphs.ts';
import type { MessageRule, Problem } from './rule.ts';

/**
 * A blank line between trailers. Fixes tags that stand alone are left to their own rule, and links with a number to
 * the text (`Link: … [1]`). Above a paragraph of tags that no document knows, it is only a note.
 */
export const trailerBlockSplit: MessageRule = {
  id: 'trailers/trailer-block-split',
  severity: 'warning',
  summary: 'A blank line stands between trailers.',
  source: 'git-interpret-trailers(1) reads the last paragraph only; reviewers: "no blank line between tags"',
  *check({ message }) {
    yield* inText(message);
    const paragraphs = message.tail.filter((paragraph) => paragraph.kind === 'trailers');
    for (const [index, paragraph] of paragraphs.slice(0, -1).entries()) {
      const next = paragraphs[index + 1];
      if (next === undefined || isOnlyFixes(paragraph) || isOnlyFixes(next) || isReferences(paragraph))
        continue;
      if (message.separator > paragraph.line && message.separator < next.line) continue;
      const correction = joinParagraphs(message, paragraph);
      yield {
        line: blankAfter(message, paragraph),
        message: `A blank line separates ${code(paragraph.trailers.at(-1)?.name ?? '')} from the tags below it.`,
        explanation:
          'git, and every script that reads tags, takes the last paragraph alone for tags: what stands above is text to them.',
        ...(isDocumented(paragraph) ? {} : { severity: 'note' }),
        ...(correction === undefined ? {} : { correction }),
      };
    }
  },
};

/** A paragraph of people's tags with text below it. Not moved by a machine: it may belong to the text around it. */
function* inText({ strays, paragraphs, tail, lines }: Message): Iterable<Problem> {
  for (const paragraph of paragraphs) {
    const [first] = paragraph.trailers;
    if (paragraph.kind !== 'trailers' || first === undefined || tail.includes(paragraph)) continue;
    const own = paragraph.trailers.filter((trailer) => strays.includes(trailer) && /-by$/.test(trailer.key));
    if (own.length === 0 || tail.length === 0) continue;
    yield {
      line: Math.min(paragraph.endLine + 1, lines.length),
      confidence: 'medium',
      message: `Text separates ${code(own.at(-1)?.name ?? '')} from the tags at the end of the message.`,
      explanation:
        'git, and every script that reads tags, takes the last paragraph alone for tags: what stands above is text to them.',
    };
  }
}

function isOnlyFixes(paragraph: Paragraph): boolean {
  return paragraph.trailers.every((trailer) => trailer.key === 'Fixes');
}

function isReferences(paragraph: Paragraph): boolean {
  return paragraph.trailers.every(
    (trailer) => trailer.key === 'Link' && /(?:#\s*)?\[\d+\]$/.test(trailer.value),
  );
}

function isDocumented(paragraph: Paragraph): boolean {
  return paragraph.trailers.some(
    (trailer) => knownTrailers.get(trailer.key.toLowerCase())?.documented === true,
  );
}

function blankAfter(message: Message, paragraph: Paragraph): number {
  return Math.min(paragraph.endLine + 1, message.lines.length);
}
