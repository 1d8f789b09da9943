import { coDevelopers } from './co-developed.ts';
import { parsePerson, showPerson } from './people.ts';
import { type MessageRule, removeLines } from './rule.ts';

export const coDevelopedIsAuthor: MessageRule = {
  id: 'trailers/co-developed-is-author',
  severity: 'warning',
  summary: 'Co-developed-by names the author of the commit.',
  source:
    'Documentation/process/submitting-patches.rst: Co-developed-by gives attribution to co-authors "in addition to the author attributed by the From: tag"',
  *check(context) {
    for (const { trailer, person, isAuthor } of coDevelopers(context)) {
      if (!isAuthor) continue;
      yield {
        line: trailer.line,
        endLine: trailer.endLine,
        message: `${showPerson(person)} is the author and is named by Co-developed-by too.`,
        explanation: 'The author is credited by the From line. Take the tag out; their sign-off stays.',
        ...(parsePerson(trailer.value).remark === ''
          ? { correction: removeLines(trailer.line, trailer.endLine) }
          : {}),
      };
    }
  },
};
