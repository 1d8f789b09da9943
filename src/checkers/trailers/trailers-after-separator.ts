import { code } from './code.ts';
import type { MessageRule } from './rule.ts';

export const trailersAfterSeparator: MessageRule = {
  id: 'trailers/trailers-after-separator',
  severity: 'error',
  summary: 'A line of three dashes stands above trailers: git am drops what is below.',
  source: 'Documentation/process/submitting-patches.rst, "The canonical patch format"; git-am(1)',
  *check({ message }) {
    if (message.separator === 0) return;
    const below = message.trailers.filter((trailer) => trailer.line > message.separator);
    const [first] = below;
    if (first === undefined) return;
    const moved = message.lines.slice(message.separator, message.lines.length);
    const onlyTags =
      below.length > 0 && message.tail.every((paragraph) => paragraph.line > message.separator);
    const text = moved.slice(0, first.line - message.separator - 1).some((line) => line.trim() !== '');
    yield {
      line: message.separator,
      message: `\`---\` ends the message for git am: ${code(first.name)} below it is lost.`,
      explanation:
        'Tags stand above the first line of three dashes; a changelog between versions stands below it.',
      ...(onlyTags && !text
        ? {
            correction: {
              startLine: message.separator,
              endLine: first.line,
              lines: [
                ...(blankBefore(message.lines, message.separator) ? [] : ['']),
                message.lines[first.line - 1] ?? '',
              ],
            },
          }
        : {}),
    };
  },
};

function blankBefore(lines: readonly string[], line: number): boolean {
  return (lines[line - 2] ?? '').trim() === '';
}
