import type { MessageRule } from './rule.ts';

/** The sign-off stands in the last paragraph. What stands below `---` is not part of the message. */
export const textAfterTrailers: MessageRule = {
  id: 'trailers/text-after-trailers',
  severity: 'warning',
  summary: 'Text stands below the trailers, so git sees none.',
  source:
    'git-interpret-trailers(1): trailers are the last paragraph; Documentation/process/submitting-patches.rst',
  *check({ message }) {
    const last = message.tail.at(-1);
    if (last === undefined) return;
    const end = last.trailers.at(-1)?.endLine ?? last.endLine;
    const glued = last.remarks.find((remark) => remark.kind === 'text' && remark.line > end);
    const between = last.remarks.find((remark) => remark.kind === 'text' && remark.line < end);
    const below = message.paragraphs.find((paragraph) => paragraph.line > last.endLine);
    if (between !== undefined) {
      yield {
        line: between.line,
        severity: 'note',
        message: 'A line between the tags is no tag.',
        explanation:
          'What was changed on the way stands in brackets: [name: what]. Other text stands above the tags.',
      };
    }
    const line = glued?.line ?? (below?.kind === 'separator' ? undefined : below?.line);
    if (line === undefined) return;
    const ruled = /^-{2,}\s*$|^-- $|^={4,}/.test(message.lines[line - 1] ?? '');
    yield {
      line,
      message: 'Text stands below the tags.',
      explanation: ruled
        ? 'Tags end a message. Only a line of exactly three dashes cuts off what follows; below another line it becomes part of the message.'
        : 'Tags end a message: move the text above them, or below a line of three dashes if it is not for the history.',
    };
  },
};
