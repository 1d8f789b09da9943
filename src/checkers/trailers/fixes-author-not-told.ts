import { code } from './code.ts';
import { parsePerson, samePerson, showPerson } from './people.ts';
import type { MessageRule } from './rule.ts';

/** A habit of some trees, and for mails more than for commits: off unless the configuration asks for it. */
export const fixesAuthorNotTold: MessageRule = {
  id: 'trailers/fixes-author-not-told',
  severity: 'note',
  optional: true,
  summary: 'The author of the commit that a Fixes tag names is in no tag.',
  source:
    'NIPA cc_maintainers; Documentation/process/submitting-patches.rst, "Select the recipients for your patch"',
  *check(context) {
    const told = context.message.trailers.flatMap((trailer) => parsePerson(trailer.value).person ?? []);
    const people = [...told.map(context.canonical), context.author, context.submitter, context.committer];
    for (const { target, trailer } of context.fixes) {
      if (target.state !== 'found' || target.commit.author === undefined) continue;
      const wrote = context.canonical(target.commit.author);
      if (people.some((person) => person !== undefined && samePerson(person, wrote) !== 'none')) continue;
      yield {
        line: trailer.line,
        endLine: trailer.endLine,
        message: `${showPerson(wrote)} wrote the commit that is fixed, and is in no tag.`,
        explanation: `They know the code, and want to know: ${code(`Cc: ${showPerson(wrote)}`)}`,
      };
    }
  },
};
