/** The lines of a message that people wrote as text. */
import type { Message } from './message.ts';

/** Lines of text that is not indented, quoted or a log. */
export function proseLines(message: Message): { text: string; line: number }[] {
  return message.paragraphs
    .filter((paragraph) => paragraph.kind === 'prose')
    .flatMap((paragraph) =>
      message.heads
        .slice(paragraph.line - 1, paragraph.endLine)
        .map((text, index) => ({ text, line: paragraph.line + index })),
    )
    .filter(({ text }) => /^[A-Za-z("']/.test(text));
}

/** Words in a row, not a path, a URL, a command line or a compiler's message. */
export function isSentence(text: string): boolean {
  return (
    !/https?:\/\/|\b(?:warning|error|note): |^\S+:\d+|^\S*\/\S*:|[{}|=;]\s*$|\s{3,}|^\S+\s+[-=+|]/.test(
      text,
    ) && /[a-z]+ [a-z]+ [a-z]+ [a-z]+/i.test(text)
  );
}
