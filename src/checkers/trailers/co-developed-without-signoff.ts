import { coDevelopers } from './co-developed.ts';
import { showPerson } from './people.ts';
import type { MessageRule } from './rule.ts';

export const coDevelopedWithoutSignoff: MessageRule = {
  id: 'trailers/co-developed-without-signoff',
  severity: 'error',
  summary: 'A person named by Co-developed-by has not signed off.',
  source:
    'Documentation/process/submitting-patches.rst: "every Co-developed-by: must be immediately followed by a Signed-off-by:"',
  *check(context) {
    for (const { trailer, person, isAuthor, signOff } of coDevelopers(context)) {
      if (isAuthor || signOff !== undefined) continue;
      yield {
        line: trailer.line,
        endLine: trailer.endLine,
        message: `${showPerson(person)} is named as a co-author and has not signed off.`,
        explanation:
          'A co-author certifies the origin of their part by a sign-off of their own, directly below the ' +
          'Co-developed-by. Ask them for it: nobody else can give it. If they only suggested or reported something, use that tag.',
      };
    }
  },
};
