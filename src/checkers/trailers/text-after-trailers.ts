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
    const below = message.paragraphs.find((paragraph) => paragraph.line > last.endLine);
    if (below === undefined || below.kind === 'separator') return;
    const separated = /^-{4,}|^-- $|^={4,}/.test(message.lines[below.line - 1] ?? '');
    yield {
      line: below.line,
      message: 'Text stands below the tags.',
      explanation: separated
        ? 'Tags are read from the last paragraph. Only a line of exactly three dashes ends a message; what follows another line becomes part of it.'
        : 'Tags are read from the last paragraph: move the text above them, or below a line of three dashes if it is not for the history.',
    };
  },
};
