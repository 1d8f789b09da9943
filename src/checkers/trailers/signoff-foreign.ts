import { parsePerson, samePerson, showPerson } from './people.ts';
import type { MessageContext, MessageRule } from './rule.ts';
import { type Signer, signers } from './signers.ts';

/**
 * A sign-off by somebody who, as far as the message shows, neither wrote nor handled the patch. Only suspected: a note.
 * Between author and committer anybody may have passed the patch on, and a backport keeps the route of the original.
 */
export const signoffForeign: MessageRule = {
  id: 'trailers/signoff-foreign',
  severity: 'note',
  summary: 'A sign-off is by somebody who neither wrote nor visibly handled the patch.',
  source:
    'Documentation/process/submitting-patches.rst: "SoB chains should reflect the real route a patch took"',
  *check(context) {
    const { author, submitter, committer } = context;
    if (author === undefined || context.backports.length > 0) return;
    const list = signers(context);
    const authorAt = list.findIndex((signer) => samePerson(signer.person, author) !== 'none');
    if (authorAt < 0) return;
    for (const [index, signer] of list.entries()) {
      if (isKnown(signer, context)) continue;
      const before = index < authorAt;
      const sentByOne = committer === undefined && submitter !== undefined;
      if (!before && !sentByOne) continue;
      yield {
        line: signer.trailer.line,
        confidence: 'low',
        message: `It is not visible what ${showPerson(signer.person)} did for this patch.`,
        explanation: before
          ? 'A sign-off above the author’s says that this person had the patch first. If they wrote part of it, put ' +
            '`Co-developed-by:` with their name directly above their sign-off.'
          : 'Sign-offs show who wrote and who passed the patch on. For a co-author, put `Co-developed-by:` directly ' +
            'above their sign-off; for a reviewer, use the tag that they gave.',
      };
    }
  },
};

function isKnown(signer: Signer, context: MessageContext): boolean {
  const people = [context.author, context.committer, context.submitter];
  if (people.some((person) => person !== undefined && samePerson(person, signer.person) !== 'none'))
    return true;
  return context.message.trailers.some((trailer) => {
    const credit = /^(?:co-developed|originally|original|co-authored|from|based-on)/i.test(trailer.key);
    if (trailer.line > signer.trailer.line) return false;
    const person = credit ? parsePerson(trailer.value).person : undefined;
    return person !== undefined && samePerson(context.canonical(person), signer.person) !== 'none';
  });
}
