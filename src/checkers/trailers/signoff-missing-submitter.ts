import { addressTellsName, samePerson, showPerson } from './people.ts';
import type { MessageRule } from './rule.ts';
import { signedBy, signers } from './signers.ts';

/**
 * Who sends another person's patch signs it off below the author. A sender of whom only an address is known, and
 * none that fits, may be the author at home: nothing is said then.
 */
export const signoffMissingSubmitter: MessageRule = {
  id: 'trailers/signoff-missing-submitter',
  severity: 'error',
  summary: "The sender of another person's patch has not signed it off.",
  source: 'Documentation/process/submitting-patches.rst, "Sign your work"',
  *check(context) {
    const { author, submitter } = context;
    const list = signers(context);
    if (submitter === undefined || submitter.name === '' || list.length === 0) return;
    if (signedBy(list, submitter) !== 'none') return;
    if (author !== undefined) {
      if (samePerson(author, submitter) !== 'none' || addressTellsName(submitter.email, author.name)) return;
      if (addressTellsName(author.email, submitter.name)) return;
    }
    yield {
      line: list.at(-1)?.trailer.line ?? 1,
      message: `${showPerson(submitter)} sends this patch and has not signed it off.`,
      explanation:
        'The last sign-off is that of the person who submits the patch: it says that they may pass it on. Only ' +
        'they can add it, below the sign-offs that are there.',
    };
  },
};
