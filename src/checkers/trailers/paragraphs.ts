/** Joining the paragraphs of trailers into the one that git reads. */
import type { Message, Paragraph } from './message.ts';
import type { Correction } from './rule.ts';

/** Takes out the blank lines between this paragraph of the tail and the next trailers below it. */
export function joinParagraphs(message: Message, paragraph: Paragraph | undefined): Correction | undefined {
  if (paragraph === undefined) return undefined;
  const next = message.tail.find((other) => other.kind === 'trailers' && other.line > paragraph.endLine);
  if (next === undefined) return undefined;
  const between = message.lines.slice(paragraph.endLine - 1, next.line);
  if (between.some((line) => /^---\s*$/.test(line))) return undefined;
  return {
    startLine: paragraph.endLine,
    endLine: next.line,
    lines: between.filter((line) => line.trim() !== ''),
  };
}
